import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Engine } from "../src/player/engine.js";
import { Queue } from "../src/player/queue.js";
import { Unwanted } from "../src/player/unwanted.js";
import { FakeAudio, settle, track } from "./support.js";

let document;
let engine;
let asked;
let concerned;

const list = (...ids) => Queue.of(ids.map((id) => track(id)));
const ids = () => engine.queue.order.map((index) => engine.queue.tracks[index].id).join(" ");

async function say(value, success = true) {
  const submitted = new Event("turbo:submit-end");
  submitted.detail = { success, formSubmission: { submitter: { name: "say", value } } };
  document.dispatchEvent(submitted);
  await settle();
}

beforeEach(() => {
  document = new EventTarget();
  engine = new Engine({ audio: new FakeAudio(), wait: () => Promise.resolve() });
  [asked, concerned] = [[], []];
  const fetch = async (href, { body }) => {
    const { say, track_ids } = JSON.parse(body);
    asked.push([href, say, track_ids.length]);
    return { ok: true, redirected: false, json: async () => ({ track_ids: track_ids.filter((id) => concerned.includes(id)) }) };
  };
  new Unwanted({ engine, fetch, csrfToken: () => "token" }).follow(document);
});

test("never this artist takes the artist's tracks out of the queue, and taking it back brings them back", async () => {
  engine.play(list(1, 2, 3, 4));
  concerned = [2, 4];
  await say("artist:12:0");
  assert.deepEqual(asked, [["/taste/tracks/", "artist:12:0", 4]]);
  assert.equal(ids(), "1 3");
  await say("artist:12:1");
  assert.equal(ids(), "1 2 3 4");
});

test("what is more or less wanted, or was refused, changes nothing", async () => {
  engine.play(list(1, 2));
  concerned = [2];
  await say("artist:12:0.5");
  await say("artist:12:0", false);
  assert.deepEqual(asked, []);
  assert.equal(ids(), "1 2");
});

test("whoever has gone on meanwhile is not thrown back", async () => {
  engine.play(list(1, 2, 3));
  concerned = [3];
  await say("track:3:0");
  engine.next();
  await say("track:3:1");
  assert.equal(ids(), "1 2");
});

test("a long queue is asked about in parts", async () => {
  engine.play(list(...Array.from({ length: 2500 }, (_, index) => index + 1)));
  concerned = [1, 2400];
  await say("genre:jazz:0");
  assert.deepEqual(asked.map(([, , count]) => count), [1000, 1000, 500]);
  assert.equal(engine.queue.order.length, 2498);
  assert.equal(engine.track.id, "2");
});
