import assert from "node:assert/strict";
import { test } from "node:test";
import { showInTitle } from "../src/player/page_title.js";

function playerOf(track) {
  return Object.assign(new EventTarget(), { track, isPlaying: false });
}

test("what plays is in the title while it plays, on every page, and a kept page keeps its own", () => {
  const engine = playerOf({ title: "Title 1", artist: "Artist" });
  const page = Object.assign(new EventTarget(), { title: "Albums" });
  showInTitle(engine, page);
  assert.equal(page.title, "Albums");

  engine.isPlaying = true;
  engine.dispatchEvent(new Event("change"));
  engine.dispatchEvent(new Event("change"));
  assert.equal(page.title, "Title 1 · Artist · Albums");

  page.dispatchEvent(new Event("turbo:before-cache"));
  assert.equal(page.title, "Albums");
  page.title = "Artists";
  page.dispatchEvent(new Event("turbo:load"));
  assert.equal(page.title, "Title 1 · Artist · Artists");

  engine.isPlaying = false;
  engine.dispatchEvent(new Event("change"));
  assert.equal(page.title, "Artists");
});
