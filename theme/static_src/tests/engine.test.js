import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Engine } from "../src/player/engine.js";
import { Queue } from "../src/player/queue.js";
import { SIGNED_OUT } from "../src/words.js";
import { FakeAudio, settle, track } from "./support.js";

const KINDS = ["load", "playing", "tick", "halt", "jump", "ended", "leave", "message"];

let audio;
let engine;
let heard;
let trouble;
let waits;
const list = (...ids) => Queue.of(ids.map((id) => track(id)));
const kinds = () => heard.map(({ type }) => type);
const messages = () => heard.filter(({ type }) => type === "message").map(({ detail }) => detail.text);

beforeEach(() => {
  audio = new FakeAudio();
  [trouble, waits] = ["broken", []];
  const wait = async (ms) => waits.push(ms);
  engine = new Engine({ audio, wait, troubleWith: async () => trouble });
  heard = [];
  for (const kind of KINDS) engine.addEventListener(kind, (event) => heard.push(event));
});

test("one press plays", () => {
  engine.play(list(1, 2));
  audio.arrive();
  assert.equal(audio.src, "/stream/1/");
  assert.equal(engine.isPlaying, true);
  assert.deepEqual(kinds(), ["load", "playing"]);
});

test("it shows loading until there is sound, and while the data runs out", () => {
  engine.play(list(1));
  assert.equal(engine.isLoading, true);
  audio.arrive();
  assert.equal(engine.isLoading, false);
  audio.tell("waiting");
  assert.equal(engine.isLoading, true);
});

test("toggle pauses and goes on in the same play", () => {
  engine.play(list(1));
  audio.arrive();
  engine.toggle();
  assert.equal(engine.isPlaying, false);
  engine.toggle();
  assert.equal(engine.isPlaying, true);
  assert.equal(kinds().filter((kind) => kind === "load").length, 1);
  assert.ok(kinds().includes("halt"));
});

test("the next source is set within the ended event", () => {
  engine.play(list(1, 2));
  audio.arrive();
  heard = [];
  audio.end();
  assert.equal(audio.src, "/stream/2/");
  assert.equal(audio.paused, false);
  assert.deepEqual(kinds(), ["ended", "load"]);
});

test("the end of a track is no pause", () => {
  engine.play(list(1));
  audio.arrive();
  audio.end();
  assert.ok(!kinds().includes("halt"));
});

test("after the last track it lies ready at its beginning, silent, for another play", () => {
  engine.play(list(1));
  audio.arrive();
  audio.end();
  assert.equal(engine.isPlaying, false);
  assert.equal(engine.positionMs, 0);
  engine.toggle();
  assert.equal(engine.isPlaying, true);
  assert.equal(kinds().filter((kind) => kind === "load").length, 2);
});

test("repeating one is another play of the same track", () => {
  engine.setRepeat("one");
  engine.play(list(1, 2));
  audio.arrive();
  audio.end();
  assert.equal(audio.src, "/stream/1/");
  assert.equal(engine.isPlaying, true);
  assert.equal(kinds().filter((kind) => kind === "load").length, 2);
});

test("previous begins the track again once it is three seconds in", () => {
  engine.play(list(1, 2));
  engine.next();
  audio.arrive();
  audio.runTo(3.5);
  engine.previous();
  assert.equal(engine.track.id, "2");
  assert.equal(audio.currentTime, 0);
  engine.previous();
  assert.equal(engine.track.id, "1");
});

test("next at the end of the queue does nothing", () => {
  engine.play(list(1));
  audio.arrive();
  engine.next();
  assert.equal(engine.isPlaying, true);
  assert.equal(engine.track.id, "1");
});

test("leaving is said before the place in the old track is lost", () => {
  engine.play(list(1, 2));
  audio.arrive();
  audio.runTo(12);
  engine.next();
  const leave = heard.find(({ type }) => type === "leave");
  assert.equal(leave.detail.positionMs, 12_000);
  assert.equal(leave.detail.isSounding, true);
});

test("a jump is said from where it leaves, and stays within the track", () => {
  engine.play(list(1));
  audio.arrive(60);
  audio.runTo(5);
  engine.seekBy(1_000_000);
  assert.equal(heard.at(-1).detail.positionMs, 5_000);
  assert.equal(audio.currentTime, 60);
  engine.seek(-4);
  assert.equal(audio.currentTime, 0);
});

test("nothing ticks while the head is moving or the music rests", () => {
  engine.play(list(1));
  audio.arrive();
  heard = [];
  audio.seeking = true;
  audio.runTo(30);
  audio.seeking = false;
  engine.pause();
  audio.runTo(30);
  assert.ok(!kinds().includes("tick"));
});

test("a restored queue is silent at its place and goes on from there", () => {
  engine.restore(list(1, 2), 42_000);
  assert.equal(engine.isPlaying, false);
  assert.equal(engine.positionMs, 42_000);
  audio.arrive();
  assert.equal(audio.currentTime, 42);
  engine.toggle();
  assert.equal(engine.isPlaying, true);
});

test("a seek before anything is known about the file is not lost", () => {
  engine.restore(list(1), 0);
  engine.seek(20_000);
  assert.equal(engine.positionMs, 20_000);
  audio.arrive();
  assert.equal(audio.currentTime, 20);
});

test("shuffle and repeat outlive the list they were set in", () => {
  engine.play(list(1, 2, 3));
  engine.toggleShuffle();
  engine.setRepeat("all");
  engine.play(list(4, 5, 6));
  assert.equal(engine.queue.isShuffled, true);
  assert.equal(engine.queue.repeat, "all");
  assert.equal(engine.track.id, "4");
});

test("shuffle can be asked for and refused with the list", () => {
  engine.play(list(1, 2, 3), { isShuffled: true });
  assert.equal(engine.queue.isShuffled, true);
  engine.play(list(4, 5, 6), { isShuffled: false });
  assert.equal(engine.queue.isShuffled, false);
  engine.play(list(7, 8, 9));
  assert.equal(engine.queue.isShuffled, false);
});

test("a list can be gone on with until it was heard to its end", () => {
  assert.equal(engine.canGoOn, false);
  engine.play(list(1, 2));
  audio.arrive();
  engine.pause();
  assert.equal(engine.canGoOn, true);
  engine.next();
  audio.arrive();
  audio.end();
  assert.equal(engine.canGoOn, false);
});

test("a blocked autoplay stays paused and says what to do", async () => {
  audio.refusal = Object.assign(new Error(), { name: "NotAllowedError" });
  engine.play(list(1));
  await settle();
  assert.equal(engine.isPlaying, false);
  assert.deepEqual(messages(), ["Press play to continue"]);
  audio.refusal = null;
  engine.toggle();
  audio.arrive();
  assert.deepEqual(messages(), ["Press play to continue", ""]);
});

test("a play that was overtaken by the next track says nothing", async () => {
  audio.refusal = Object.assign(new Error(), { name: "NotAllowedError" });
  engine.play(list(1, 2));
  audio.refusal = null;
  engine.next();
  await settle();
  assert.deepEqual(messages(), []);
});

test("a broken connection is tried once more, at the same place and in the same play", async () => {
  engine.play(list(1, 2));
  audio.arrive();
  audio.runTo(20);
  audio.fail();
  await settle();
  assert.equal(audio.loads.length, 2);
  audio.arrive();
  assert.equal(engine.track.id, "1");
  assert.equal(audio.currentTime, 20);
  assert.equal(engine.isPlaying, true);
  assert.equal(kinds().filter((kind) => kind === "load").length, 1);
  assert.deepEqual(messages(), []);
});

test("a track that fails twice is named and passed over", async () => {
  engine.play(list(1, 2));
  audio.fail(4);
  await settle();
  audio.fail(4);
  await settle();
  assert.equal(engine.track.id, "2");
  assert.equal(engine.isPlaying, true);
  assert.deepEqual(messages(), ["“Title 1” could not be played"]);
});

test("while nobody answers it is tried ever less often, and goes on at the second where it stopped", async () => {
  trouble = "away";
  engine.play(list(1, 2));
  audio.arrive();
  audio.runTo(20);
  for (let failure = 0; failure < 8; failure++) {
    audio.fail();
    await settle();
  }
  assert.deepEqual(waits, [800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  assert.deepEqual(messages(), ["The connection is lost. The music goes on as soon as it is back."]);
  assert.equal(engine.track.id, "1");
  assert.equal(engine.isLoading, true);
  audio.arrive();
  assert.equal(audio.currentTime, 20);
  assert.equal(engine.isLoading, false);
  assert.equal(messages().at(-1), "");
});

test("once the network is back nobody waits any longer, and a pause meanwhile is one", async () => {
  trouble = "away";
  engine = new Engine({ audio, wait: () => new Promise(() => {}), troubleWith: async () => trouble });
  engine.play(list(1));
  audio.fail();
  await settle();
  assert.equal(audio.loads.length, 1);
  engine.retry();
  await settle();
  assert.equal(audio.loads.length, 2);
  audio.fail();
  await settle();
  engine.pause();
  engine.retry();
  await settle();
  assert.equal(engine.isPlaying, false);
});

test("an expired session says so and keeps the place", async () => {
  trouble = "expired";
  engine.play(list(1, 2));
  audio.arrive();
  audio.runTo(20);
  audio.fail();
  await settle();
  audio.fail();
  await settle();
  assert.deepEqual(messages(), [SIGNED_OUT]);
  assert.deepEqual([engine.track.id, engine.positionMs, engine.isPlaying], ["1", 20_000, false]);
  engine.toggle();
  audio.arrive();
  assert.deepEqual([engine.isPlaying, audio.currentTime], [true, 20]);
});

test("what is gone leaves the queue, and what only cannot be played stays in it", async () => {
  for (const [why, left] of [["broken", ["1", "2", "3"]], ["gone", ["2", "3"]]]) {
    trouble = why;
    engine.play(list(1, 2, 3));
    audio.fail(4);
    await settle();
    audio.fail(4);
    await settle();
    assert.deepEqual(engine.queue.tracks.map(({ id }) => id), left);
    assert.equal(engine.track.id, "2");
  }
});

test("three failures in a row stop the search, even in a queue that goes round", async () => {
  engine.setRepeat("all");
  engine.play(list(1, 2, 3, 4, 5));
  for (let failure = 0; failure < 6; failure++) {
    audio.fail(4);
    await settle();
  }
  assert.equal(engine.track.id, "3");
  assert.equal(engine.isPlaying, false);
  assert.equal(messages().length, 3);
});

test("pressing play after a failure asks the server again", async () => {
  engine.restore(list(1), 9_000);
  audio.fail(2);
  await settle();
  audio.fail(2);
  await settle();
  assert.equal(engine.isPlaying, false);
  assert.deepEqual(messages(), []);
  engine.toggle();
  audio.arrive();
  assert.equal(engine.isPlaying, true);
  assert.equal(audio.currentTime, 9);
});

test("volume stays between silence and full, and moving it ends the mute", () => {
  engine.toggleMute();
  engine.setVolume(1.4);
  assert.equal(engine.volume, 1);
  assert.equal(engine.isMuted, false);
});

test("what is added first begins at once, what is added then waits", () => {
  engine.playNext([track(1, { origin: { source: "album:3" } })]);
  engine.enqueue([track(2)]);
  engine.playNext([track(3)]);
  audio.arrive();
  assert.equal(audio.src, "/stream/1/");
  assert.equal(engine.queue.source, "album:3");
  audio.end();
  assert.equal(audio.src, "/stream/3/");
  audio.arrive();
  audio.end();
  assert.equal(audio.src, "/stream/2/");
});

test("to rearrange what comes does not touch what sounds", () => {
  engine.play(list(1, 2, 3, 4));
  audio.arrive();
  const loads = audio.loads.length;
  engine.move(3, 1);
  engine.remove(2);
  engine.clear();
  assert.equal(audio.loads.length, loads);
  assert.equal(engine.isPlaying, true);
  assert.equal(engine.queue.order.length, 1);
});

test("without the track that plays the next one plays, and waits where it was paused", () => {
  engine.play(list(1, 2, 3));
  audio.arrive();
  engine.remove(0);
  assert.equal(audio.src, "/stream/2/");
  assert.equal(audio.paused, false);
  audio.arrive();
  engine.pause();
  engine.remove(0);
  assert.equal(audio.src, "/stream/3/");
  assert.equal(audio.paused, true);
  engine.remove(0);
  assert.equal(engine.track.id, "3");
});

test("without several, what plays goes on unless it is one of them", () => {
  engine.play(list(1, 2, 3, 4));
  audio.arrive();
  const loads = audio.loads.length;
  engine.removeAll(new Set(["2", "9"]));
  assert.equal(audio.loads.length, loads);
  engine.removeAll(new Set(["1", "3"]));
  assert.equal(audio.src, "/stream/4/");
  assert.equal(engine.isPlaying, true);
  assert.ok(kinds().includes("leave"));
});

test("where all that follows goes as well, nothing is played again", () => {
  engine.play(list(1, 2, 3));
  engine.jump(1);
  audio.arrive();
  engine.removeAll(new Set(["2", "3"]));
  assert.equal(engine.track.id, "1");
  assert.equal(engine.isPlaying, false);
  engine.removeAll(new Set(["1"]));
  assert.equal(engine.isPlaying, false);
});

test("what was removed is put back, whatever track plays by then", () => {
  engine.play(list(1, 2, 3));
  audio.arrive();
  const before = engine.queue;
  engine.remove(2);
  engine.putBack(before);
  assert.equal(engine.queue.order.length, 3);
  engine.remove(2);
  engine.next();
  const loads = audio.loads.length;
  engine.putBack(before);
  assert.equal(engine.track.id, "2");
  assert.equal(engine.queue.left, 1);
  assert.equal(audio.loads.length, loads);
  engine.play(list(7, 8));
  engine.putBack(before);
  assert.deepEqual(engine.queue.tracks.map(({ id }) => id), ["7", "8"]);
});

test("one can jump to any place of the queue", () => {
  engine.play(list(1, 2, 3));
  engine.jump(2);
  assert.equal(audio.src, "/stream/3/");
  engine.jump(7);
  assert.equal(audio.src, "/stream/3/");
});

test("what follows is made ready shortly before the end, and never what plays", () => {
  engine.play(list(1, 2));
  audio.arrive(60);
  audio.runTo(39);
  assert.equal(audio.prepared, "");
  audio.runTo(41);
  assert.equal(audio.prepared, "/stream/2/");
  engine.setRepeat("one");
  audio.prepared = "";
  audio.runTo(50);
  assert.equal(audio.prepared, "");
});
