import { gettext } from "../words.js";

const BY_PATH = new Intl.Collator(undefined, { numeric: true });

/** What a drop brings, to be read later: only during the event itself the browser hands it out. */
export function droppedEntries({ items, files }) {
  const entries = [...items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry?.());
  return entries.length && entries.every(Boolean) ? entries : [...files];
}

/**
 * Every file in and below the entries, folder by folder and by number within one: "2 Intro" comes before "10 Outro".
 * Files pass as they are. `{ files, unreadable }`: how many files or folders the browser could not read.
 */
export async function filesIn(entries) {
  const found = [];
  let unreadable = 0;
  const waiting = [...entries];
  while (waiting.length) {
    const entry = waiting.pop();
    try {
      if (entry.isDirectory) waiting.push(...(await childrenOf(entry)));
      else found.push(entry.isFile ? { path: entry.fullPath, file: await fileOf(entry) } : { path: pathOf(entry), file: entry });
    } catch {
      unreadable++;
    }
  }
  return { files: inOrder(found), unreadable };
}

/** The files of a folder that was chosen, in the same order. */
export function folderFiles(files) {
  return inOrder([...files].map((file) => ({ path: pathOf(file), file })));
}

/**
 * Which of the files to send, and what is wrong with the others, as far as names and sizes tell:
 * `{ music, tooLarge, empty, others }`, `others` being a Map of kinds ("JPG", "hidden") to how many there are.
 */
export function sift(files, { extensions, maxBytes }) {
  const sifted = { music: [], tooLarge: [], empty: [], others: new Map() };
  for (const file of files) {
    const kind = kindOf(file.name);
    if (!extensions.includes(kind.toLowerCase())) sifted.others.set(kind, (sifted.others.get(kind) ?? 0) + 1);
    else if (!file.size) sifted.empty.push(file);
    else if (file.size > maxBytes) sifted.tooLarge.push(file);
    else sifted.music.push(file);
  }
  return sifted;
}

/** ".mp3,.ogg,audio/mpeg" -> ["mp3", "ogg"] */
export function extensionsIn(accept) {
  return accept.split(",").map((each) => each.trim().toLowerCase()).filter((each) => each.startsWith(".")).map((each) => each.slice(1));
}

/** Names that begin with a dot are hidden ones: a Mac leaves "._Song.mp3" beside "Song.mp3" on foreign disks. */
function kindOf(name) {
  if (name.startsWith(".")) return gettext("hidden");
  const dot = name.lastIndexOf(".");
  return dot < 0 ? gettext("without an extension") : name.slice(dot + 1).toUpperCase();
}

/** A reader gives a hundred at a time, and none at the end. */
async function childrenOf(directory) {
  const reader = directory.createReader();
  const children = [];
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!batch.length) return children;
    children.push(...batch);
  }
}

function fileOf(entry) {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function pathOf(file) {
  return file.webkitRelativePath || file.name;
}

function inOrder(found) {
  return found.sort((one, other) => BY_PATH.compare(one.path, other.path)).map(({ file }) => file);
}
