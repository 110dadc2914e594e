/** What a drop brings, to be read later: only during the event itself the browser hands it out. */
export function droppedEntries({ items, files }) {
  const entries = [...items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry?.());
  return entries.length && entries.every(Boolean) ? entries : [...files];
}

/** ".mp3,.ogg,audio/mpeg" -> ["mp3", "ogg"] */
export function extensionsIn(accept) {
  return accept.split(",").map((each) => each.trim().toLowerCase()).filter((each) => each.startsWith(".")).map((each) => each.slice(1));
}
