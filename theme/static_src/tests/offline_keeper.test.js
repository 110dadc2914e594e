import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { leftBehind, onlyIn } from "../src/offline/bookkeeping.js";
import { Keeper, NoRoom } from "../src/offline/keeper.js";

const ALBUM = "/offline/albums/1/";

/** The store's contract without a browser's database: a track comes whole or not at all. */
class Shelf {
  held = { tracks: [], lists: [] };
  files = new Map();
  etags = new Map();
  roomFor = Infinity;
  tries = 0;

  async tracks() {
    return this.held.tracks;
  }

  async lists() {
    return this.held.lists;
  }

  async addTrack(list, track, files) {
    this.tries++;
    if (this.held.tracks.length >= this.roomFor) throw new DOMException("full", "QuotaExceededError");
    this.held.tracks = [...this.held.tracks, track];
    await this.addList(list);
    for (const { path, blob } of files) this.files.set(path, blob);
    for (const { path, etag } of files) this.etags.set(path, etag);
  }

  async file(path) {
    return this.files.has(path) ? { blob: this.files.get(path), etag: this.etags.get(path) } : undefined;
  }

  async renewTrack(track, files) {
    this.held.tracks = this.held.tracks.map((each) => (each.id === track.id ? track : each));
    for (const { path, blob, etag } of files) this.files.set(path, blob) && this.etags.set(path, etag);
  }

  async addList(list) {
    this.held.lists = [...this.held.lists.filter(({ key }) => key !== list.key), list];
  }

  async removeTracks(ids) {
    const { keys, paths } = leftBehind(ids, this.held);
    this.held = { tracks: this.held.tracks.filter(({ id }) => !ids.includes(id)), lists: this.held.lists.filter(({ key }) => !keys.includes(key)) };
    for (const path of paths) this.files.delete(path);
  }

  async removeList(key) {
    const ids = onlyIn(key, this.held.lists);
    this.held.lists = this.held.lists.filter((list) => list.key !== key);
    await this.removeTracks(ids);
  }
}

let shelf, answers, asked, keeper, failures, estimate, nowMs, waited;

function song(id) {
  return { id: String(id), src: `/stream/${id}/`, cover: "/covers/album-1.svg", waveform: `/tracks/${id}/waveform.svg`, title: `T${id}`, sizeBytes: 4 };
}

function file(type, body = "abcd", more = {}) {
  return () => new Response(body, { headers: { "Content-Type": type, "Content-Length": String(body.length), ETag: '"e"', ...more } });
}

beforeEach(() => {
  shelf = new Shelf();
  asked = [];
  failures = [];
  nowMs = 1000;
  waited = (ms) => (nowMs += ms);
  estimate = { quota: 1e12, usage: 0 };
  answers = new Map([
    [ALBUM, () => Response.json({ key: "album:1", title: "Album", href: "/albums/1/", tracks: [1, 2, 3].map(song) })],
    ["/covers/album-1.svg", file("image/svg+xml")],
    ...[1, 2, 3].flatMap((id) => [[`/stream/${id}/`, file("audio/mpeg")], [`/tracks/${id}/waveform.svg`, file("image/svg+xml")]]),
  ]);
  const fetch = async (path, { signal }) => {
    signal?.throwIfAborted();
    asked.push(path);
    return answers.get(path)();
  };
  keeper = new Keeper({ store: shelf, storage: { estimate: async () => estimate, persist: async () => true }, fetch, now: () => nowMs, wait: async (ms) => waited(ms) });
  keeper.addEventListener("failed", ({ detail }) => failures.push(detail));
});

const idsKept = () => shelf.held.tracks.map(({ id }) => id);

test("an album is kept with its covers", async () => {
  await keeper.keep("album:1", ALBUM);
  assert.deepEqual(idsKept(), ["1", "2", "3"]);
  assert.deepEqual(shelf.held.lists[0].ids, ["1", "2", "3"]);
  assert.equal(shelf.files.get("/stream/2/").size, 4);
  assert.ok(shelf.files.has("/covers/album-1.svg"));
  assert.equal(keeper.percentOf("album:1"), null);
  assert.deepEqual(failures, []);
});

test("what is here already is not fetched again", async () => {
  shelf.held.tracks = [song(2)];
  await keeper.keep("album:1", ALBUM);
  assert.ok(!asked.includes("/stream/2/"));
  assert.deepEqual(idsKept(), ["2", "1", "3"]);
});

for (const [what, answer] of [
  ["an error", () => new Response("no", { status: 500, headers: { "Content-Type": "audio/mpeg" } })],
  ["a part", () => new Response("ab", { status: 206, headers: { "Content-Type": "audio/mpeg" } })],
  ["a sign-in page", file("text/html; charset=utf-8")],
  ["less than was announced", file("audio/mpeg", "abcd", { "Content-Length": "9" })],
]) {
  test(`${what} is never kept as the track, and what came before stays whole`, async () => {
    answers.set("/stream/2/", answer);
    await keeper.keep("album:1", ALBUM);
    assert.deepEqual(idsKept(), ["1"]);
    assert.ok(!shelf.files.has("/stream/2/"));
    assert.equal(failures[0].key, "album:1");
  });
}

test("a track whose cover is gone is kept without it", async () => {
  answers.set("/covers/album-1.svg", () => new Response("", { status: 404 }));
  await keeper.keep("album:1", ALBUM);
  assert.deepEqual(idsKept(), ["1", "2", "3"]);
  assert.ok(!shelf.files.has("/covers/album-1.svg"));
});

test("where there is no room nothing is fetched, and it says how much is missing", async () => {
  estimate = { quota: 10, usage: 10 };
  await keeper.keep("album:1", ALBUM);
  assert.deepEqual(asked, [ALBUM]);
  assert.ok(failures[0].error instanceof NoRoom);
  assert.ok(failures[0].error.missingBytes > 12);
});

test("a device that fills up on the way keeps the whole tracks and no half one", async () => {
  shelf.roomFor = 2;
  await keeper.keep("album:1", ALBUM);
  assert.deepEqual(idsKept(), ["1", "2"]);
  assert.ok(!shelf.files.has("/stream/3/"));
  assert.ok(failures[0].error instanceof NoRoom);
  assert.equal(failures[0].error.missingBytes, 4);
});

test("cancelled, it is no failure, and the whole tracks stay", async () => {
  answers.set("/stream/2/", () => {
    keeper.cancel("album:1");
    return file("audio/mpeg")();
  });
  await keeper.keep("album:1", ALBUM);
  assert.deepEqual(idsKept(), ["1"]);
  assert.deepEqual(failures, []);
});

test("one list is kept after the other, and pressed twice is kept once", async () => {
  answers.set("/offline/tracks/3/", () => Response.json({ key: "track:3", title: "T3", href: "/tracks/3/", tracks: [song(3)] }));
  keeper.keep("album:1", ALBUM);
  keeper.keep("album:1", ALBUM);
  await keeper.keep("track:3", "/offline/tracks/3/");
  assert.deepEqual(asked.filter((path) => path === ALBUM || path === "/stream/3/"), [ALBUM, "/stream/3/"]);
  assert.deepEqual(shelf.held.lists.map(({ key }) => key), ["album:1", "track:3"]);
  await keeper.removeList("album:1");
  assert.deepEqual(idsKept(), ["3"]);
});

test("what could go to make room is the least recently played, and nothing when all would not do", async () => {
  shelf.held.tracks = [1, 2].map((id) => ({ ...song(id), keptAt: id, playedAt: 10 - id }));
  assert.deepEqual((await keeper.couldGo(4)).map(({ id }) => id), ["2"]);
  assert.deepEqual(await keeper.couldGo(9), []);
});

test("what the list itself has does not go to make room for it", async () => {
  shelf.held.tracks = [1, 2].map((id) => ({ ...song(id), keptAt: id }));
  shelf.held.lists = [{ key: "album:1", ids: ["1"] }];
  assert.deepEqual((await keeper.couldGo(4, "album:1")).map(({ id }) => id), ["2"]);
});

test("a browser that sees only later that room was made is given the time for it", async () => {
  shelf.held.tracks = [{ ...song(9), keptAt: 1 }];
  shelf.roomFor = 0;
  await keeper.makeRoom(shelf.held.tracks);
  waited = (ms) => {
    nowMs += ms;
    if (nowMs > 30_000) shelf.roomFor = Infinity;
  };
  await keeper.keep("album:1", ALBUM);
  assert.deepEqual(idsKept(), ["1", "2", "3"]);
  assert.deepEqual(failures, []);
});

test("but not for ever", async () => {
  shelf.roomFor = 0;
  await keeper.makeRoom([]);
  await keeper.keep("album:1", ALBUM);
  assert.ok(failures[0].error instanceof NoRoom);
  assert.ok(shelf.tries > 10 && shelf.tries < 30);
});

test("all of it goes, and what is on its way is cancelled", async () => {
  await keeper.keep("album:1", ALBUM);
  await keeper.removeAll();
  assert.deepEqual(idsKept(), []);
  assert.equal(shelf.files.size, 0);
});

const ASKED = "/offline/tracks/?ids=1,2,3";
const theseAreThere = (...tracks) => answers.set(ASKED, () => Response.json({ tracks }));
const asNow = (id, more = {}) => ({ ...song(id), etag: '"e"', ...more });

test("what may no longer be heard goes at the next connection, and nothing else is fetched", async () => {
  await keeper.keep("album:1", ALBUM);
  theseAreThere(asNow(1), asNow(3));
  asked.length = 0;
  await keeper.refresh();
  assert.deepEqual(idsKept(), ["1", "3"]);
  assert.ok(!shelf.files.has("/stream/2/"));
  assert.deepEqual(asked, [ASKED]);
});

test("another sound and another title come anew", async () => {
  await keeper.keep("album:1", ALBUM);
  theseAreThere(asNow(1), asNow(2, { etag: '"new"' }), asNow(3, { title: "Renamed" }));
  answers.set("/stream/2/", file("audio/mpeg", "longer", { ETag: '"new"' }));
  asked.length = 0;
  await keeper.refresh();
  assert.equal(shelf.files.get("/stream/2/").size, 6);
  assert.deepEqual(shelf.held.tracks.map(({ title, sizeBytes }) => [title, sizeBytes]), [["T1", 4], ["T2", 6], ["Renamed", 4]]);
  assert.ok(!asked.includes("/stream/3/"));
  asked.length = 0;
  theseAreThere(asNow(1), asNow(2, { etag: '"new"' }), asNow(3, { title: "Renamed" }));
  await keeper.refresh();
  assert.deepEqual(asked, [ASKED]);
});

for (const [what, answer] of [
  ["a server in trouble", () => new Response("no", { status: 503 })],
  ["a sign-in page", file("text/html; charset=utf-8")],
  ["no network", () => Promise.reject(new TypeError("away"))],
]) {
  test(`${what} takes nothing off the device`, async () => {
    await keeper.keep("album:1", ALBUM);
    answers.set(ASKED, answer);
    await keeper.refresh();
    assert.deepEqual(idsKept(), ["1", "2", "3"]);
  });
}

test("a new sound that does not come leaves the one that is here", async () => {
  await keeper.keep("album:1", ALBUM);
  theseAreThere(asNow(1), asNow(2, { etag: '"new"' }), asNow(3));
  answers.set("/stream/2/", () => new Response("gone", { status: 404 }));
  await keeper.refresh();
  assert.deepEqual(idsKept(), ["1", "2", "3"]);
  assert.equal(shelf.files.get("/stream/2/").size, 4);
});
