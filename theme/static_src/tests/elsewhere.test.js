import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Elsewhere } from "../src/player/elsewhere.js";
import { Engine } from "../src/player/engine.js";
import { playInOneTabOnly } from "../src/player/one_tab.js";
import { Queue } from "../src/player/queue.js";
import { SleepTimer } from "../src/player/sleep_timer.js";
import { MemoryStorage } from "../src/player/storage.js";
import { FakeAudio, settle, track } from "./support.js";

let channels;
let timers;
let clockMs;
let later;

class Channel extends EventTarget {
  constructor(name) {
    super();
    this.name = name;
    channels.push(this);
  }

  postMessage(message) {
    const data = structuredClone(message);
    const others = channels.filter((each) => each !== this && each.name === this.name);
    for (const each of others) queueMicrotask(() => each.dispatchEvent(Object.assign(new Event("message"), { data })));
  }
}

async function tab(user = "7", { doesFollow = true } = {}) {
  const audio = new FakeAudio();
  const engine = new Engine({ audio });
  const userId = () => user;
  const sleepTimer = new SleepTimer({ engine, decks: {}, session: new MemoryStorage(), userId });
  timers.push(sleepTimer);
  playInOneTabOnly(engine, () => new Channel("player"));
  const channel = new Channel("elsewhere");
  const elsewhere = new Elsewhere({ engine, sleepTimer, channel, userId, later: (run) => (later = run), every: () => null, now: () => clockMs });
  if (doesFollow) elsewhere.follow();
  await settle();
  return { audio, engine, elsewhere, sleepTimer };
}

const list = (...ids) => Queue.of(ids.map((id) => track(id)), 1, { source: "album:3", sourceLabel: "An album" });

async function playIn({ engine, audio }, ...ids) {
  engine.play(list(...ids));
  audio.arrive();
  audio.runTo(20);
  await settle();
}

function shown({ engine }) {
  return [engine.track?.id, engine.isHeard, engine.positionMs];
}

const idsOf = ({ engine }) => engine.queue.tracks.map(({ id }) => Number(id));
const soundingIn = (...tabs) => tabs.map(({ audio }) => !audio.paused);

globalThis.BroadcastChannel ??= class {};

beforeEach(() => {
  [channels, timers, clockMs, later] = [[], [], 0, null];
});

afterEach(() => timers.forEach((timer) => timer.set("")));

test("what plays in one tab is what all of them show, also one that opens later, and as far as it is", async () => {
  const [first, second] = [await tab(), await tab()];
  await playIn(first, 1, 2, 3);
  assert.deepEqual(shown(second), ["2", true, 20_000]);
  assert.equal(second.engine.queue.origin.sourceLabel, "An album");
  assert.deepEqual(soundingIn(first, second), [true, false]);
  clockMs += 3000;
  assert.equal(second.engine.positionMs, 23_000);
  assert.deepEqual(shown(await tab()), ["2", true, 20_000]);
  assert.equal(first.engine.isElsewhere, false);
  first.audio.runTo(25);
  first.engine.pause();
  await settle();
  assert.deepEqual(shown(second), ["2", false, 25_000]);
});

test("where it waits for data it is not further a moment later", async () => {
  const [first, second] = [await tab(), await tab()];
  await playIn(first, 1, 2);
  first.audio.tell("waiting");
  await settle();
  clockMs += 3000;
  assert.deepEqual([second.engine.isLoading, second.engine.positionMs], [true, 20_000]);
});

test("a press on pause, and a seek, in any tab do it where it plays", async () => {
  const [first, second] = [await tab(), await tab()];
  await playIn(first, 1, 2, 3);
  second.engine.seekBy(15_000);
  second.engine.seekBy(5_000);
  await settle();
  assert.equal(first.audio.currentTime, 40);
  assert.deepEqual(shown(second), ["2", true, 40_000]);
  second.engine.toggle();
  await settle();
  assert.deepEqual(soundingIn(first, second), [false, false]);
  assert.deepEqual(shown(second), ["2", false, 40_000]);
});

test("a press on play in another tab goes on there where it was paused", async () => {
  const [first, second] = [await tab(), await tab()];
  await playIn(first, 1, 2, 3);
  first.engine.pause();
  await settle();
  second.audio.arrive();
  second.engine.toggle();
  await settle();
  assert.deepEqual(soundingIn(first, second), [false, true]);
  assert.equal(second.audio.currentTime, 20);
  assert.deepEqual([first.engine.isElsewhere, first.engine.track.id], [true, "2"]);
});

test("a tab takes over at the same second, and the one before shows it then", async () => {
  const [first, second, third] = [await tab(), await tab(), await tab()];
  await playIn(first, 1, 2, 3);
  first.engine.setRepeat("all");
  await settle();
  second.engine.takeOver();
  assert.equal(second.audio.paused, false);
  second.audio.arrive();
  await settle();
  assert.deepEqual(soundingIn(first, second, third), [false, true, false]);
  assert.deepEqual([second.engine.isElsewhere, second.engine.positionMs, second.engine.queue.repeat], [false, 20_000, "all"]);
  for (const each of [first, third]) assert.deepEqual(shown(each), ["2", true, 20_000]);
});

test("a list that is begun in another tab plays there alone, and not for a moment in the one before", async () => {
  const [first, second] = [await tab(), await tab()];
  await playIn(first, 1, 2, 3);
  await playIn(second, 7, 8, 9);
  assert.deepEqual(soundingIn(first, second), [false, true]);
  assert.deepEqual(first.audio.loads.slice(-2), ["/stream/2/", "/stream/8/"]);
  assert.deepEqual(shown(first), ["8", true, 20_000]);
  assert.deepEqual(idsOf(first), [7, 8, 9]);
});

test("a list that plays before its tab knows of the others is what they show", async () => {
  const [first, third] = [await tab(), await tab()];
  await playIn(first, 1, 2, 3);
  const second = await tab("7", { doesFollow: false });
  await playIn(second, 7, 8, 9);
  second.elsewhere.follow();
  await settle();
  for (const each of [first, third]) assert.deepEqual([...shown(each), ...idsOf(each)], ["8", true, 20_000, 7, 8, 9]);
  first.engine.takeOver();
  first.audio.arrive();
  await settle();
  assert.deepEqual(soundingIn(first, second, third), [true, false, false]);
  assert.deepEqual(idsOf(second), [7, 8, 9]);
});

test("what goes on in another tab is played there from where it came from", async () => {
  const [first, second] = [await tab(), await tab()];
  await playIn(second, 1, 2, 3);
  second.engine.enqueue([{ ...track(7), origin: { source: "album:9" } }]);
  await settle();
  await playIn(first, 6, 7, 8);
  assert.deepEqual(idsOf(second), [6, 7, 8]);
  assert.equal(second.engine.queue.current.origin, undefined);
});

test("what a tab finds of the queue as it was kept is nothing to tell those that have all of it", async () => {
  const first = await tab();
  await playIn(first, 1, 2, 3);
  first.engine.pause();
  const second = await tab();
  second.engine.restore(list(5, 2), 5_000);
  await settle();
  assert.deepEqual([first.engine.positionMs, ...idsOf(first)], [20_000, 1, 2, 3]);
  first.audio.arrive();
  first.engine.toggle();
  await settle();
  assert.deepEqual(idsOf(second), [1, 2, 3]);
});

test("what comes next is arranged in any tab, and plays where it played", async () => {
  const [first, second] = [await tab(), await tab()];
  await playIn(first, 1, 2, 3);
  second.engine.playNext([track(8)]);
  second.engine.setRepeat("all");
  await settle();
  assert.deepEqual(idsOf(first), [1, 2, 8, 3]);
  assert.deepEqual(soundingIn(first, second), [true, false]);
  assert.equal(first.audio.loads.length, 1);
  second.engine.remove(1);
  first.audio.arrive();
  await settle();
  assert.deepEqual([first.engine.track.id, first.audio.paused], ["8", false]);
  first.audio.end();
  first.audio.arrive();
  await settle();
  assert.deepEqual(shown(second), ["3", true, 0]);
  const [before] = second.engine.queue.tracks;
  first.engine.move(0, 2);
  await settle();
  assert.equal(second.engine.queue.tracks.at(-1), before);
});

test("who arranges what was played a moment ago finds what plays", async () => {
  const [first, second] = [await tab(), await tab()];
  await playIn(first, 1, 2, 3);
  first.engine.next();
  second.engine.enqueue([track(9)]);
  first.audio.arrive();
  await settle();
  for (const each of [first, second]) assert.deepEqual([each.engine.track.id, each.engine.queue.current.id], ["3", "3"]);
  assert.deepEqual(idsOf(first), idsOf(second));
});

test("the volume and the sleep timer are those of all tabs", async () => {
  const [first, second] = [await tab(), await tab()];
  await playIn(first, 1, 2);
  second.engine.setVolume(0.4);
  second.audio.tell("volumechange");
  second.sleepTimer.set("30");
  await settle();
  assert.deepEqual([first.engine.volume, first.sleepTimer.choice], [0.4, "30"]);
  assert.equal(first.sleepTimer.endsAt.getTime(), second.sleepTimer.endsAt.getTime());
  first.engine.toggleMute();
  first.audio.tell("volumechange");
  await settle();
  assert.deepEqual([second.engine.isMuted, second.engine.volume], [true, 0.4]);
  const third = await tab();
  assert.deepEqual([third.sleepTimer.choice, third.engine.isMuted], ["30", true]);
  third.sleepTimer.set("");
  await settle();
  assert.equal(first.sleepTimer.choice, "");
});

test("the end of the track that is waited for in one tab is that of the one that plays", async () => {
  const [first, second] = [await tab(), await tab()];
  await playIn(first, 1, 2, 3);
  second.sleepTimer.set("track");
  await settle();
  first.audio.end();
  await settle();
  assert.deepEqual(soundingIn(first, second), [false, false]);
  assert.deepEqual([first.engine.track.id, second.engine.track.id, second.sleepTimer.choice, second.engine.stopsAfterTrack], ["3", "3", "", false]);
});

test("what a tab played that was killed or closed is found paused where it was, and goes on", async () => {
  const [first, second] = [await tab(), await tab()];
  await playIn(first, 1, 2);
  clockMs += 12_000;
  later();
  assert.deepEqual(shown(second), ["2", false, 32_000]);
  clockMs += 4_500;
  first.audio.runTo(37);
  await settle();
  assert.deepEqual(shown(second), ["2", true, 37_000]);
  first.elsewhere.silence();
  await settle();
  assert.deepEqual(shown(second).slice(1), [false, 37_000]);
});

test("what another person plays is not shown, and stays as loud as it is", async () => {
  const [first, stranger] = [await tab("7"), await tab("8")];
  await playIn(first, 1, 2);
  assert.equal(stranger.engine.track, null);
  stranger.engine.setVolume(0.1);
  stranger.audio.tell("volumechange");
  await settle();
  assert.equal(first.engine.volume, 1);
});
