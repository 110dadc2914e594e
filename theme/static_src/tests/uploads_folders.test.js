import assert from "node:assert/strict";
import { test } from "node:test";
import { droppedEntries, extensionsIn } from "../src/uploads/dropped.js";
import { filesIn, look, sift } from "../src/uploads/folders.js";
import { leftOutInWords } from "../src/uploads/left_out.js";
import { headline, progressInWords, sizeInWords, summary, timeLeftInWords } from "../src/uploads/words.js";

function fileEntry(path, { isBroken = false } = {}) {
  const name = path.split("/").at(-1);
  return { isFile: true, fullPath: path, file: (done, fail) => (isBroken ? fail(new Error("no")) : done({ name, size: 1 })) };
}

/** Gives two entries at a time, as browsers give a hundred. */
function folderEntry(children, { isBroken = false } = {}) {
  return {
    isDirectory: true,
    createReader() {
      const left = [...children];
      return { readEntries: (done, fail) => (isBroken ? fail(new Error("no")) : done(left.splice(0, 2))) };
    },
  };
}

const names = (files) => files.map(({ name, file }) => name ?? file.name);

const LIMITS = { extensions: ["mp3", "ogg", "oga", "wav", "lrc"], maxBytes: 10 };

function found(path, size = 10, lastModified = 1) {
  return { path, file: { name: path.split("/").at(-1), size, lastModified } };
}

test("a folder gives all that is in it and below it, by number", async () => {
  const folder = folderEntry([
    fileEntry("/A/10.mp3"),
    fileEntry("/A/2.mp3"),
    folderEntry([fileEntry("/A/B/1.ogg"), folderEntry([fileEntry("/A/B/C/1.wav")])]),
    fileEntry("/A/1.mp3"),
    fileEntry("/A/3.mp3"),
  ]);
  const { files, unreadable } = await filesIn([folder, fileEntry("/z.mp3")]);
  assert.deepEqual(names(files), ["1.mp3", "2.mp3", "3.mp3", "10.mp3", "1.ogg", "1.wav", "z.mp3"]);
  assert.equal(unreadable, 0);
});

test("what cannot be read is counted and stops nothing", async () => {
  const { files, unreadable } = await filesIn([fileEntry("/a.mp3", { isBroken: true }), folderEntry([], { isBroken: true }), fileEntry("/b.mp3")]);
  assert.deepEqual([names(files), unreadable], [["b.mp3"], 2]);
});

test("a drop without entries is its files", async () => {
  const file = { name: "a.mp3", size: 1 };
  const dropped = droppedEntries({ items: [{ kind: "file", webkitGetAsEntry: () => null }, { kind: "string" }], files: [file] });
  assert.deepEqual((await filesIn(dropped)).files, [{ path: "a.mp3", file }]);
});

test("a chosen folder comes in the same order", async () => {
  const files = ["A/10.mp3", "A/9.mp3"].map((path) => ({ name: path.slice(2), webkitRelativePath: path }));
  assert.deepEqual(names((await filesIn(files)).files), ["9.mp3", "10.mp3"]);
});

test("only music is sent, and of that only what the server takes", () => {
  const extensions = extensionsIn(".mp3,.ogg,.oga,.wav,audio/mpeg");
  assert.deepEqual(extensions, ["mp3", "ogg", "oga", "wav"]);
  const sifted = sift([found("a.MP3"), found("b.oga"), found("big.wav", 11), found("none.ogg", 0), found("scan.jpg"), found("back.JPG"), found("._a.mp3"), found("README"), found("a.mp3.zip")], { extensions, maxBytes: 10 });
  assert.deepEqual([names(sifted.folders[0].files), names(sifted.tooLarge), names(sifted.empty)], [["a.MP3", "b.oga"], ["big.wav"], ["none.ogg"]]);
  assert.deepEqual(Object.fromEntries(sifted.others), { JPG: 2, hidden: 1, ZIP: 1, "without an extension": 1 });
});

test("each folder's picture and lyrics go before its music, and what no track needs stays", () => {
  const files = ["A/1 One.mp3", "A/1 ONE.lrc", "A/2 Two.lrc", "A/front.jpg", "A/Folder.PNG", "A/B/3.ogg", "A/B/cover.webp", "C/cover.jpg", "A/._cover.jpg", "A/._1 One.lrc"].map((path) => found(path));
  const { folders, needless, others } = sift(files, LIMITS);
  assert.deepEqual(folders.map(({ files }) => names(files)), [["1 ONE.lrc", "Folder.PNG", "1 One.mp3"], ["cover.webp", "3.ogg"]]);
  assert.deepEqual(names(needless), ["2 Two.lrc", "front.jpg", "cover.jpg"]);
  assert.deepEqual(Object.fromEntries(others), { hidden: 2 });
  assert.notEqual(folders[0].folder, folders[1].folder);
});

test("a folder is known again however it comes, and not taken for another of its name", () => {
  const folderOf = (...files) => sift(files, LIMITS).folders[0].folder;
  const dropped = folderOf(found("/CD1/1.mp3"), found("/CD1/2.mp3"));
  assert.equal(folderOf(found("CD1/1.mp3"), found("CD1/2.mp3"), found("CD1/cover.jpg")), dropped);
  for (const other of [[found("CD1/1.mp3")], [found("CD1/1.mp3", 4), found("CD1/2.mp3")], [found("CD2/1.mp3"), found("CD2/2.mp3")]]) assert.notEqual(folderOf(...other), dropped);
  assert.notEqual(folderOf(found("CD1/1.mp3", 10, 5), found("CD1/2.mp3")), dropped);
  assert.ok(folderOf(found(`${"x".repeat(5000)}/1.mp3`)).length < 500);
});

test("what was chosen comes back as what to send and what to say", async () => {
  const chosen = ["2.mp3", "1.mp3", "1.lrc", "front.png", "7.lrc"].map((name) => ({ name, size: 9, lastModified: 1 }));
  const { folders, sentences } = await look(chosen, LIMITS);
  assert.deepEqual(names(folders[0].files), ["1.lrc", "front.png", "1.mp3", "2.mp3"]);
  assert.deepEqual(sentences, ["Needed by no track, so not sent: 7.lrc."]);
});

test("one line says how many files were left out and of which kinds", () => {
  const nothing = { others: new Map(), needless: [], tooLarge: [], empty: [] };
  assert.deepEqual(leftOutInWords(nothing), []);
  const others = new Map([["TXT", 1], ["JPG", 3]]);
  assert.deepEqual(leftOutInWords({ ...nothing, others }), ["Left out 4 files that are not MP3, OGG or WAV: 3 JPG, 1 TXT."]);
  const tooLarge = ["a", "b", "c", "d", "e"].map((name) => ({ name }));
  assert.deepEqual(leftOutInWords({ ...nothing, tooLarge, maxBytes: 500 * 1024 ** 2 }), ["Larger than 500 MB, so not sent: a, b, c and 2 more."]);
  assert.deepEqual(leftOutInWords({ ...nothing, empty: [{ name: "x.mp3" }], unreadable: 1 }), ["Empty, so not sent: x.mp3.", "1 file or folder could not be read."]);
});

test("sizes, times and sums read like prose", () => {
  assert.deepEqual([1, 5349120, 3 * 1024 ** 3].map(sizeInWords), ["1 KB", "5.1 MB", "3 GB"]);
  assert.deepEqual([3, 100, 5400].map(timeLeftInWords), ["less than a minute left", "about 2 min left", "about 1 h 30 min left"]);
  assert.equal(headline({ files: 12, arrived: 2, failed: 0 }, false), "Uploading 3 of 12");
  assert.equal(headline({ files: 12, arrived: 2, failed: 0 }, true), "Paused at 2 of 12");
  assert.equal(headline({ files: 3, arrived: 2, failed: 1 }, false), "1 file did not get through");
  assert.equal(headline({ files: 1, arrived: 1, failed: 0 }, false), "1 file uploaded");
  assert.equal(summary({ files: 12, arrived: 4, failed: 1 }), "4 of 12 uploaded, 1 did not get through");
  assert.equal(progressInWords({ state: "sending", sent: 512 * 1024, size: 1024 ** 2 }, ""), "50% · 512 KB of 1 MB");
});
