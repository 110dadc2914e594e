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

const more = ["x", "y"].map((id) => ({ id }));
const radioOf = (queue) => queue.continued(["r", "s"].map((id) => ({ id })), { href: "/radio/" });

test("what is to be played next comes right after the current track, shuffled or not", () => {
  const queue = Queue.of(tracks, 1);
  assert.equal(ids(queue.withNext(more)), "abxycde");
  assert.equal(queue.withNext(more).current.id, "b");
  const shuffled = queue.shuffle(() => 0);
  assert.equal(ids(shuffled.withNext(more)).slice(0, 3), "bxy");
  assert.equal(ids(shuffled.withNext(more).unshuffle()), "abxycde");
});

test("what is added comes after what was chosen and before what the radio adds", () => {
  assert.equal(ids(Queue.of(tracks, 1).withLast(more)), "abcdexy");
  const onRadio = radioOf(Queue.of(tracks, 1)).withLast(more);
  assert.equal(ids(onRadio), "abcdexyrs");
  assert.equal(walk(onRadio, 5).origin.href, undefined);
  assert.equal(walk(onRadio, 6).origin.href, "/radio/");
});

test("something added while the radio plays comes next", () => {
  const queue = walk(radioOf(Queue.of(tracks, 4)), 1);
  assert.equal(queue.current.id, "r");
  assert.equal(ids(queue.withLast(more)), "abcderxys");
});

test("an added track tells where it comes from itself", () => {
  const queue = Queue.of(tracks, 0, { source: "browse" }).withNext([{ id: "x", origin: { source: "album:3" } }]);
  assert.equal(queue.origin.source, "browse");
  assert.equal(queue.next().origin.source, "album:3");
});

test("without a track before it the current one stays, without itself the next one takes its place", () => {
  const queue = Queue.of(tracks, 2);
  assert.equal(queue.without(0).current.id, "c");
  assert.equal(ids(queue.without(0)), "bcde");
  assert.equal(queue.without(2).current.id, "d");
  assert.equal(Queue.of(tracks, 4).without(4).current.id, "d");
  assert.equal(Queue.of(tracks.slice(0, 1)).without(0), null);
});

test("without several the current one stays, or the first left after it takes its place, or the last of all", () => {
  const without = (position, ...gone) => Queue.of(tracks, position).withoutAll(new Set(gone));
  assert.equal(ids(without(2, "a", "e")), "bcd");
  assert.equal(without(2, "a", "e").current.id, "c");
  assert.equal(without(1, "b", "c", "a").current.id, "d");
  assert.equal(without(3, "d", "e").current.id, "c");
  assert.equal(without(0, "a", "b", "c", "d", "e"), null);
});

test("without several a shuffled queue and what a radio added keep their order", () => {
  const shuffled = Queue.of(tracks, 2).shuffle(() => 0.5);
  const left = ids(shuffled).replace(/[ad]/g, "");
  assert.equal(ids(shuffled.withoutAll(new Set(["a", "d"]))), left);
  assert.equal(ids(shuffled.withoutAll(new Set(["a", "d"])).unshuffle()), "bce");
  const radio = Queue.of(tracks.slice(0, 3), 0).continued(tracks.slice(3), { href: "/more/" });
  assert.equal(radio.withoutAll(new Set(["b", "d"])).radio.from, 2);
});

test("a moved track is where it was put, and the current one stays", () => {
  const queue = Queue.of(tracks, 2);
  assert.equal(ids(queue.moved(4, 0)), "eabcd");
  assert.equal(queue.moved(4, 0).current.id, "c");
  assert.equal(queue.moved(2, 4).current.id, "c");
  assert.equal(ids(queue.moved(0, 3)), "bcdae");
});

test("moving in a shuffled queue leaves the list as it was", () => {
  const queue = Queue.of(tracks, 2).shuffle(() => 0.5);
  const last = queue.order.length - 1;
  assert.equal(ids(queue.moved(last, 1))[1], ids(queue)[last]);
  assert.equal(ids(queue.moved(last, 1).unshuffle()), "abcde");
});

test("a cleared queue is the current track alone", () => {
  const cleared = radioOf(Queue.of(tracks, 3)).cleared();
  assert.equal(ids(cleared), "d");
  assert.equal(cleared.radio, null);
  assert.equal(new Queue().cleared().isEmpty, true);
});

test("whatever is done to a queue, it stays whole", () => {
  let seed = 7;
  const random = (below) => (seed = (seed * 16807) % 2147483647) % below;
  let queue = radioOf(Queue.of(tracks, 2));
  for (let step = 0; step < 3000; step++) {
    const { order } = queue;
    const verbs = [
      () => queue.withNext([{ id: `n${step}` }]),
      () => queue.withLast([{ id: `l${step}` }]),
      () => queue.without(random(order.length)) ?? queue,
      () => queue.without(random(order.length)) ?? queue,
      () => queue.moved(random(order.length), random(order.length)),
      () => (queue.isShuffled ? queue.unshuffle() : queue.shuffle(() => random(1000) / 1000)),
      () => queue.jump(random(order.length)),
      () => queue.withoutAll(new Set(queue.tracks.filter(() => random(9) === 0).map(({ id }) => id))) ?? queue,
    ];
    const before = queue.current.id;
    const verb = random(verbs.length);
    queue = Queue.fromJSON(JSON.parse(JSON.stringify(verbs[verb]())));
    assert.deepEqual([...queue.order].sort((a, b) => a - b), queue.tracks.map((_, index) => index));
    assert.equal(new Set(queue.tracks.map(({ id }) => id)).size, queue.tracks.length);
    if (queue.radio) assert.ok(queue.radio.from >= 0 && queue.radio.from <= queue.tracks.length);
    if ([0, 1, 4, 5].includes(verb)) assert.equal(queue.current.id, before);
  }
});

test("what was removed comes back after what it followed, and what was to come is to come again", () => {
  const queue = Queue.of(tracks, 1);
  const later = queue.without(3).next().withBack(queue);
  assert.deepEqual([ids(later), later.current.id], ["abcde", "c"]);
  const passed = queue.without(2).next().withBack(queue);
  assert.deepEqual([ids(passed), passed.current.id], ["abdce", "d"]);
  const current = queue.without(1).withBack(queue);
  assert.deepEqual([ids(current), current.current.id], ["abcde", "c"]);
});

test("what was cleared comes back around what plays, though a radio has gone on meanwhile", () => {
  const queue = Queue.of(tracks, 1);
  const radio = queue.cleared().continued([{ id: "r" }, { id: "s" }], { source: "radio", href: "/more/" });
  const still = radio.withBack(queue);
  assert.deepEqual([ids(still), still.current.id, still.radio.from], ["abcders", "b", 5]);
  const gone = radio.next().withBack(queue);
  assert.deepEqual([ids(gone), gone.current.id, gone.origin.source], ["abrcdes", "r", "radio"]);
});

test("what was added by hand goes again, but what plays of it", () => {
  const queue = Queue.of(tracks, 1);
  const undone = queue.withNext([{ id: "x" }, { id: "y" }]).next().withBack(queue);
  assert.deepEqual([ids(undone), undone.current.id], ["abxcde", "x"]);
});

test("what comes back into a shuffled queue is in both orders", () => {
  const queue = Queue.of(tracks, 1).shuffle();
  const back = queue.without(4).next().withBack(queue);
  assert.equal(ids(back), ids(queue));
  assert.equal(back.position, 1);
  assert.equal(ids(back.unshuffle()), "abcde");
});

test("a queue that has nothing of the earlier one stays as it is", () => {
  const other = Queue.of([{ id: "a" }]);
  assert.equal(other.withBack(Queue.of(tracks, 1)), other);
});
