import assert from "node:assert/strict";
import { test } from "node:test";
import { troubleWith } from "../src/player/trouble.js";

const answering = (status) => troubleWith("/stream/1/", async () => ({ status }));

test("the answer to a question for the file says why there is no sound", async () => {
  assert.deepEqual(await Promise.all([404, 410].map(answering)), ["gone", "gone"]);
  assert.deepEqual(await Promise.all([401, 403].map(answering)), ["expired", "expired"]);
  assert.deepEqual(await Promise.all([429, 500, 502, 503].map(answering)), ["away", "away", "away", "away"]);
  assert.equal(await answering(200), "broken");
});

test("no answer is a network that is away, and a redirect is somebody else's", async () => {
  assert.equal(await troubleWith("/stream/1/", () => Promise.reject(new TypeError("Failed to fetch"))), "away");
  assert.equal(await answering(0), "away");
});
