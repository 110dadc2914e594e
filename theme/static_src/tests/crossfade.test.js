import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Crossfade } from "../src/player/crossfade.js";
import { Decks } from "../src/player/decks.js";
import { Engine } from "../src/player/engine.js";
import { fadeBetween } from "../src/player/fade.js";
import { ListenReporter } from "../src/player/listen_reporter.js";
import { Queue } from "../src/player/queue.js";
import { MemoryStorage } from "../src/player/storage.js";
import { FakeAudio, settle, track } from "./support.js";

let made;
let decks;
let engine;
const list = (...ids) => Queue.of(ids.map((id) => track(id)));
const album = (...ids) => Queue.of(ids.map((id) => track(id)), 0, { source: "album:3" });
const fadeOf = (queue, wantedMs = 6_000) => fadeBetween(queue, queue.following(), wantedMs);

/** A track of a minute plays, and the next one is ready. */
async function playNearlyToTheEnd(queue = list(1, 2, 3), crossfadeMs = 10_000) {
  engine.crossfadeMs = crossfadeMs;
  engine.play(queue);
  made[0].arrive(60);
  made[0].runTo(45);
  made[1].arrive(60);
  made[0].runTo(51);
  await settle();
}

beforeEach(() => {
  made = [];
  decks = new Decks(() => made[made.push(new FakeAudio()) - 1]);
  engine = new Engine({ audio: decks, wait: () => Promise.resolve() });
});

test("two tracks sound together, the one as much quieter as the other is louder", async () => {
  engine.setVolume(0.5);
  await playNearlyToTheEnd();
  assert.equal(engine.track.id, "2");
  assert.deepEqual(made.map(({ paused }) => paused), [false, false]);
  assert.deepEqual(made.map(({ volume }) => volume), [0.5, 0]);
  made[1].runTo(4.5);
  const [before, after] = made.map(({ volume }) => volume);
  assert.ok(Math.abs(before - after) < 1e-9);
  assert.ok(Math.abs(before ** 2 + after ** 2 - 0.25) < 1e-9);
  made[1].runTo(9);
  assert.deepEqual(made.map(({ paused, volume }) => [paused, volume]), [[true, 0.5], [false, 0.5]]);
  assert.equal(made[0].src, "");
});

test("while the later one waits for data the fade waits too", async () => {
  await playNearlyToTheEnd();
  made[1].runTo(3);
  const [{ volume }] = made;
  made[1].tell("waiting");
  made[0].runTo(56);
  assert.equal(made[0].volume, volume);
});

test("what is heard while two sound counts for one of them", async () => {
  const told = [];
  const outbox = Object.assign(new EventTarget(), { post: (id, step, body) => told.push([id, step, body.played_ms]) });
  let [atMs, id] = [0, 0];
  const reporter = new ListenReporter({ outbox, csrfToken: () => "", sendBeacon() {}, clock: () => atMs, makeId: () => `listen-${++id}` });
  reporter.follow(engine);
  const both = (seconds) => made.filter(({ paused }) => !paused).forEach((audio) => audio.runTo(audio.currentTime + seconds));
  engine.crossfadeMs = 10_000;
  engine.play(list(1, 2));
  made[0].arrive(60);
  for (; engine.track.id === "1"; atMs += 500) {
    both(0.5);
    if (made[0].currentTime === 45) made[1].arrive(60);
  }
  made[1].tell("playing");
  for (let step = 0; step < 20; step++) {
    atMs += 500;
    both(0.5);
  }
  engine.pause();
  const complete = told.find(([, step]) => step === "complete");
  const progress = told.findLast(([, step]) => step === "progress");
  assert.equal(complete[0], "listen-1");
  assert.ok(complete[2] > 49_000 && complete[2] <= 50_000);
  assert.equal(progress[0], "listen-2");
  assert.ok(progress[2] > 9_000);
  assert.ok(complete[2] + progress[2] <= atMs);
});

test("a pause holds both, and they go on together", async () => {
  await playNearlyToTheEnd();
  engine.toggle();
  assert.deepEqual(made.map(({ paused }) => paused), [true, true]);
  engine.toggle();
  await settle();
  assert.deepEqual(made.map(({ paused }) => paused), [false, false]);
});

test("a jump by hand cuts, also out of a fade", async () => {
  await playNearlyToTheEnd();
  engine.jump(2);
  assert.equal(made[1].src, "/stream/3/");
  assert.equal(made[0].paused, true);
  assert.deepEqual(made.map(({ volume }) => volume), [1, 1]);
  await playNearlyToTheEnd(list(4, 5));
  engine.next();
  assert.equal(made.filter(({ paused }) => !paused).length, 1);
});

test("a seek in the later track ends the fade", async () => {
  await playNearlyToTheEnd();
  engine.seek(30_000);
  assert.equal(made[0].paused, true);
  assert.equal(made[1].volume, 1);
});

test("the one after that is made ready once its element is free", async () => {
  await playNearlyToTheEnd(Queue.of([track(1), track(2, { durationMs: 60_000 }), track(3)]));
  made[1].duration = 20;
  made[1].runTo(1);
  assert.equal(made[0].src, "/stream/1/");
  made[1].runTo(10);
  made[1].runTo(11);
  assert.equal(made[0].src, "/stream/3/");
});

test("what is not ready begins when the other has ended", () => {
  engine.crossfadeMs = 10_000;
  engine.play(list(1, 2));
  made[0].arrive(60);
  made[0].runTo(45);
  made[0].runTo(55);
  assert.equal(engine.track.id, "1");
  made[0].end();
  assert.equal(engine.track.id, "2");
});

test("a sleep timer that waits for the end of the track hears it to the end", async () => {
  engine.stopsAfterTrack = true;
  await playNearlyToTheEnd();
  assert.equal(engine.track.id, "1");
});

test("where the second element may not play the fade becomes a cut", async () => {
  engine.crossfadeMs = 10_000;
  engine.play(list(1, 2));
  made[0].arrive(60);
  made[0].runTo(45);
  made[1].arrive(60);
  made[1].refusal = Object.assign(new Error("no"), { name: "NotAllowedError" });
  made[0].runTo(51);
  await settle();
  assert.equal(made[0].src, "/stream/2/");
  assert.deepEqual(made.map(({ paused }) => paused), [false, true]);
  assert.deepEqual(made.map(({ volume }) => volume), [1, 1]);
});

test("a fade leaves enough of each track to have completed it, and a short track none at all", () => {
  assert.equal(fadeOf(list(1, 2)), 6_000);
  assert.equal(fadeOf(list(1, 2), 12_000), 10_000);
  assert.equal(fadeOf(Queue.of([track(1), track(2, { durationMs: 11_999 })])), 0);
  assert.equal(fadeOf(Queue.of([track(1, { durationMs: 12_000 }), track(2)])), 2_000);
  assert.equal(fadeOf(Queue.of([track(1), track(2, { durationMs: 0 })])), 0);
  assert.equal(fadeOf(list(1, 2), 0), 0);
});

test("neighbours of an album run into each other as they were recorded, unless they are shuffled", () => {
  assert.equal(fadeOf(album(1, 2)), 0);
  assert.equal(fadeOf(album(1, 2, 3).shuffle()), 6_000);
  assert.equal(fadeOf(album(1, 2).jump(1).repeating("all")), 6_000);
  assert.equal(fadeOf(album(1, 2).jump(1).withNext([track(9, { origin: { source: "search" } })])), 6_000);
  const added = [1, 2].map((id) => track(id, { origin: { source: "album:5" } }));
  assert.equal(fadeOf(list(9).withLast(added).jump(1)), 0);
});

test("the seconds stay on the device, within bounds, and are none where a browser keeps the volume to itself", () => {
  const local = new MemoryStorage();
  new Crossfade({ engine, decks, local }).set(40);
  assert.equal(engine.crossfadeMs, 12_000);
  assert.equal(new Crossfade({ engine, decks, local }).seconds, 12);
  Object.defineProperty(made[1], "volume", { get: () => 1, set() {} });
  const deaf = new Crossfade({ engine, decks, local });
  assert.deepEqual([deaf.isPossible, deaf.seconds, engine.crossfadeMs], [false, 0, 0]);
  local.setItem("player:crossfade", "nonsense");
  assert.equal(new Crossfade({ engine, decks, local }).seconds, 0);
});
