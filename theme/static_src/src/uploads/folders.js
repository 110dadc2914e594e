import { gettext } from "../words.js";
import { leftOutInWords } from "./left_out.js";

const BY_PATH = new Intl.Collator(undefined, { numeric: true });
const COVERS = ["cover", "folder", "front"];
const PICTURES = ["jpg", "jpeg", "png", "webp", "gif"];
const LONGEST_PATH = 400;

/** `{ folders, sentences }`: what to send, as `sift` groups it, and what to say about the rest. */
export async function look(entries, limits) {
  const { files, unreadable } = await filesIn(entries);
  const { folders, ...rest } = sift(files, limits);
  return { folders, sentences: leftOutInWords({ ...rest, unreadable, maxBytes: limits.maxBytes }) };
}

/**
 * Every file in and below the entries as `{ path, file }`, folder by folder and by number within one: "2 Intro" comes
 * before "10 Outro". Files pass as they are. `unreadable`: how many files or folders the browser could not read.
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
  return { files: found.sort((one, other) => BY_PATH.compare(one.path, other.path)), unreadable };
}

/**
 * Which of the files to send, and what is wrong with the others, as far as names and sizes tell:
 * `{ folders, needless, tooLarge, empty, others }`. Of each folder with music its `files`, before the music the picture
 * and the lyrics that go with it, and `folder`, by which the server knows them to belong together. `needless` are other
 * pictures and lyrics, `others` is a Map of kinds ("JPG", "hidden") to how many there are.
 */
export function sift(found, { extensions, maxBytes }) {
  const sifted = { folders: [], needless: [], tooLarge: [], empty: [], others: new Map() };
  const byFolder = new Map();
  for (const { path, file } of found) {
    const kind = kindOf(file.name);
    if (!isSidecar(file) && !extensions.includes(kind.toLowerCase())) sifted.others.set(kind, (sifted.others.get(kind) ?? 0) + 1);
    else if (!file.size) sifted.empty.push(file);
    else if (file.size > maxBytes) sifted.tooLarge.push(file);
    else if (!byFolder.get(folderOf(path))?.push(file)) byFolder.set(folderOf(path), [file]);
  }
  for (const [path, files] of byFolder) {
    const music = files.filter((file) => !isSidecar(file));
    const sidecars = sidecarsOf(music, files);
    for (const file of files) if (isSidecar(file) && !sidecars.has(file)) sifted.needless.push(file);
    if (music.length) sifted.folders.push({ files: [...sidecars, ...music], folder: nameOf(path, music) });
  }
  return sifted;
}

/** As a folder on the server's disk is read: the best of the pictures, and lyrics by the name of their track. */
function sidecarsOf(music, files) {
  const stems = new Set(music.map(stemOf));
  const cover = music.length && COVERS.map((name) => files.find((file) => isCover(file) && stemOf(file) === name)).find(Boolean);
  return new Set(files.filter((file) => file === cover || (isLyrics(file) && stems.has(stemOf(file)))));
}

/** The same when the same folder comes again, another for another folder of that name. */
function nameOf(path, music) {
  const bytes = music.reduce((sum, { size }) => sum + size, 0);
  const latest = music.reduce((last, { lastModified }) => Math.max(last, lastModified), 0);
  return [path.slice(-LONGEST_PATH), music.length, bytes, latest].join("|");
}

function isSidecar(file) {
  return isCover(file) || isLyrics(file);
}

function isCover(file) {
  return COVERS.includes(stemOf(file)) && PICTURES.includes(kindOf(file.name).toLowerCase());
}

function isLyrics({ name }) {
  return kindOf(name) === "LRC";
}

function stemOf({ name }) {
  return name.slice(0, name.lastIndexOf(".")).toLowerCase();
}

/** "/Album/1.mp3" and "Album/1.mp3" -> "Album/" */
function folderOf(path) {
  return path.slice(0, path.lastIndexOf("/") + 1).replace(/^\//, "");
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
