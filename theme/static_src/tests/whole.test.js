import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Engine } from "../src/player/engine.js";
import { Queue } from "../src/player/queue.js";
import { addedInWords, WholeLists } from "../src/player/whole.js";
import { FakeAudio, settle, track } from "./support.js";

let engine;
let lists;
let asked;
let had;
let told;
let answers;

const MORE = "/playlists/3/more/";
const ORIGIN = { source: "playlist:3", sourceLabel: "Evening", sourceHref: "/playlists/3/" };
const some = (...ids) => ids.map((id) => track(id));
const sorted = () => engine.queue.order.map((index) => Number(engine.queue.tracks[index].id)).sort((a, b) => a - b);

function play(href, ...ids) {
  engine.play(Queue.of(some(...ids), 1, { ...ORIGIN, radio: { ...ORIGIN, href } }), { isShuffled: false });
}

beforeEach(() => {
  engine = new Engine({ audio: new FakeAudio(), wait: () => Promise.resolve() });
  [asked, had, told, answers] = [[], [], [], {}];
  const fetch = async (href, { body: said }) => {
    asked.push(href);
    had.push(JSON.parse(said).had);
    const body = answers[href];
    return { ok: Boolean(body), redirected: false, status: 500, json: async () => body };
  };
  lists = new WholeLists({ engine, fetch, csrfToken: () => "token", tell: (text) => told.push(text) });
  lists.follow();
});

test("shuffling what plays shuffles the pages before and after it, too, and only once", async () => {
  answers[`${MORE}?queue`] = { tracks: some(1, 2, 3, 4, 5, 6), ...ORIGIN, href: "" };
  play(`${MORE}?after=4`, 3, 4);
  engine.toggleShuffle();
  await settle();
  assert.deepEqual(sorted(), [1, 2, 3, 4, 5, 6]);
  assert.equal(engine.track.id, "4");
  assert.deepEqual([engine.queue.position, engine.queue.radio.href], [0, ""]);
  engine.toggleShuffle();
  engine.toggleShuffle();
  await settle();
  assert.deepEqual(asked, [`${MORE}?queue`]);
  assert.deepEqual(told, []);
});

test("what another tab put on is shuffled as a whole here, and what it shuffled is its own", async () => {
  answers[`${MORE}?queue`] = { tracks: some(1, 2, 3, 4), ...ORIGIN, href: "" };
  play(`${MORE}?after=2`, 1, 2);
  const { queue } = engine;
  engine.adopt(Queue.fromJSON({ ...queue.shuffle() }));
  await settle();
  assert.deepEqual(asked, []);
  engine.adopt(Queue.fromJSON({ ...queue, tracks: [...queue.tracks] }));
  engine.toggleShuffle();
  await settle();
  assert.deepEqual(sorted(), [1, 2, 3, 4]);
});

test("what is in a list twice is shuffled in twice", async () => {
  answers[`${MORE}?queue`] = { tracks: some(1, 2, 1, 3, 3), ...ORIGIN, href: "" };
  play(`${MORE}?after=2`, 1, 2);
  engine.toggleShuffle();
  await settle();
  assert.deepEqual(sorted(), [1, 1, 2, 3, 3]);
});

test("a list that is put on while shuffle is on is shuffled as a whole, each time anew", async () => {
  answers[`${MORE}?queue`] = { tracks: some(1, 2, 3, 4), ...ORIGIN, href: "" };
  for (const times of [1, 2]) {
    engine.play(Queue.of(some(1, 2), 0, { ...ORIGIN, radio: { ...ORIGIN, href: `${MORE}?after=2` } }), { isShuffled: true });
    await settle();
    assert.deepEqual(sorted(), [1, 2, 3, 4]);
    assert.equal(asked.length, times);
  }
});

test("of a list that is too long for a queue some of all are drawn, which is said, and the others follow", async () => {
  answers[`${MORE}?queue`] = { tracks: some(1, 2, 3), ...ORIGIN, href: `${MORE}?after=3` };
  answers[`${MORE}?queue&shuffled`] = { tracks: some(9, 2, 7), ...ORIGIN, href: `${MORE}?shuffled=5&after=7` };
  play(`${MORE}?after=2`, 1, 2);
  engine.toggleShuffle();
  await settle();
  assert.deepEqual(sorted(), [1, 2, 7, 9]);
  assert.equal(engine.queue.radio.href, `${MORE}?shuffled=5&after=7`);
  assert.match(told[0], /2 more tracks/);
});

test("a radio, an album and a list that fails are shuffled as they are", async () => {
  for (const href of ["/radio/track/1/more/", "", `${MORE}?after=2`]) {
    play(href, 1, 2);
    engine.toggleShuffle();
    await settle();
    assert.deepEqual(sorted(), [1, 2]);
    engine.toggleShuffle();
  }
  assert.deepEqual(asked, [`${MORE}?queue`]);
});

test("what was put on meanwhile is left alone", async () => {
  answers[`${MORE}?queue`] = { tracks: some(1, 2, 3, 4), ...ORIGIN, href: "" };
  play(`${MORE}?after=2`, 1, 2);
  engine.toggleShuffle();
  engine.play(Queue.of(some(8, 9), 0, {}), { isShuffled: false });
  await settle();
  assert.deepEqual(sorted(), [8, 9]);
});

test("a whole list comes with where it is from, and nothing comes of a server that does not answer", async () => {
  answers[`${MORE}?queue`] = { tracks: some(1, 2), ...ORIGIN, href: "" };
  const { tracks, href } = await lists.all(MORE);
  assert.deepEqual(
    tracks.map(({ id, origin }) => `${id} ${origin.sourceLabel}`),
    ["1 Evening", "2 Evening"],
  );
  assert.equal(href, "");
  assert.equal(await lists.all("/playlists/4/more/"), null);
});

test("a list of many pages comes to its end, and the server is told what came already", async () => {
  answers[`${MORE}?queue`] = { tracks: some(1, 2), ...ORIGIN, href: `${MORE}?after=2` };
  answers[`${MORE}?after=2&queue`] = { tracks: some(3, 1), ...ORIGIN, href: `${MORE}?after=4` };
  answers[`${MORE}?after=4&queue`] = { tracks: some(5), ...ORIGIN, href: "" };
  const added = await lists.all(MORE);
  assert.deepEqual(
    added.tracks.map(({ id }) => id),
    ["1", "2", "3", "1", "5"],
  );
  assert.deepEqual(had, [[], [1, 2], [1, 2, 3, 1]]);
  assert.equal(addedInWords(added, false), "Added 5 tracks to the queue");
});

test("of a list that breaks off nothing is added rather than a part that looks like all", async () => {
  answers[`${MORE}?queue`] = { tracks: some(1, 2), ...ORIGIN, href: `${MORE}?after=2` };
  assert.equal(await lists.all(MORE), null);
});

test("a list longer than ten thousand ends there, which is said", async () => {
  const many = Array.from({ length: 6_000 }, (_, index) => index);
  answers[`${MORE}?queue`] = { tracks: some(...many), ...ORIGIN, href: `${MORE}?after=2` };
  answers[`${MORE}?after=2&queue`] = { tracks: some(...many), ...ORIGIN, href: `${MORE}?after=4` };
  const added = await lists.all(MORE);
  assert.equal(added.tracks.length, 12_000);
  assert.equal(asked.length, 2);
  assert.match(addedInWords(added, true), /first 12,000 tracks/);
});
