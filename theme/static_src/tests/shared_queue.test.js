import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Engine } from "../src/player/engine.js";
import { playInOneTabOnly } from "../src/player/one_tab.js";
import { Queue } from "../src/player/queue.js";
import { asKept, SharedQueue } from "../src/player/shared_queue.js";
import { FakeAudio, settle, track } from "./support.js";

let audio;
let engine;
let sent;
let clockMs;
let kept;
let shared;

beforeEach(() => {
  audio = new FakeAudio();
  engine = new Engine({ audio });
  [sent, clockMs, kept] = [[], 100_000, { tracks: [], position: 0, position_ms: 0, repeat: "off", origin: {} }];
  const fetch = async (href, { method = "GET", body } = {}) => {
    if (method === "POST") sent.push(JSON.parse(body));
    return { ok: true, redirected: false, json: async () => kept };
  };
  shared = new SharedQueue({ engine, fetch, csrfToken: () => "token", now: () => clockMs });
  shared.follow();
});

test("an empty player takes up what was left elsewhere, paused at its second", async () => {
  kept = { tracks: [track(4), track(5)], position: 1, position_ms: 33_000, repeat: "all", origin: { source: "album:3", sourceLabel: "An album" } };
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
  engine.restore(Queue.of([track(1)]), 5_000);
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
  kept = { ...said, tracks: track_ids.map((id) => track(id)) };
  await shared.takeUp();
  const taken = engine.queue;
  assert.equal(taken.isShuffled, true);
  assert.deepEqual(taken.order.map((index) => taken.tracks[index].id), track_ids.map(String));
  assert.deepEqual(taken.tracks.map(({ id }) => id), queue.tracks.map(({ id }) => id));
  assert.deepEqual(taken.unshuffle().order, queue.unshuffle().order);
  assert.equal(taken.unshuffle().current.id, taken.current.id);
});

test("a server that is away costs nothing", async () => {
  const lost = new SharedQueue({ engine, fetch: async () => Promise.reject(new TypeError("away")), csrfToken: () => "" });
  await lost.takeUp();
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
