import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Elsewhere } from "../src/player/elsewhere.js";
import { Engine } from "../src/player/engine.js";
import { Queue } from "../src/player/queue.js";
import { FakeAudio, settle, track } from "./support.js";

let channels;
let later;

class Channel extends EventTarget {
  postMessage(message) {
    const data = structuredClone(message);
    for (const each of channels) if (each !== this) each.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
}

function tab(user = "7") {
  const audio = new FakeAudio();
  const engine = new Engine({ audio });
  const channel = new Channel();
  channels.push(channel);
  const clock = { ms: 0 };
  const elsewhere = new Elsewhere({ engine, channel, userId: () => user, later: (run) => (later = run), now: () => clock.ms });
  elsewhere.follow();
  return { audio, engine, elsewhere, clock };
}

function playIn({ engine, audio }, ...ids) {
  engine.play(Queue.of(ids.map((id) => track(id)), 1, { source: "album:3", sourceLabel: "An album" }));
  audio.arrive();
  audio.runTo(20);
}

beforeEach(() => {
  channels = [];
  later = null;
});

test("a tab shows what plays in another one, also one that opens later, until it is silent", async () => {
  const [first, second] = [tab(), tab()];
  playIn(first, 1, 2, 3);
  assert.deepEqual(second.elsewhere.playing, { title: "Title 2", artist: "Artist" });
  assert.deepEqual(tab().elsewhere.playing, { title: "Title 2", artist: "Artist" });
  assert.equal(first.elsewhere.playing, null);
  first.engine.pause();
  assert.equal(second.elsewhere.playing, null);
});

test("a tab that is asked hands its queue over at its second, and stops", async () => {
  const [first, second] = [tab(), tab()];
  playIn(first, 1, 2, 3);
  first.engine.setRepeat("all");
  second.elsewhere.takeOver();
  await settle();
  assert.equal(first.engine.isPlaying, false);
  assert.equal(second.engine.isPlaying, true);
  second.audio.arrive();
  const { queue, positionMs } = second.engine;
  assert.deepEqual([queue.tracks.map(({ id }) => id), queue.position, queue.repeat, positionMs], [["1", "2", "3"], 1, "all", 20_000]);
  assert.equal(queue.origin.sourceLabel, "An album");
  assert.deepEqual(first.elsewhere.playing, { title: "Title 2", artist: "Artist" });
});

test("a third tab that only looks on takes nothing", async () => {
  const [first, second, third] = [tab(), tab(), tab()];
  playIn(first, 1, 2);
  second.elsewhere.takeOver();
  await settle();
  assert.equal(third.engine.track, null);
});

test("a tab that was killed is forgotten, one that plays on says so again", () => {
  const [first, second] = [tab(), tab()];
  playIn(first, 1, 2);
  later();
  assert.equal(second.elsewhere.playing, null);
  first.clock.ms = 4_500;
  first.audio.runTo(25);
  assert.equal(second.elsewhere.playing.title, "Title 2");
});

test("what another person plays is not shown", () => {
  const [first, stranger] = [tab("7"), tab("8")];
  playIn(first, 1, 2);
  assert.equal(stranger.elsewhere.playing, null);
  stranger.elsewhere.takeOver();
  assert.equal(first.engine.isPlaying, true);
});
