import assert from "node:assert/strict";
import { test } from "node:test";
import { Bar } from "../src/player/bar.js";
import { Engine } from "../src/player/engine.js";
import { Queue } from "../src/player/queue.js";
import { FakeAudio, track } from "./support.js";

globalThis.requestAnimationFrame = (run) => run();

/** A page without the bar's own elements, of which a button is pressed. */
function openBar() {
  const handlers = {};
  const engine = new Engine({ audio: new FakeAudio() });
  new Bar(engine, { addEventListener: (type, handle) => (handlers[type] = handle), getElementById: () => null });
  const press = (player, detail) => handlers.click({ target: { closest: () => ({ dataset: { player } }) }, detail });
  return { engine, press };
}

test("a double click on play plays, and one on pause pauses", () => {
  const { engine, press } = openBar();
  engine.restore(Queue.of([track(1), track(2)]), 0);
  for (const detail of [1, 2]) press("toggle", detail);
  assert.equal(engine.isPlaying, true);
  for (const detail of [1, 2]) press("toggle", detail);
  assert.equal(engine.isPlaying, false);
  press("toggle", 0); // by keyboard
  assert.equal(engine.isPlaying, true);
});

test("two clicks on Next go on twice", () => {
  const { engine, press } = openBar();
  engine.play(Queue.of([track(1), track(2), track(3)]));
  for (const detail of [1, 2]) press("next", detail);
  assert.equal(engine.track.id, "3");
});
