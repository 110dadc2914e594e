import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "../src/uploads/pace.js";
import { UploadQueue } from "../src/uploads/queue.js";

/** A transfer that does nothing by itself. */
class FakeTransfer {
  isGoing = false;
  isCancelled = false;

  constructor(file, fields) {
    Object.assign(this, { file, fields });
  }

  start(listener) {
    Object.assign(this, listener, { isGoing: true });
  }

  pause() {
    this.isGoing = false;
  }

  cancel() {
    this.isGoing = false;
    this.isCancelled = true;
  }
}

function queueOf(number, { size = 100 } = {}) {
  const opened = [];
  const clock = { ms: 0 };
  const open = (file, fields) => opened[opened.push(new FakeTransfer(file, fields)) - 1];
  const queue = new UploadQueue({ open, pace: new Pace(() => clock.ms) });
  queue.add(Array.from({ length: number }, (_, index) => ({ name: `${index + 1}.mp3`, size })), { visibility: "private" });
  return { queue, opened, clock };
}

const states = (queue) => queue.items.map(({ state }) => state).join(" ");
const going = (opened) => opened.flatMap(({ isGoing }, index) => (isGoing ? [index + 1] : []));

test("three go at a time, the next when one arrives, in the order in which they came", () => {
  const { queue, opened } = queueOf(5);
  assert.deepEqual(going(opened), [1, 2, 3]);
  assert.deepEqual(opened[0].fields, { visibility: "private" });
  opened[1].arrived();
  assert.equal(opened[3].isGoing, true);
  assert.deepEqual(queue.items.map(({ name }) => name), ["1.mp3", "3.mp3", "4.mp3", "5.mp3"]);
  assert.equal(queue.totals.arrived, 1);
});

test("a paused file makes room for another and goes on when it is its turn", () => {
  const { queue, opened } = queueOf(4);
  queue.pause(1);
  assert.deepEqual(going(opened), [2, 3, 4]);
  queue.resume(1);
  assert.equal(states(queue), "waiting sending sending sending");
  opened[1].arrived();
  assert.equal(opened[0].isGoing, true);
});

test("a file that waits can be paused, and is passed over", () => {
  const { queue, opened } = queueOf(5);
  queue.pause(4);
  opened[0].arrived();
  assert.deepEqual(going(opened).slice(1), [2, 3, 5]);
  assert.equal(queue.items[2].state, "paused");
});

test("a cancelled file is taken back from the server and counts no more", () => {
  const { queue, opened } = queueOf(4);
  opened[0].moved(40);
  queue.cancel(1);
  assert.equal(opened[0].isCancelled, true);
  assert.deepEqual([queue.totals.files, queue.totals.sent], [3, 0]);
  assert.equal(opened[3].isGoing, true);
  queue.cancelAll();
  assert.equal(queue.items.length, 0);
  assert.ok(opened.every(({ isCancelled }) => isCancelled));
});

test("all pause and go on together, also those that were paused one by one", () => {
  const { queue, opened } = queueOf(4);
  queue.pause(2);
  queue.holdAll();
  assert.deepEqual([going(opened), queue.hold], [[], "person"]);
  queue.add([{ name: "late.mp3", size: 1 }], {});
  assert.equal(opened[4].isGoing, false);
  queue.resumeAll();
  assert.deepEqual([going(opened), queue.hold], [[1, 2, 3], ""]);
});

test("a session that ends holds everything and loses nobody's place", () => {
  const { queue, opened } = queueOf(4);
  opened[0].moved(70);
  opened[0].failed({ kind: "session", reason: "" });
  assert.deepEqual([queue.hold, states(queue), going(opened).includes(2)], ["session", "waiting waiting waiting waiting", false]);
  assert.equal(queue.items[0].sent, 70);
  queue.resumeAll();
  assert.equal(opened[0].isGoing, true);
});

test("what failed lets the others go on, and can be tried again unless it was refused for good", () => {
  const { queue, opened } = queueOf(5);
  opened[0].failed({ kind: "refused", reason: "This file is larger than 500 MB." });
  opened[1].failed({ kind: "full", reason: "There is no room." });
  assert.equal(states(queue), "failed failed sending sending sending");
  queue.resume(1);
  assert.equal(queue.items[0].state, "failed");
  queue.resume(2);
  assert.equal(queue.items[1].state, "waiting");
  opened[2].arrived();
  assert.equal(queue.items[1].state, "sending");
  assert.equal(queue.items[1].reason, "");
});

test("what the network lost is tried again when it is back, and nothing else", () => {
  const { queue, opened } = queueOf(2);
  opened[0].failed({ kind: "lost", reason: "The connection was lost." });
  opened[1].failed({ kind: "full", reason: "There is no room." });
  assert.equal(queue.isUnderWay, false);
  queue.retryFailed(["lost"]);
  assert.equal(states(queue), "sending failed");
  queue.retryFailed();
  assert.equal(states(queue), "sending sending");
});

test("the rate is that of the last ten seconds, and where a file goes on from is none of it", () => {
  const { queue, opened, clock } = queueOf(1, { size: 10_000 });
  opened[0].moved(5_000);
  clock.ms = 100;
  opened[0].moved(5_100);
  assert.equal(queue.totals.bytesPerSecond, 0);
  assert.equal(queue.totals.secondsLeft, null);
  clock.ms = 2_100;
  opened[0].moved(6_000);
  assert.equal(queue.totals.bytesPerSecond, 500);
  assert.equal(queue.totals.secondsLeft, 8);
  clock.ms = 60_000;
  assert.equal(queue.totals.bytesPerSecond, 0);
});

test("bytes that were lost on the way are no negative speed, and are not counted twice as sent", () => {
  const { queue, opened, clock } = queueOf(1, { size: 1_000 });
  opened[0].moved(0);
  opened[0].moved(600);
  opened[0].stumbled();
  assert.equal(queue.items[0].isStumbling, true);
  opened[0].moved(200);
  clock.ms = 1_000;
  assert.deepEqual([queue.totals.sent, queue.totals.bytesPerSecond, queue.items[0].isStumbling], [200, 600, false]);
});

test("after everything arrived, the next files are counted from the beginning", () => {
  const { queue, opened } = queueOf(2);
  for (const transfer of opened.slice()) transfer.arrived();
  assert.deepEqual([queue.totals.files, queue.totals.arrived, queue.totals.sent], [2, 2, 200]);
  assert.equal(queue.isUnderWay, false);
  queue.add([{ name: "next.mp3", size: 7 }], {});
  assert.deepEqual([queue.totals.files, queue.totals.arrived, queue.totals.size], [1, 0, 7]);
});

test("everybody who listens hears of each file that arrives", () => {
  const { queue, opened } = queueOf(2);
  const heard = [];
  queue.addEventListener("arrived", ({ detail }) => heard.push(detail.name));
  opened[1].arrived();
  opened[0].arrived();
  assert.deepEqual(heard, ["2.mp3", "1.mp3"]);
});
