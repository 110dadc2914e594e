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
let decks;
let session;
const list = (...ids) => Queue.of(ids.map((id) => track(id)));

beforeEach(() => {
  audio = new FakeAudio();
  engine = new Engine({ audio, wait: () => Promise.resolve() });
  session = new MemoryStorage();
});

/** A page that plays, of somebody whose timer may have been set on the page before. */
function fallAsleep(user = "7") {
  audio = new FakeAudio();
  engine = new Engine({ audio });
  decks = { level: 1 };
  const timer = new SleepTimer({ engine, decks, session, userId: () => user });
  engine.play(list(1, 2));
  audio.arrive();
  return timer;
}

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

test("the music stops after the minutes that were asked for, quieter in the last seconds and as loud as before afterwards", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 0, 1, 23, 10) });
  const timer = fallAsleep();
  timer.set("30");
  assert.equal(timer.endsAt.toISOString(), "2026-01-01T23:40:00.000Z");
  context.mock.timers.tick(29 * 60_000);
  audio.runTo(30);
  assert.deepEqual([audio.paused, decks.level, timer.leftMs], [false, 1, 60_000]);
  const heard = [50, 5, 4].map((seconds) => {
    context.mock.timers.tick(seconds * 1000);
    audio.runTo(31);
    return decks.level;
  });
  assert.ok(1 > heard[0] && heard[0] > heard[1] && heard[1] > heard[2] && heard[2] > 0, heard);
  context.mock.timers.tick(1000);
  assert.equal(audio.paused, true);
  assert.deepEqual([timer.choice, timer.endsAt, timer.leftMs, decks.level], ["", null, null, 1]);
});

test("who changes their mind while it fades hears it as before", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 0, 1) });
  const timer = fallAsleep();
  timer.set("15");
  context.mock.timers.tick(15 * 60_000 - 2000);
  audio.runTo(30);
  assert.ok(decks.level < 1);
  timer.set("");
  context.mock.timers.tick(5000);
  assert.deepEqual([audio.paused, decks.level], [false, 1]);
});

test("a reload goes on counting to the same end, which may be over by then, and nobody else finds it", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 0, 1) });
  fallAsleep().set("30");
  context.mock.timers.tick(10 * 60_000);
  const again = fallAsleep();
  assert.deepEqual([again.choice, again.leftMs], ["30", 20 * 60_000]);
  assert.equal(fallAsleep("8").choice, "");
  fallAsleep();
  context.mock.timers.tick(20 * 60_000);
  assert.equal(audio.paused, true);
  assert.equal(fallAsleep().choice, "");
});

test("what the device slept through counts, and a clock that is set back keeps nobody awake", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 0, 1) });
  let timer = fallAsleep();
  timer.set("30");
  context.mock.timers.setTime(Date.UTC(2026, 0, 1, 2));
  audio.runTo(30);
  assert.deepEqual([audio.paused, timer.choice], [true, ""]);
  timer = fallAsleep();
  timer.set("30");
  const now = Date.now();
  context.mock.method(Date, "now", () => now - 3_600_000);
  context.mock.timers.tick(30 * 60_000);
  assert.equal(audio.paused, true);
});

test("the music stops when the track is over, and the next one waits, also after a reload", () => {
  fallAsleep().set("track");
  const timer = fallAsleep();
  assert.deepEqual([timer.choice, engine.stopsAfterTrack, timer.leftMs], ["track", true, 60_000]);
  audio.end();
  assert.equal(audio.src, "/stream/2/");
  assert.equal(audio.paused, true);
  assert.deepEqual([timer.choice, fallAsleep().choice], ["", ""]);
});
