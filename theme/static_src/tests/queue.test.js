import assert from "node:assert/strict";
import { test } from "node:test";
import { Queue } from "../src/player/queue.js";

const tracks = ["a", "b", "c", "d", "e"].map((id) => ({ id }));
const ids = (queue) => queue.order.map((index) => queue.tracks[index].id).join("");
const walk = (queue, steps, verb = "next") => (steps ? walk(queue[verb](), steps - 1, verb) : queue);

test("a queue starts where one pressed", () => {
  assert.equal(Queue.of(tracks, 2).current.id, "c");
});

test("next and previous walk the list and stop at its ends", () => {
  const queue = Queue.of(tracks, 3);
  assert.equal(queue.next().current.id, "e");
  assert.equal(queue.next().next(), null);
  assert.equal(queue.next().hasNext, false);
  assert.equal(walk(queue, 3, "previous").current.id, "a");
  assert.equal(walk(queue, 3, "previous").hasPrevious, false);
});

test("an empty queue has nothing anywhere", () => {
  const empty = new Queue();
  assert.equal(empty.current, null);
  for (const mode of ["off", "all", "one"]) {
    assert.equal(empty.repeating(mode).next(), null);
    assert.equal(empty.repeating(mode).following(), null);
  }
  assert.equal(empty.shuffle().current, null);
});

test("repeating all goes round in both directions", () => {
  const queue = Queue.of(tracks, 4).repeating("all");
  assert.equal(queue.following().current.id, "a");
  assert.equal(queue.next().previous().current.id, "e");
});

test("repeating one plays it again by itself, but Next still goes on", () => {
  const queue = Queue.of(tracks, 1).repeating("one");
  assert.equal(queue.following().current.id, "b");
  assert.equal(queue.next().current.id, "c");
});

test("shuffle keeps the current track first and everything once", () => {
  for (let round = 0; round < 100; round++) {
    const queue = Queue.of(tracks, round % 5).shuffle();
    assert.equal(queue.order[0], round % 5);
    assert.equal([...ids(queue)].sort().join(""), "abcde");
  }
});

test("every order of the others is about equally likely", () => {
  const counts = new Map();
  for (let round = 0; round < 6000; round++) {
    const order = ids(Queue.of(tracks.slice(0, 4)).shuffle());
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  for (const count of counts.values()) assert.ok(count > 850 && count < 1150, String(count));
});

test("shuffling is another ordering: switching it off finds the list again", () => {
  const queue = Queue.of(tracks, 1, { source: "genre:jazz" });
  const later = walk(queue.shuffle(), 2);
  const back = later.unshuffle();
  assert.equal(back.current, later.current);
  assert.equal(ids(back), "abcde");
  assert.equal(back.source, "genre:jazz");
  assert.equal(ids(queue), "abcde");
});

test("a list is the same in any order and at any track, and another with another source or track", () => {
  const queue = Queue.of(tracks, 1, { source: "album:3" });
  assert.equal(queue.shuffle().next().isSameListAs({ source: "album:3", tracks: tracks.map((each) => ({ ...each })) }), true);
  assert.equal(queue.isSameListAs({ source: "artist:3", tracks }), false);
  assert.equal(queue.isSameListAs({ source: "album:3", tracks: tracks.slice(1) }), false);
  assert.equal(queue.isSameListAs({ source: "album:3", tracks: tracks.toReversed() }), false);
});

test("a queue survives JSON, and nonsense is refused", () => {
  const queue = Queue.of(tracks, 2, { source: "home", sourceLabel: "Home" }).shuffle().repeating("all").next();
  assert.deepEqual(Queue.fromJSON(JSON.parse(JSON.stringify(queue))), queue);
  for (const nonsense of [{}, { tracks, order: [9], position: 0 }, { tracks: [], order: [], position: 0 }]) {
    assert.throws(() => Queue.fromJSON(nonsense), TypeError);
  }
});

test("what is added comes after everything, whatever the order, and leaves the former queue as it was", () => {
  const shuffled = Queue.of(tracks, 2, { source: "album:3" }).shuffle();
  const longer = shuffled.continued([{ id: "x" }, { id: "y" }], { source: "radio:album:3", sourceLabel: "Radio" });
  assert.equal(ids(longer).slice(-2), "xy");
  assert.equal(longer.current.id, "c");
  assert.equal(shuffled.tracks.length, 5);
  assert.equal(ids(longer.unshuffle()), "abcdexy");
});

test("the origin is the list's until the radio's tracks begin", () => {
  const queue = Queue.of(tracks, 3, { source: "album:3" }).continued([{ id: "x" }], { source: "radio:album:3" }).continued([{ id: "y" }], { source: "radio:album:3" });
  assert.equal(queue.next().origin.source, "album:3");
  assert.equal(walk(queue, 2).origin.source, "radio:album:3");
  assert.equal(walk(queue, 3).origin.source, "radio:album:3");
  assert.deepEqual(Queue.fromJSON(JSON.parse(JSON.stringify(queue))), queue);
});

test("a list that a radio went on after is still the same list", () => {
  const queue = Queue.of(tracks, 0, { source: "album:3" }).continued([{ id: "x" }], { source: "radio:album:3" });
  assert.equal(queue.isSameListAs({ source: "album:3", tracks }), true);
});

test("it knows how much is left", () => {
  assert.equal(new Queue().left, 0);
  assert.equal(Queue.of(tracks, 1).left, 3);
  assert.equal(Queue.of(tracks, 4).repeating("all").left, 0);
});
