import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, parseRange } from "../src/offline/ranges.js";

const SOUND = { blob: new Blob(["0123456789"], { type: "audio/mpeg" }), etag: '"abc"' };

function asked(range, more = {}) {
  return answer(SOUND, new Headers({ ...(range && { Range: range }), ...more }));
}

test("a range is read as the server reads it", () => {
  assert.deepEqual(parseRange("bytes=0-", 10), [0, 9]);
  assert.deepEqual(parseRange("bytes=2-5", 10), [2, 5]);
  assert.deepEqual(parseRange("bytes=8-99", 10), [8, 9]);
  assert.deepEqual(parseRange("bytes=-3", 10), [7, 9]);
  assert.deepEqual(parseRange("bytes=-99", 10), [0, 9]);
  assert.deepEqual(parseRange(" bytes=9-9 ", 10), [9, 9]);
});

test("no range, several, or nonsense is everything", () => {
  for (const header of [null, "", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "items=0-1", "bytes=a-b"]) {
    assert.equal(parseRange(header, 10), null, header);
  }
});

test("a range outside of the file is refused", () => {
  for (const [header, size] of [["bytes=10-", 10], ["bytes=10-12", 10], ["bytes=-0", 10], ["bytes=-1", 0], ["bytes=0-", 0]]) {
    assert.throws(() => parseRange(header, size), RangeError, header);
  }
});

test("a part is a 206 that says which part it is", async () => {
  const response = asked("bytes=2-5");
  assert.equal(response.status, 206);
  assert.equal(response.headers.get("Content-Range"), "bytes 2-5/10");
  assert.equal(response.headers.get("Content-Length"), "4");
  assert.equal(response.headers.get("Content-Type"), "audio/mpeg");
  assert.equal(response.headers.get("ETag"), '"abc"');
  assert.equal(await response.text(), "2345");
});

test("a suffix is the end of the file", async () => {
  const response = asked("bytes=-3");
  assert.equal(response.headers.get("Content-Range"), "bytes 7-9/10");
  assert.equal(await response.text(), "789");
});

test("what lies outside is a 416 that tells the size", () => {
  const response = asked("bytes=10-");
  assert.equal(response.status, 416);
  assert.equal(response.headers.get("Content-Range"), "bytes */10");
});

test("without a range everything comes, and it says that ranges may be asked for", async () => {
  const response = asked(null);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("Accept-Ranges"), "bytes");
  assert.equal(await response.text(), "0123456789");
});

test("a part of another version of the file is not joined to this one", () => {
  assert.equal(asked("bytes=2-5", { "If-Range": '"abc"' }).status, 206);
  assert.equal(asked("bytes=2-5", { "If-Range": '"older"' }).status, 200);
});
