import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Engine } from "../src/player/engine.js";
import { Queue } from "../src/player/queue.js";
import { Radio } from "../src/player/radio.js";
import { FakeAudio, settle, track } from "./support.js";

let audio;
let engine;
let radio;
let asked;
let answer;

const ARTIST_RADIO = { source: "radio:artist:3", sourceLabel: "Radio: Queen", sourceHref: "/radio/artist/3/", href: "/radio/artist/3/more/" };
const list = (origin, ...ids) => Queue.of(ids.map((id) => track(id)), 0, origin);
const answering = (body) => async () => ({ ok: true, redirected: false, json: async () => (typeof body === "function" ? body() : body) });
const ids = () => engine.queue.tracks.map(({ id }) => id).join(" ");

async function playToTheEnd() {
  audio.arrive();
  await settle();
  audio.end();
  await settle();
}

beforeEach(() => {
  audio = new FakeAudio();
  engine = new Engine({ audio, wait: () => Promise.resolve() });
  asked = [];
  answer = answering({ tracks: [track(90), track(91)], ...ARTIST_RADIO });
  const fetch = (href, { body }) => {
    asked.push([href, JSON.parse(body)]);
    return answer(href);
  };
  radio = new Radio({ engine, fetch, csrfToken: () => "token" });
});

test("while the last track of a list plays, what follows is fetched, and it plays on by itself", async () => {
  engine.play(list({ source: "artist:3", sourceLabel: "Queen" }, 1, 2));
  audio.arrive();
  await settle();
  assert.deepEqual(asked, []);
  audio.end();
  audio.arrive();
  await settle();
  assert.deepEqual(asked, [["/radio/artist/3/more/", { had: [1, 2], after_queue: true }]]);
  assert.equal(engine.queue.origin.sourceLabel, "Queen");
  audio.end();
  assert.equal(audio.src, "/stream/90/");
  assert.equal(engine.queue.origin.sourceLabel, "Radio: Queen");
});

test("the listens of a radio say so, whatever list it went on after", async () => {
  const sources = [];
  engine.addEventListener("load", ({ detail }) => sources.push(detail.source));
  engine.play(list({ source: "artist:3" }, 1));
  await playToTheEnd();
  assert.deepEqual(sources, ["artist:3", "radio:artist:3"]);
});

test("a mixed list goes on like its last track, in the order in which it was played", async () => {
  engine.play(list({ source: "made-for-you" }, 5, 8));
  engine.next();
  audio.arrive();
  await settle();
  assert.equal(asked[0][0], "/radio/track/8/more/");
});

test("a radio asks for more when fewer than three tracks are left, and tells all that it had", async () => {
  engine.play(list({ ...ARTIST_RADIO, radio: ARTIST_RADIO }, 1, 2, 3, 4));
  audio.arrive();
  await settle();
  assert.deepEqual(asked, []);
  audio.end();
  audio.arrive();
  await settle();
  assert.deepEqual(asked, [["/radio/artist/3/more/", { had: [1, 2, 3, 4], after_queue: false }]]);
  assert.equal(ids(), "1 2 3 4 90 91");
});

test("a radio that has no more ends, and is not asked again", async () => {
  answer = answering({ tracks: [], ...ARTIST_RADIO });
  engine.play(list({ ...ARTIST_RADIO, radio: ARTIST_RADIO }, 1, 2));
  await playToTheEnd();
  await playToTheEnd();
  assert.equal(asked.length, 1);
  assert.equal(engine.isPlaying, false);
});

test("nothing is fetched for what repeats, nor after uploads under review", async () => {
  engine.setRepeat("all");
  engine.play(list({ source: "album:1" }, 1));
  audio.arrive();
  await settle();
  engine.setRepeat("off");
  engine.play(list({ source: "review" }, 1));
  audio.arrive();
  await settle();
  assert.deepEqual(asked, []);
});

test("an answer that comes after the end plays on, unless something else was begun", async () => {
  let arrive;
  answer = () => new Promise((resolve) => (arrive = () => answering({ tracks: [track(90)], ...ARTIST_RADIO })().then(resolve)));
  engine.play(list({ source: "artist:3" }, 1));
  await playToTheEnd();
  assert.equal(engine.isPlaying, false);
  await arrive();
  await settle();
  assert.equal(audio.src, "/stream/90/");
  assert.equal(engine.isPlaying, true);

  engine.play(list({ source: "artist:3" }, 2));
  audio.arrive();
  await settle();
  engine.play(list({ source: "artist:3" }, 3, 4));
  await arrive();
  await settle();
  assert.equal(ids(), "3 4");
});

test("where the server is out of reach the list just ends, and the next one is asked for again", async () => {
  answer = () => Promise.reject(new TypeError("offline"));
  engine.play(list({ source: "artist:3" }, 1));
  await playToTheEnd();
  assert.equal(engine.isPlaying, false);
  assert.equal(ids(), "1");
  const before = asked.length;
  engine.toggle();
  audio.arrive();
  await settle();
  assert.ok(asked.length > before);
});

test("a radio is started by its address, and an empty one is not", async () => {
  assert.equal(await radio.start("/radio/artist/3/more/"), true);
  assert.equal(ids(), "90 91");
  assert.equal(engine.queue.origin.sourceLabel, "Radio: Queen");
  assert.equal(engine.isPlaying, true);
  answer = answering({ tracks: [], ...ARTIST_RADIO });
  assert.equal(await radio.start("/radio/artist/4/more/"), false);
  assert.equal(ids(), "90 91");
});
