import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Engine } from "../src/player/engine.js";
import { playInOneTabOnly } from "../src/player/one_tab.js";
import { Queue } from "../src/player/queue.js";
import { asKept, SharedQueue } from "../src/player/shared_queue.js";
import { MemoryStorage } from "../src/player/storage.js";
import { FakeAudio, settle, track } from "./support.js";

let audio;
let engine;
let sent;
let clockMs;
let kept;
let session;
let soon;
let shared;

const NOTHING = { tracks: [], unshuffled: [], position: 0, position_ms: 0, repeat: "off", origin: {}, saved_at: null };

/** A server of one queue, which stamps what it is sent. */
async function fetchQueue(href, { method = "GET", body } = {}) {
  if (method === "POST") keep(JSON.parse(body));
  const answer = structuredClone(kept);
  return { ok: true, redirected: false, json: async () => answer };
}

function keep({ track_ids, ...said }) {
  sent.push({ track_ids, ...said });
  kept = { ...said, tracks: track_ids.map((id) => track(id)), saved_at: `at ${sent.length}` };
}

function openTab(fetch = fetchQueue) {
  audio = new FakeAudio();
  engine = new Engine({ audio });
  const later = (run) => soon.push(run);
  shared = new SharedQueue({ engine, fetch, csrfToken: () => "token", session, userId: () => "7", now: () => clockMs, later });
}

/** As the player's own memory finds the queue again. */
async function reload() {
  const { queue, positionMs } = engine;
  openTabWith(queue, positionMs);
  await shared.takeUp();
}

function openTabWith(queue, positionMs) {
  openTab();
  if (!queue.isEmpty) engine.restore(Queue.fromJSON(JSON.parse(JSON.stringify(queue))), positionMs);
  shared.follow();
}

async function moment() {
  for (const run of soon.splice(0)) run();
  await settle();
}

beforeEach(() => {
  [sent, clockMs, kept, session, soon] = [[], 100_000, NOTHING, new MemoryStorage(), []];
  openTab();
  shared.follow();
});

test("a tab that was left behind takes up what another device has saved since", async () => {
  await shared.takeUp();
  engine.play(Queue.of([track(1), track(2), track(3)], 2));
  audio.arrive();
  audio.runTo(5);
  engine.pause();
  await moment();
  assert.equal(sent.at(-1).position_ms, 5_000);
  keep({ ...asKept({ queue: Queue.of([track(8), track(9)], 1), positionMs: 14_000 }) });
  const count = sent.length;
  shared.save();
  await reload();
  assert.equal(sent.length, count);
  assert.equal(engine.track.id, "9");
  assert.equal(engine.positionMs, 14_000);
  assert.equal(engine.isPlaying, false);
});

test("a reload keeps what this tab saved as it was left, whole and with its radio, though nobody waited for the answer", async () => {
  openTab((...request) => fetchQueue(...request).then(() => new Promise(() => {})));
  shared.follow();
  const radio = { source: "radio", href: "/radio/track/1/more/" };
  engine.play(Queue.of(Array.from({ length: 600 }, (_, index) => track(index + 1)), 0, { radio }));
  audio.arrive();
  audio.runTo(5.4321);
  shared.save();
  await reload();
  assert.equal(engine.queue.tracks.length, 600);
  assert.equal(engine.queue.radio.href, radio.href);
  shared.save();
  assert.equal(sent.length, 1);
});

test("what could not be saved is newer than what the server has, and is saved the next time", async () => {
  await shared.takeUp();
  engine.play(Queue.of([track(1)]));
  audio.arrive();
  audio.runTo(1);
  await settle();
  engine.play(Queue.of([track(2)])); // and the line is cut as the page is left
  await reload();
  assert.equal(engine.track.id, "2");
  shared.save();
  assert.deepEqual(sent.at(-1).track_ids, [2]);
});

test("what was played while the server was asked is newer than its answer", async () => {
  engine.restore(Queue.of([track(1)]), 0);
  kept = { ...NOTHING, tracks: [track(4)], saved_at: "before" };
  const taken = shared.takeUp();
  engine.toggle();
  audio.arrive();
  audio.runTo(1);
  engine.pause();
  shared.save();
  await taken;
  assert.equal(engine.track.id, "1");
});

test("what the server refuses is sent again as the page is left", async () => {
  let asked = 0;
  openTab(async () => (asked++, { ok: false, redirected: false, status: 503 }));
  engine.restore(Queue.of([track(1)]), 0);
  shared.follow();
  shared.save();
  assert.equal(asked, 0);
  engine.playNext([track(2)]);
  await moment();
  shared.save();
  assert.equal(asked, 2);
});

test("a pause is saved soon, and once however often one presses", async () => {
  engine.play(Queue.of([track(1)]));
  audio.arrive();
  audio.runTo(1);
  const count = sent.length;
  audio.runTo(3);
  for (let press = 0; press < 5; press++) engine.toggle();
  await moment();
  assert.equal(sent.length, count + 1);
  assert.equal(sent.at(-1).position_ms, 3_000);
});

test("a queue that is rearranged while paused is saved soon; one that was only found is not", async () => {
  await reload();
  openTabWith(Queue.of([track(1)]), 5_000);
  await shared.takeUp();
  await moment();
  keep({ ...asKept({ queue: Queue.of([track(8), track(9)]), positionMs: 0 }) });
  await reload();
  await moment();
  shared.save();
  assert.equal(sent.length, 1);
  engine.playNext([track(5)]);
  engine.enqueue([track(6)]);
  await moment();
  assert.equal(sent.length, 2);
  assert.deepEqual(sent.at(-1).track_ids, [8, 5, 9, 6]);
  engine.remove(1);
  shared.save();
  assert.deepEqual(sent.at(-1).track_ids, [8, 9, 6]);
});

test("what is queued while the server is asked stays", async () => {
  openTabWith(Queue.of([track(1)]), 0);
  kept = { ...NOTHING, tracks: [track(4)], saved_at: "then" };
  const taken = shared.takeUp();
  engine.playNext([track(2)]);
  await taken;
  assert.deepEqual(engine.queue.tracks.map(({ id }) => id), ["1", "2"]);
});

test("an empty player takes up what was left elsewhere, paused at its second", async () => {
  const origin = { source: "album:3", sourceLabel: "An album" };
  kept = { ...NOTHING, tracks: [track(4), track(5)], position: 1, position_ms: 33_000, repeat: "all", origin, saved_at: "then" };
  await shared.takeUp();
  assert.equal(engine.track.id, "5");
  assert.equal(engine.positionMs, 33_000);
  assert.equal(engine.isPlaying, false);
  assert.equal(engine.queue.repeat, "all");
  assert.equal(engine.queue.sourceLabel, "An album");
});

test("what is played here is not replaced", async () => {
  kept = { ...kept, tracks: [track(4)] };
  const taken = shared.takeUp();
  engine.play(Queue.of([track(1)]));
  await taken;
  assert.equal(engine.track.id, "1");
});

test("it is saved every ten seconds while it plays, and not before anything was played here", () => {
  openTabWith(Queue.of([track(1)]), 5_000);
  shared.save();
  audio.tell("timeupdate");
  assert.equal(sent.length, 0);
  engine.toggle();
  audio.arrive();
  audio.runTo(1);
  audio.runTo(2);
  assert.equal(sent.length, 1);
  clockMs += 10_000;
  audio.runTo(12);
  assert.equal(sent.length, 2);
  assert.equal(sent[1].position_ms, 12_000);
});

test("of a long queue what surrounds the current track is kept, in the order of playing", () => {
  const queue = Queue.of(Array.from({ length: 10_000 }, (_, index) => track(index + 1)), 5000);
  const { track_ids, position } = asKept({ queue, positionMs: 1.6 });
  assert.equal(track_ids.length, 500);
  assert.equal(track_ids[position], 5001);
  const shuffled = queue.shuffle();
  assert.equal(asKept({ queue: shuffled, positionMs: 0 }).track_ids[0], 5001);
});

test("another device goes on in the shuffled order and finds the page's own again", async () => {
  const queue = Queue.of(Array.from({ length: 30 }, (_, index) => track(index + 1)), 7).shuffle();
  const { track_ids, ...said } = asKept({ queue: queue.next().next(), positionMs: 9_000 });
  kept = { ...said, tracks: track_ids.map((id) => track(id)), saved_at: "then" };
  await shared.takeUp();
  const taken = engine.queue;
  assert.equal(taken.isShuffled, true);
  assert.deepEqual(taken.order.map((index) => taken.tracks[index].id), track_ids.map(String));
  assert.deepEqual(taken.tracks.map(({ id }) => id), queue.tracks.map(({ id }) => id));
  assert.deepEqual(taken.unshuffle().order, queue.unshuffle().order);
  assert.equal(taken.unshuffle().current.id, taken.current.id);
});

test("on another device each track is still from the list that it was added from", async () => {
  const album = { source: "album:3", sourceLabel: "An album", sourceHref: "/albums/3/" };
  const playlist = { source: "playlist:5", sourceLabel: "A playlist", sourceHref: "/playlists/5/" };
  const added = [8, 9].map((id) => track(id, { origin: { ...playlist, radio: { href: "/more/" } } }));
  const queue = Queue.of([track(1), track(2)], 0, album).withNext(added).next();
  const said = asKept({ queue, positionMs: 0 });
  assert.deepEqual(said.origin, { ...album, others: [{ ...playlist, places: [1, 2] }] });
  for (const each of [queue, queue.shuffle()]) {
    keep(asKept({ queue: each, positionMs: 0 }));
    openTab();
    await shared.takeUp();
    const taken = engine.queue;
    assert.deepEqual(taken.tracks.map((_, index) => taken.originOf(index).source), ["album:3", "playlist:5", "playlist:5", "album:3"]);
    assert.equal(taken.origin.sourceHref, "/playlists/5/");
    assert.equal(taken.sourceLabel, "An album");
  }
});

test("what a radio added is kept as the radio's, and what is from anywhere else in no more than fifty lists", () => {
  const queue = Queue.of([track(1)], 0, { source: "album:3" }).continued([track(2)], { source: "radio", sourceLabel: "Radio", sourceHref: "", href: "/more/" });
  const { source, others } = asKept({ queue: queue.next(), positionMs: 0 }).origin;
  assert.deepEqual([source, others], ["album:3", [{ source: "radio", sourceLabel: "Radio", sourceHref: "", places: [1] }]]);
  const many = Array.from({ length: 60 }, (_, id) => track(id + 10, { origin: { source: `album:${id}`, sourceLabel: "", sourceHref: "" } }));
  assert.equal(asKept({ queue: Queue.of([track(1)]).withLast(many), positionMs: 0 }).origin.others.length, 50);
});

test("a server that is away costs nothing", async () => {
  openTab(async () => Promise.reject(new TypeError("away")));
  await shared.takeUp();
  assert.equal(engine.track, null);
});

test("where another tab begins to play this one stops", async () => {
  class Channel extends EventTarget {
    postMessage() {}
  }
  const channel = new Channel();
  playInOneTabOnly(engine, () => channel);
  engine.play(Queue.of([track(1)]));
  audio.arrive();
  channel.dispatchEvent(new Event("message"));
  await settle();
  assert.equal(engine.isPlaying, false);
});
