/** Why the server will refuse the file, as far as its name and size tell; "" when they do not. No limit is 0. */
export function refusalOf({ name, size }, { accept, maxBytes = 0 }) {
  const extensions = accept.split(",").map((each) => each.trim().toLowerCase()).filter((each) => each.startsWith("."));
  if (extensions.length && !extensions.some((extension) => name.toLowerCase().endsWith(extension))) return "Will be refused: only MP3, OGG or WAV";
  if (maxBytes && size > maxBytes) return `Will be refused: larger than ${sizeInWords(maxBytes)}`;
  return size ? "" : "Will be refused: the file is empty";
}

export function chosenRow({ name, size }, refusal, remove) {
  const button = element("button", "Remove", "min-h-10 shrink-0 rounded-full px-3 text-muted hover:bg-raised hover:text-fg");
  button.type = "button";
  button.setAttribute("aria-label", `Remove ${name}`);
  button.addEventListener("click", remove);
  const row = element("li", "", "flex items-center gap-3");
  const title = element("span", name, "block truncate");
  const words = element("span", "", "min-w-0 flex-1");
  words.append(title);
  if (refusal) words.append(element("span", refusal, "block text-danger"));
  row.append(words, element("span", sizeInWords(size), "shrink-0 tabular-nums text-muted"), button);
  return row;
}

export function filesAsList(files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  return transfer.files;
}

/** 5349120 -> "5.1 MB" */
export function sizeInWords(bytes) {
  const megabytes = bytes / 1024 ** 2;
  return megabytes >= 0.1 ? `${megabytes.toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} KB`;
}

function element(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}
