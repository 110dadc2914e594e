import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Engine } from "../src/player/engine.js";
import { Notifier } from "../src/player/notifier.js";
import { Queue } from "../src/player/queue.js";
import { MemoryStorage } from "../src/player/storage.js";
import { FakeAudio, track } from "./support.js";

let audio, engine, page, shown, answer, local, notifier;

beforeEach(() => {
  audio = new FakeAudio();
  engine = new Engine({ audio, wait: () => Promise.resolve() });
  [page, shown, answer, local] = [{ hidden: true }, [], "granted", new MemoryStorage()];
  class Notification {
    static permission = "default";
    static asked = 0;
    static async requestPermission() {
      Notification.asked++;
      return (Notification.permission = answer);
    }
    constructor(title, options) {
      shown.push([title, options]);
    }
  }
  notifier = new Notifier({ engine, local, document: page, Notification });
});

const play = (...ids) => {
  engine.play(Queue.of(ids.map((id) => track(id, { cover: `/covers/${id}.webp` }))));
  audio.arrive();
};

test("nobody is asked or told anything before it is switched on", async () => {
  play(1);
  assert.deepEqual([notifier.isOn, shown.length], [false, 0]);
  assert.equal(await notifier.set(true), true);
  engine.toggle();
  engine.toggle();
  audio.tell("playing");
  assert.equal(shown.length, 0);
});

test("each track that begins out of sight is told once, with its cover", async () => {
  await notifier.set(true);
  play(1, 2, 3);
  audio.tell("playing");
  page.hidden = false;
  audio.end();
  audio.arrive();
  page.hidden = true;
  audio.tell("playing");
  audio.end();
  audio.arrive();
  assert.deepEqual(shown.map(([title, { body, icon }]) => [title, body, icon]), [
    ["Title 1", "Artist", "/covers/1.webp"],
    ["Title 3", "Artist", "/covers/3.webp"],
  ]);
});

test("what the browser refuses stays off, and so does what is switched off", async () => {
  answer = "denied";
  assert.equal(await notifier.set(true), false);
  assert.equal(notifier.isOn, false);
  answer = "granted";
  await notifier.set(true);
  assert.equal(await notifier.set(false), true);
  play(1);
  assert.equal(shown.length, 0);
});
