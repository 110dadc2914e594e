import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Decks } from "../src/player/decks.js";
import { Engine } from "../src/player/engine.js";
import { Queue } from "../src/player/queue.js";
import { FakeAudio, settle, track } from "./support.js";

let made;
let decks;
let engine;
const list = (...ids) => Queue.of(ids.map((id) => track(id)));

beforeEach(() => {
  made = [];
  decks = new Decks(() => made[made.push(new FakeAudio()) - 1]);
  engine = new Engine({ audio: decks, wait: () => Promise.resolve() });
});

test("the next track plays from the element that has it ready", async () => {
  engine.play(list(1, 2, 3));
  made[0].arrive(30);
  made[0].runTo(20);
  assert.equal(made[1].src, "/stream/2/");
  made[1].arrive(40);
  assert.equal(engine.durationMs, 30_000);
  made[0].end();
  await settle();
  assert.equal(made[1].loads.length, 1);
  assert.equal(made[1].paused, false);
  assert.equal(made[0].src, "");
  assert.equal(engine.durationMs, 40_000);
  made[1].runTo(30);
  assert.equal(made[0].src, "/stream/3/");
});

test("another track than the one made ready plays from where the music was", () => {
  engine.play(list(1, 2, 3));
  made[0].arrive(30);
  made[0].runTo(20);
  made[1].arrive();
  engine.jump(2);
  assert.equal(made[0].src, "/stream/3/");
});

test("what could not be made ready is loaded anew", () => {
  engine.play(list(1, 2));
  made[0].arrive(30);
  made[0].runTo(20);
  made[1].fail();
  made[0].end();
  assert.equal(made[0].src, "/stream/2/");
});

test("where the second element may not play the first goes on", async () => {
  engine.play(list(1, 2));
  made[0].arrive(30);
  made[0].runTo(20);
  made[1].arrive();
  made[1].refusal = Object.assign(new Error("no"), { name: "NotAllowedError" });
  made[0].end();
  await settle();
  assert.equal(made[0].src, "/stream/2/");
  assert.equal(made[0].paused, false);
});

test("both are as loud as was asked", () => {
  engine.setVolume(0.3);
  engine.setMuted(true);
  assert.deepEqual(made.map(({ volume, muted }) => [volume, muted]), [[0.3, true], [0.3, true]]);
});

test("what is turned down by itself leaves the volume that was chosen", () => {
  engine.setVolume(0.5);
  decks.level = 0.5;
  assert.deepEqual([made[0].volume, made[1].volume, engine.volume], [0.25, 0.25, 0.5]);
  engine.setVolume(0.8);
  assert.equal(made[0].volume, 0.4);
  decks.level = 1;
  assert.equal(made[0].volume, 0.8);
});
