import assert from "node:assert/strict";
import { test } from "node:test";
import { SPARE_BYTES, leastRecentlyPlayed, leftBehind, missingBytes, onlyIn, stateOf, toFree, totalBytes } from "../src/offline/bookkeeping.js";

function kept(id, { playedAt, keptAt = 100, sizeBytes = 10, cover = `/covers/album-${id}.svg` } = {}) {
  return { id: String(id), src: `/stream/${id}/`, cover, waveform: `/tracks/${id}/waveform.svg`, sizeBytes, keptAt, playedAt };
}

function list(key, ...ids) {
  return { key, title: key, ids: ids.map(String), keptAt: 100 };
}

const idsOf = (tracks) => tracks.map(({ id }) => id);

test("what was not played for longest goes first", () => {
  const tracks = [kept(1, { playedAt: 500 }), kept(2, { playedAt: 300 }), kept(3, { playedAt: 400 })];
  assert.deepEqual(idsOf(leastRecentlyPlayed(tracks)), ["2", "3", "1"]);
});

test("what was never played counts from when it was kept", () => {
  const tracks = [kept(1, { playedAt: 300 }), kept(2, { keptAt: 400 }), kept(3, { keptAt: 200 })];
  assert.deepEqual(idsOf(leastRecentlyPlayed(tracks)), ["3", "1", "2"]);
});

test("of what was kept at one moment the lower id goes first, and the given list stays as it is", () => {
  const tracks = [kept(10), kept(9), kept(2)];
  assert.deepEqual(idsOf(leastRecentlyPlayed(tracks)), ["2", "9", "10"]);
  assert.deepEqual(idsOf(tracks), ["10", "9", "2"]);
});

test("no more goes than is needed", () => {
  const tracks = [kept(1, { playedAt: 1, sizeBytes: 30 }), kept(2, { playedAt: 2, sizeBytes: 30 }), kept(3, { playedAt: 3 })];
  assert.deepEqual(idsOf(toFree(30, tracks)), ["1"]);
  assert.deepEqual(idsOf(toFree(31, tracks)), ["1", "2"]);
  assert.deepEqual(idsOf(toFree(0, tracks)), []);
  assert.deepEqual(idsOf(toFree(1000, tracks)), ["1", "2", "3"]);
});

test("room is what the quota leaves, less some to spare", () => {
  const quota = SPARE_BYTES + 100;
  assert.equal(missingBytes(60, { quota, usage: 40 }), 0);
  assert.equal(missingBytes(61, { quota, usage: 40 }), 1);
  assert.equal(missingBytes(61, {}), 0);
  assert.equal(missingBytes(61), 0);
});

test("sizes add up", () => {
  assert.equal(totalBytes([kept(1), kept(2, { sizeBytes: 5 })]), 15);
  assert.equal(totalBytes([]), 0);
});

test("a list is kept when all of it is", () => {
  const album = list("album:1", 1, 2);
  assert.equal(stateOf(undefined, new Set(["1"]), 2), "none");
  assert.equal(stateOf(album, new Set(), 2), "none");
  assert.equal(stateOf(album, new Set(["1", "7"]), 2), "some");
  assert.equal(stateOf(album, new Set(["1", "2"]), 2), "kept");
});

test("an album that has grown since is kept in part", () => {
  assert.equal(stateOf(list("album:1", 1, 2), new Set(["1", "2"]), 3), "some");
});

test("a list takes along only what no other list has", () => {
  const lists = [list("album:1", 1, 2, 3), list("track:2", 2), list("album:4", 4)];
  assert.deepEqual(onlyIn("album:1", lists), ["1", "3"]);
  assert.deepEqual(onlyIn("nowhere", lists), []);
});

test("a cover stays as long as one track needs it, a list as long as one of its tracks is here", () => {
  const cover = "/covers/album-1.svg";
  const held = { tracks: [kept(1, { cover }), kept(2, { cover })], lists: [list("album:1", 1, 2), list("track:1", 1)] };
  assert.deepEqual(leftBehind(["1"], held), { keys: ["track:1"], paths: ["/stream/1/", "/tracks/1/waveform.svg"] });
  assert.deepEqual(leftBehind(["1", "2"], held), {
    keys: ["album:1", "track:1"],
    paths: ["/stream/1/", cover, "/tracks/1/waveform.svg", "/stream/2/", "/tracks/2/waveform.svg"],
  });
});
