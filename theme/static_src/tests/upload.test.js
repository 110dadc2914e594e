import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalOf } from "../src/upload_list.js";

const accept = ".mp3,.ogg,.oga,.wav,audio/mpeg";

test("what the server will refuse is known by its name and its size", () => {
  for (const name of ["a.mp3", "A.OGG", "a.b.oga", "a.wav"]) assert.equal(refusalOf({ name, size: 9 }, { accept }), "");
  for (const name of ["cover.jpg", "mp3", "a.mp3.zip"]) assert.match(refusalOf({ name, size: 9 }, { accept }), /only MP3, OGG or WAV/);
  assert.match(refusalOf({ name: "a.mp3", size: 3 * 1024 ** 2 }, { accept, maxBytes: 2 * 1024 ** 2 }), /larger than 2.0 MB/);
  assert.match(refusalOf({ name: "a.mp3", size: 0 }, { accept }), /empty/);
});
