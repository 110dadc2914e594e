import assert from "node:assert/strict";
import { test } from "node:test";
import BaseUpload from "tus-js-client/lib/upload.js";
import { Transfer } from "../src/uploads/transfer.js";

const ENDPOINT = "https://music.example/upload/tus/";
const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

/** A tus server and a browser's storage, as far as the client's own code asks for them; `answers` come before its own. */
class World {
  requests = [];
  stored = new Map();
  offset = 0;
  answers = [];
  taken = new Set();
  turns = { last: null };
  told = 0;

  transfer(fields = { visibility: "public" }, { size = 10, isReadable = true } = {}) {
    const file = new File(["x".repeat(size)], "Grün.mp3", { lastModified: 7 });
    if (!isReadable) file.slice = () => ({ arrayBuffer: () => Promise.reject(new Error("NotReadableError")) });
    const { taken, turns } = this;
    const options = { endpoint: ENDPOINT, fields, owner: "1", headers: () => ({ "X-CSRFToken": "t" }), load: async () => this.client(), taken, turns, tell: () => this.told++ };
    return new Transfer(file, options);
  }

  client() {
    const world = this;
    const fixed = { httpStack: { createRequest: (method, url) => world.request(method, url) }, urlStorage: world.storage(), fileReader: { openFile: async (file) => source(file) } };
    return class extends BaseUpload {
      constructor(file, options) {
        super(file, { ...BaseUpload.defaultOptions, ...fixed, ...options, retryDelays: [0] });
      }
    };
  }

  request(method, url) {
    const headers = {};
    const send = async () => {
      this.requests.push({ method, url, headers });
      const answer = this.answers.length ? await this.answers.shift() : this.answer(method);
      if (answer instanceof Error) throw answer;
      return { getStatus: () => answer.status, getHeader: (name) => answer[name] ?? null, getBody: () => answer.body ?? "" };
    };
    return { getMethod: () => method, getURL: () => url, getHeader: (name) => headers[name], setHeader: (name, value) => (headers[name] = value), setProgressHandler() {}, send, abort() {} };
  }

  answer(method) {
    if (method === "POST") return { status: 201, Location: `/upload/tus/${ID}/` };
    if (method === "HEAD") return { status: 200, "Upload-Offset": String(this.offset), "Upload-Length": "10" };
    if (method === "PATCH") return { status: 204, "Upload-Offset": "10" };
    return { status: 204 };
  }

  storage() {
    return {
      findUploadsByFingerprint: async (fingerprint) => [...this.stored].filter(([key]) => key.startsWith(fingerprint)).map(([urlStorageKey, upload]) => ({ ...upload, urlStorageKey })),
      removeUpload: async (key) => this.stored.delete(key),
      addUpload: async (fingerprint, upload) => {
        const key = `${fingerprint}::${this.stored.size}`;
        this.stored.set(key, JSON.parse(JSON.stringify(upload)));
        return key;
      },
    };
  }

  get methods() {
    return this.requests.map(({ method }) => method).join(" ");
  }
}

function source(file) {
  return { size: file.size, slice: async (start, end) => ({ value: file.slice(start, end), done: end >= file.size }), close() {} };
}

function listener() {
  const heard = { moved: [], stumbles: 0, arrivals: 0, failures: [] };
  return { heard, moved: (bytes) => heard.moved.push(bytes), stumbled: () => heard.stumbles++, arrived: () => heard.arrivals++, failed: (failure) => heard.failures.push(failure) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

async function sent(transfer) {
  const told = listener();
  transfer.start(told);
  const { heard } = told;
  for (let turns = 0; turns < 50 && !heard.arrivals && !heard.failures.length; turns++) await settled();
  return heard;
}

/** As if the document had gone away in the middle of it. */
async function leaveBehind(world, fields) {
  world.answers = [world.answer("POST"), new Promise(() => {})];
  world.transfer(fields).start(listener());
  await settled();
  Object.assign(world, { requests: [], offset: 6, taken: new Set() });
}

test("a file is announced with its name and the person's choices, sent, and forgotten when it has arrived", async () => {
  const world = new World();
  const transfer = world.transfer({ visibility: "private", genre: "jazz" });
  const heard = await sent(transfer);
  assert.equal(world.methods, "POST PATCH");
  const [{ headers }] = world.requests;
  assert.equal(headers["X-CSRFToken"], "t");
  assert.equal(headers["Upload-Metadata"], ["filename R3LDvG4ubXAz", "visibility cHJpdmF0ZQ==", "genre amF6eg=="].join(","));
  assert.deepEqual([heard.arrivals, heard.moved.at(-1), transfer.id], [1, 10, ID.replaceAll("-", "")]);
  assert.deepEqual([world.stored.size, world.taken.size], [0, 0]);
});

test("the same file, chosen again in another document, goes on where it stopped", async () => {
  const world = new World();
  await leaveBehind(world, { visibility: "public" });
  const heard = await sent(world.transfer());
  assert.equal(world.methods, "HEAD PATCH");
  assert.equal(world.requests[1].headers["Upload-Offset"], "6");
  assert.deepEqual([heard.moved[0], heard.arrivals], [6, 1]);
});

test("it begins anew when it is to be heard by others than before", async () => {
  const world = new World();
  await leaveBehind(world, { visibility: "public" });
  await sent(world.transfer({ visibility: "private" }));
  assert.equal(world.methods, "POST PATCH");
});

test("it goes on where it stopped though it is chosen without its folder", async () => {
  const world = new World();
  await leaveBehind(world, { visibility: "public", folder: "A/|12" });
  await sent(world.transfer({ visibility: "public", folder: "|1" }));
  assert.equal(world.methods, "HEAD PATCH");
});

test("two files that look the same do not go on in one place", async () => {
  const world = new World();
  await leaveBehind(world, { visibility: "public" });
  world.answers = [new Promise(() => {})];
  world.transfer().start(listener());
  await settled();
  await sent(world.transfer());
  assert.equal(world.methods, "HEAD POST PATCH");
});

for (const status of [401, 500, 502]) {
  test(`a server that answers ${status} when asked for the place does not cost it`, async () => {
    const world = new World();
    await leaveBehind(world, { visibility: "public" });
    world.answers = [{ status }, { status }];
    const transfer = world.transfer();
    const heard = await sent(transfer);
    assert.equal(heard.failures[0].kind, status === 401 ? "session" : "broken");
    assert.equal(world.stored.size, 1);
    Object.assign(world, { answers: [], requests: [] });
    assert.equal((await sent(transfer)).arrivals, 1);
    assert.equal(world.methods, "HEAD PATCH");
  });
}

test("an upload that the server gave up is begun anew", async () => {
  const world = new World();
  await leaveBehind(world, { visibility: "public" });
  world.answers = [{ status: 410 }];
  assert.equal((await sent(world.transfer())).arrivals, 1);
  assert.equal(world.methods, "HEAD POST PATCH");
});

for (const [status, kind] of [[413, "refused"], [400, "refused"], [507, "full"]]) {
  test(`${status} is not tried again by itself and says what the server says`, async () => {
    const world = new World();
    world.answers = [{ status, body: '{"error": "There is no room for it."}' }];
    const heard = await sent(world.transfer());
    assert.deepEqual(heard.failures, [{ kind, reason: "There is no room for it." }]);
    assert.deepEqual([world.methods, heard.stumbles], ["POST", 0]);
  });
}

test("a line that is cut is tried again, then said to be lost", async () => {
  const world = new World();
  world.answers = [world.answer("POST"), new Error("cut"), world.answer("HEAD"), new Error("cut")];
  const heard = await sent(world.transfer());
  assert.equal(world.methods, "POST PATCH HEAD PATCH");
  assert.ok(heard.stumbles >= 1);
  assert.deepEqual(heard.failures.map(({ kind }) => kind), ["lost"]);
});

test("a file that is no longer on the disk as it was is not called a lost connection", async () => {
  const world = new World();
  world.answers = [new Error("cut"), new Error("cut")];
  const heard = await sent(world.transfer({ visibility: "public" }, { isReadable: false }));
  assert.equal(heard.failures[0].kind, "refused");
  assert.match(heard.failures[0].reason, /changed or moved/);
});

test("a pause while the server makes the upload waits for its answer, and goes on there later", async () => {
  const world = new World();
  let answer;
  world.answers = [new Promise((resolve) => (answer = resolve))];
  const transfer = world.transfer();
  const told = listener();
  transfer.start(told);
  await settled();
  transfer.pause();
  answer(world.answer("POST"));
  await settled();
  assert.equal(world.methods, "POST");
  assert.equal((await sent(transfer)).arrivals, 1);
  assert.equal(world.methods, "POST HEAD PATCH");
});

test("a cancelled upload is taken back, also when its address comes only then", async () => {
  const world = new World();
  let answer;
  world.answers = [new Promise((resolve) => (answer = resolve))];
  const transfer = world.transfer();
  transfer.start(listener());
  await settled();
  transfer.cancel();
  answer(world.answer("POST"));
  await settled();
  assert.equal(world.methods, "POST DELETE");
  assert.deepEqual([world.stored.size, world.told], [0, 1]);
});

test("the server hears of one file after the other, also after one that it refuses", async () => {
  const world = new World();
  let answer;
  world.answers = [new Promise((resolve) => (answer = resolve)), { status: 413 }];
  for (let number = 0; number < 3; number++) world.transfer().start(listener());
  await settled();
  assert.equal(world.methods, "POST");
  answer(world.answer("POST"));
  await settled();
  assert.deepEqual(world.methods.match(/POST/g).length, 3);
});

test("what is cancelled before its turn asks the server for nothing", async () => {
  const world = new World();
  world.transfer().cancel();
  await settled();
  assert.equal(world.methods, "");
});
