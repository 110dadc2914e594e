import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, lengthClock } from "../src/player/clock.js";
import { Engine } from "../src/player/engine.js";
import { actionFor } from "../src/player/keyboard.js";
import { forgetQueues, PlayerMemory } from "../src/player/memory.js";
import { Queue } from "../src/player/queue.js";
import { MemoryStorage } from "../src/player/storage.js";
import { FakeAudio, track } from "./support.js";

class SmallStorage extends MemoryStorage {
  constructor(most) {
    super();
    this.most = most;
  }

  setItem(key, value) {
    if (String(value).length > this.most) throw new Error("QuotaExceededError");
    super.setItem(key, value);
  }
}

function openTab(session, local, user = "7") {
  const audio = new FakeAudio();
  const engine = new Engine({ audio });
  new PlayerMemory({ engine, session, local, userId: () => user }).recall();
  return { audio, engine };
}

test("a reload finds the same track paused at the same second", () => {
  const [session, local] = [new MemoryStorage(), new MemoryStorage()];
  const { audio, engine } = openTab(session, local);
  engine.play(Queue.of([track(1), track(2)], 1, { source: "album:3", sourceLabel: "Album" }));
  audio.arrive();
  engine.setVolume(0.4);
  audio.runTo(33);

  const reloaded = openTab(session, local);
  assert.equal(reloaded.engine.track.id, "2");
  assert.equal(reloaded.engine.isPlaying, false);
  assert.equal(reloaded.engine.positionMs, 33_000);
  assert.equal(reloaded.engine.volume, 0.4);
  assert.equal(reloaded.engine.queue.sourceLabel, "Album");
});

test("a reload finds the sound muted as it was left", () => {
  const [session, local] = [new MemoryStorage(), new MemoryStorage()];
  const { audio, engine } = openTab(session, local);
  engine.setVolume(0.4);
  engine.toggleMute();
  audio.tell("volumechange");
  assert.equal(openTab(session, local).engine.isMuted, true);
  assert.equal(openTab(session, local).engine.volume, 0.4);
  engine.toggleMute();
  audio.tell("volumechange");
  assert.equal(openTab(session, local).engine.isMuted, false);
});

test("the next person in this tab does not find it", () => {
  const [session, local] = [new MemoryStorage(), new MemoryStorage()];
  openTab(session, local).engine.play(Queue.of([track(1)]));
  assert.equal(openTab(session, local, "8").engine.track, null);
});

test("nothing is left of anybody's queue at sign-out", () => {
  const [session, local] = [new MemoryStorage(), new MemoryStorage()];
  openTab(session, local).engine.play(Queue.of([track(1)]));
  session.setItem("player:7:saved", "then");
  session.setItem("another", "stays");
  forgetQueues(session);
  assert.deepEqual([session.length, session.getItem("another")], [1, "stays"]);
  assert.equal(openTab(session, local).engine.track, null);
});

test("rubbish in the storage is an empty player", () => {
  const session = new MemoryStorage();
  session.setItem("player:7", '{"tracks": []}');
  assert.equal(openTab(session, new MemoryStorage()).engine.track, null);
});

test("a queue that does not fit is forgotten, not mistaken for the one before", () => {
  const [session, local] = [new SmallStorage(2_000), new MemoryStorage()];
  const { audio, engine } = openTab(session, local);
  engine.play(Queue.of([track(1)]));
  audio.arrive();
  assert.equal(openTab(session, local).engine.track.id, "1");
  engine.play(Queue.of(Array.from({ length: 100 }, (_, index) => track(index + 2))));
  audio.arrive();
  audio.runTo(33);
  assert.equal(openTab(session, local).engine.track, null);
  engine.play(Queue.of([track(3)]));
  assert.equal(openTab(session, local).engine.track.id, "3");
});

test("clocks read like clocks", () => {
  assert.deepEqual([0, 63_999, 3_725_000, -5].map(clock), ["0:00", "1:03", "1:02:05", "0:00"]);
});

test("lengths are rounded as the lists of the pages round them", () => {
  assert.deepEqual([33_499, 32_500, 33_500, 33_501, 59_700].map(lengthClock), ["0:33", "0:32", "0:34", "0:34", "1:00"]);
});

test("keys: a held key seeks on but toggles nothing, and strangers mean nothing", () => {
  const calls = [];
  const engine = { toggle: () => calls.push("toggle"), seekBy: (ms) => calls.push(ms), next: () => calls.push("next") };
  for (const key of [" ", "k", "ArrowLeft", "l"]) actionFor({ key }, engine)();
  actionFor({ key: "N", shiftKey: true }, engine)();
  actionFor({ key: "ArrowRight", repeat: true }, engine)();
  assert.deepEqual(calls, ["toggle", "toggle", -10_000, 10_000, "next", 10_000]);
  assert.equal(actionFor({ key: " ", repeat: true }, engine), null);
  assert.equal(actionFor({ key: "n" }, engine), null);
  assert.equal(actionFor({ key: "K", shiftKey: true }, engine), null);
});
