import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Details } from "../src/player/details.js";
import { Engine } from "../src/player/engine.js";
import { factorOf, Loudness } from "../src/player/loudness.js";
import { Queue } from "../src/player/queue.js";
import { SleepTimer } from "../src/player/sleep_timer.js";
import { MemoryStorage } from "../src/player/storage.js";
import { FakeAudio, settle, track } from "./support.js";

let audio;
let engine;
const list = (...ids) => Queue.of(ids.map((id) => track(id)));

beforeEach(() => {
  audio = new FakeAudio();
  engine = new Engine({ audio, wait: () => Promise.resolve() });
});

test("a track is played as loud as its gain says, and never louder than its peak allows", () => {
  const details = { track_gain_db: -6, track_peak: 0.9, album_gain_db: 4, album_peak: 0.8 };
  assert.ok(Math.abs(factorOf(details, "track") - 0.501) < 0.001);
  assert.equal(factorOf(details, "album"), 1.25);
  assert.equal(factorOf(details, "off"), 1);
  assert.equal(factorOf(null, "track"), 1);
  assert.equal(factorOf({ track_gain_db: 5, track_peak: null }, "track"), 1);
  assert.ok(factorOf({ track_gain_db: -3, track_peak: 1, album_gain_db: null }, "album") < 1);
});

test("Web Audio is not touched before somebody asks for equal loudness", async () => {
  const made = [];
  const node = () => ({ gain: { value: 1 }, connect() {} });
  const makeContext = () => made[made.push({ destination: {}, createGain: node, createMediaElementSource: node, resume() {} }) - 1];
  const answers = { ok: true, redirected: false, json: async () => ({ track_gain_db: -20, track_peak: 1 }) };
  const details = new Details(async () => answers);
  const local = new MemoryStorage();
  const loudness = new Loudness({ engine, decks: { elements: [audio] }, details, local, makeContext });
  engine.play(list(1));
  await settle();
  assert.equal(made.length, 0);
  loudness.set("track");
  await settle();
  assert.equal(made.length, 1);
  assert.equal(new Loudness({ engine, decks: {}, details, local }).mode, "track");
});

test("details are asked for once, and again after a failure", async () => {
  const asked = [];
  let isAway = true;
  const details = new Details(async (href) => {
    asked.push(href);
    if (isAway) throw new TypeError("away");
    return { ok: true, redirected: false, json: async () => ({ lyrics: [] }) };
  });
  assert.equal(await details.of(track(1)), null);
  isAway = false;
  assert.deepEqual(await details.of(track(1)), { lyrics: [] });
  await details.of(track(1));
  assert.deepEqual(asked, ["/tracks/1/playing.json", "/tracks/1/playing.json"]);
});

test("the music stops after the minutes that were asked for", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 0, 1, 23, 10) });
  const timer = new SleepTimer(engine);
  engine.play(list(1));
  audio.arrive();
  timer.set("30");
  assert.equal(timer.endsAt.toISOString(), "2026-01-01T23:40:00.000Z");
  context.mock.timers.tick(29 * 60_000);
  assert.equal(audio.paused, false);
  context.mock.timers.tick(60_000);
  assert.equal(audio.paused, true);
  assert.deepEqual([timer.choice, timer.endsAt], ["", null]);
});

test("the music stops when the track is over, and the next one waits", () => {
  const timer = new SleepTimer(engine);
  engine.play(list(1, 2));
  audio.arrive();
  timer.set("track");
  audio.end();
  assert.equal(audio.src, "/stream/2/");
  assert.equal(audio.paused, true);
  assert.equal(timer.choice, "");
});
