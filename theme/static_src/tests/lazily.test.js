import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { lazily } from "../src/player/lazily.js";
import { settle } from "./support.js";

let page;
let idle;
let answers;
let missed;
let starts;
let use;

const EXTRAS = { name: "extras" };
const gone = () => Promise.reject(new Error("the chunk did not come"));
const come = () => Promise.resolve(EXTRAS);

function press() {
  const event = new Event("click");
  const button = { presses: 0, click: () => button.presses++ };
  Object.defineProperty(event, "target", { value: { closest: () => button } });
  page.dispatchEvent(event);
  return button;
}

async function haveTime() {
  idle.splice(0).forEach((run) => run());
  await settle();
}

beforeEach(() => {
  page = new EventTarget();
  idle = [];
  answers = [];
  missed = 0;
  starts = 0;
  const start = (module) => (starts++, module);
  use = lazily({ load: () => answers.shift()(), start, missed: () => missed++, document: page, whenIdle: (run) => idle.push(run) });
});

test("loaded when there is time, once, and a press is then nobody's business here", async () => {
  answers = [come];
  await haveTime();
  page.dispatchEvent(new Event("turbo:load"));
  await haveTime();
  assert.equal(press().presses, 0);
  assert.equal(await use((extras) => extras.name), "extras");
  assert.equal(starts, 1);
});

test("a fault of its own is no lost file: it is started once, and the fault is not kept quiet", async () => {
  answers = [come];
  const broken = lazily({ load: come, start: () => (starts++, Promise.reject(new Error("a fault"))), missed: () => missed++, document: page, whenIdle: () => {} });
  await assert.rejects(broken(() => {}), /a fault/);
  await assert.rejects(broken(() => {}), /a fault/);
  assert.deepEqual([starts, missed], [1, 0]);
});

test("what does not come while nobody waits is asked for again by the next page, without a word", async () => {
  answers = [gone, come];
  await haveTime();
  page.dispatchEvent(new Event("turbo:load"));
  await haveTime();
  assert.deepEqual([missed, answers.length], [0, 0]);
});

test("a press tries twice", async () => {
  answers = [gone, come];
  const button = press();
  await settle();
  assert.deepEqual([missed, button.presses], [0, 1]);
});

test("a press that cannot be followed says so, and the next one is", async () => {
  answers = [gone, gone, come];
  const first = press();
  await settle();
  assert.deepEqual([missed, first.presses], [1, 0]);
  const second = press();
  await settle();
  assert.deepEqual([missed, second.presses], [1, 1]);
});
