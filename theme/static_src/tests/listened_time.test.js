import assert from "node:assert/strict";
import { test } from "node:test";
import { ListenedTime } from "../src/player/listened_time.js";

/** A player on a made-up clock: what it truly sounded is known second by second. */
class Listener {
  time = new ListenedTime();
  wallMs = 1_000;
  positionMs = 0;

  play(ms, { every = 250, rate = 1, jitter = () => 0 } = {}) {
    this.time.hear(this.positionMs, this.wallMs, rate);
    for (let left = ms; left > 0; left -= every) {
      const step = Math.min(every, left);
      this.wallMs += step;
      this.positionMs += step * rate;
      this.time.hear(this.positionMs, this.wallMs + jitter(), rate);
    }
    return this;
  }

  pause(ms) {
    this.time.breakOff();
    this.wallMs += ms;
    return this;
  }

  seek(positionMs) {
    this.time.breakOff();
    this.positionMs = positionMs;
    return this;
  }

  get playedMs() {
    return this.time.playedMs;
  }
}

const near = (actual, expected, tolerance = 1) => assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not near ${expected}`);

test("listening straight through counts all of it", () => {
  near(new Listener().play(90_000).playedMs, 90_000);
});

test("pausing adds nothing", () => {
  near(new Listener().play(10_000).pause(60_000).play(5_000).playedMs, 15_000);
});

test("seeking adds nothing", () => {
  near(new Listener().play(10_000).seek(60_000).play(5_000).playedMs, 15_000);
});

test("dragging to the end is no listen", () => {
  near(new Listener().play(2_000).seek(180_000).play(1).playedMs, 2_001);
});

test("dragging to the end without a word of it is no listen either", () => {
  const listener = new Listener().play(2_000);
  listener.positionMs = 180_000;
  listener.play(250);
  assert.ok(listener.playedMs < 3_000, String(listener.playedMs));
});

test("hearing the same seconds again adds nothing", () => {
  near(new Listener().play(20_000).seek(5_000).play(10_000).playedMs, 20_000);
  near(new Listener().play(20_000).seek(15_000).play(10_000).playedMs, 25_000);
});

test("a gap that is filled later is counted once", () => {
  near(new Listener().play(10_000).seek(20_000).play(10_000).seek(5_000).play(20_000).playedMs, 30_000);
});

test("a throttled background tab loses nothing", () => {
  near(new Listener().play(60_000, { every: 1_000 }).playedMs, 60_000);
  near(new Listener().play(180_000, { every: 45_000 }).playedMs, 180_000);
});

test("twice the speed hears twice the music", () => {
  near(new Listener().play(30_000, { rate: 2 }).playedMs, 60_000);
  near(new Listener().play(30_000, { rate: 0.5 }).playedMs, 15_000);
});

test("a late or early clock is forgiven", () => {
  near(new Listener().play(60_000, { jitter: () => (Math.random() - 0.5) * 200 }).playedMs, 60_000, 300);
});

test("a stall saves up no time for a jump", () => {
  const listener = new Listener().play(5_000);
  listener.wallMs += 60_000;
  listener.time.hear(5_000, listener.wallMs);
  listener.positionMs = 60_000;
  listener.play(250);
  assert.ok(listener.playedMs < 6_000, String(listener.playedMs));
});

test("a wall clock set back takes nothing away", () => {
  const listener = new Listener().play(5_000);
  listener.wallMs -= 3_600_000;
  near(listener.play(5_000).playedMs, 10_000, 300);
});

test("whatever one does, it is the union of the seconds that sounded", () => {
  for (let round = 0; round < 200; round++) {
    const listener = new Listener();
    const sounded = new Set();
    for (let step = 0; step < 30; step++) {
      const seconds = 1 + Math.floor(Math.random() * 20);
      const what = Math.random();
      if (what < 0.25) listener.seek(Math.floor(Math.random() * 240) * 1_000);
      else if (what < 0.4) listener.pause(seconds * 1_000);
      else {
        const first = listener.positionMs / 1_000;
        for (let second = first; second < first + seconds; second++) sounded.add(second);
        listener.play(seconds * 1_000, { every: [250, 400, 1_000, 60_000][step % 4] });
      }
    }
    near(listener.playedMs, sounded.size * 1_000, 2);
  }
});
