import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Engine } from "../src/player/engine.js";
import { newEventId } from "../src/player/event_id.js";
import { ListenReporter } from "../src/player/listen_reporter.js";
import { Outbox } from "../src/player/outbox.js";
import { Queue } from "../src/player/queue.js";
import { MemoryStorage, OverflowingStorage } from "../src/player/storage.js";
import { FakeAudio, settle, track } from "./support.js";

const OK = answered(200);
const PRIVATE = answered(200, { private: true });
const NOON = Date.UTC(2026, 0, 31, 12);

/** What the server answers. */
function answered(status, body = {}) {
  return { status, ok: status >= 200 && status < 300, headers: new Headers({ "Content-Type": "application/json" }), json: async () => body };
}

/** What something else answers that stands between. */
function page(status) {
  const headers = new Headers({ "Content-Type": "text/html; charset=utf-8" });
  return { ...answered(status), headers, json: async () => JSON.parse("<!doctype html>") };
}

/** A browser tab: what it sent, what it waits for, and a clock the test turns. */
class Tab {
  sent = [];
  beacons = [];
  timers = [];
  answer = () => OK;
  nowMs = NOON;
  turnedMs = 0;
  isPrivate = false;
  made = 0;

  constructor({ storage = new MemoryStorage(), user = "7", ids = "abcdefgh" } = {}) {
    Object.assign(this, { storage, user, ids });
    this.audio = new FakeAudio();
    this.engine = new Engine({ audio: this.audio, wait: () => Promise.resolve() });
    this.outbox = new Outbox({
      storage,
      fetch: async (url, options) => this.receive(url, options),
      userId: () => this.user,
      csrfToken: () => "token",
      now: () => this.nowMs,
      later: (run, ms) => this.timers.push({ run, ms }),
      cancel: () => (this.timers = []),
    });
    this.reporter = new ListenReporter({
      outbox: this.outbox,
      sendBeacon: (url, form) => this.beacons.push([url, form.toString()]),
      csrfToken: () => "token",
      isPrivate: () => this.isPrivate,
      now: () => this.nowMs,
      clock: () => this.nowMs - this.turnedMs,
      makeId: () => this.ids[this.made++],
    });
    this.reporter.follow(this.engine);
  }

  receive(url, options) {
    const answer = this.answer(url);
    if (answer instanceof Error) throw answer;
    this.sent.push({ url, options, body: JSON.parse(options.body) });
    return answer;
  }

  async play(...ids) {
    await this.playFrom("genre:jazz", ...ids);
  }

  async playFrom(source, ...ids) {
    this.engine.play(Queue.of(ids.map((id) => track(id)), 0, { source }));
    this.audio.arrive();
    await settle();
  }

  async hear(seconds) {
    for (let second = 0; second < seconds; second++) {
      this.nowMs += 1_000;
      this.audio.runTo(this.audio.currentTime + 1);
    }
    await settle();
  }

  /** Somebody sets the device's clock, or it crosses into summer time. */
  turnTheClock(ms) {
    this.nowMs += ms;
    this.turnedMs += ms;
  }

  async backOff() {
    const [timer] = this.timers.splice(0);
    timer.run();
    await settle();
    return timer.ms;
  }

  get urls() {
    return this.sent.map(({ url }) => url.replace("/listens/", ""));
  }
}

let tab;
beforeEach(() => {
  tab = new Tab();
});

test("a play starts once, at its first sound", async () => {
  tab.engine.play(Queue.of([track(1)], 0, { source: "genre:jazz" }));
  await settle();
  assert.deepEqual(tab.urls, []);
  tab.audio.arrive();
  tab.audio.tell("playing");
  await settle();
  assert.deepEqual(tab.urls, ["start/"]);
  assert.deepEqual(tab.sent[0].body, { event_id: "a", track_id: "1", source: "genre:jazz", started_at: "2026-01-31T12:00:00.000Z", sent_at: "2026-01-31T12:00:00.000Z", user_id: "7" });
  assert.equal(tab.sent[0].options.headers["X-CSRFToken"], "token");
});

test("progress is told every fifteen seconds and on pause", async () => {
  await tab.play(1);
  for (const seconds of [15, 15, 10]) await tab.hear(seconds);
  tab.engine.pause();
  await settle();
  assert.deepEqual(tab.urls, ["start/", "a/progress/", "a/progress/", "a/progress/"]);
  assert.deepEqual(tab.sent.slice(1).map(({ body }) => body.played_ms), [15_000, 30_000, 40_000]);
});

test("a natural end completes with what was heard", async () => {
  await tab.play(1);
  await tab.hear(60);
  tab.audio.end();
  await settle();
  assert.equal(tab.urls.at(-1), "a/complete/");
  assert.deepEqual(tab.sent.at(-1).body, { played_ms: 60_000, user_id: "7" });
});

test("dragging to the end completes with the little that was heard", async () => {
  await tab.play(1);
  await tab.hear(2);
  tab.engine.seek(60_000);
  tab.audio.end();
  await settle();
  assert.deepEqual(tab.sent.at(-1).body, { played_ms: 2_000, user_id: "7" });
});

test("a track that gives way to another is left", async () => {
  await tab.play(1, 2);
  await tab.hear(5);
  tab.engine.next();
  tab.audio.arrive();
  await settle();
  assert.deepEqual(tab.urls, ["start/", "a/progress/", "start/"]);
  assert.deepEqual(tab.sent[1].body, { played_ms: 5_000, left: true, user_id: "7" });
  assert.equal(tab.sent[2].body.event_id, "b");
});

test("a track that goes on in another tab was not left here", async () => {
  await tab.play(1, 2);
  await tab.hear(5);
  tab.engine.pause();
  tab.engine.watch({ isLoading: false, positionMs: 5_000, pause: () => {}, seek: () => {} });
  tab.engine.adopt(tab.engine.queue.next());
  tab.reporter.farewell();
  await settle();
  assert.deepEqual(tab.sent[1].body, { played_ms: 5_000, user_id: "7" });
  assert.deepEqual([tab.urls, tab.beacons], [["start/", "a/progress/"], []]);
});

test("the same track again is another event", async () => {
  tab.engine.setRepeat("one");
  await tab.play(1);
  await tab.hear(60);
  tab.audio.end();
  tab.audio.arrive();
  await settle();
  assert.deepEqual(tab.urls.slice(-2), ["a/complete/", "start/"]);
  assert.equal(tab.sent.at(-1).body.event_id, "b");
});

test("a track that never sounded is no listen", async () => {
  tab.engine.play(Queue.of([track(1), track(2)]));
  tab.engine.next();
  tab.reporter.farewell();
  await settle();
  assert.deepEqual([tab.sent, tab.beacons], [[], []]);
});

test("the departing page says by beacon that it left, the hidden one only how far it is", async () => {
  await tab.play(1);
  await tab.hear(4);
  tab.reporter.checkpoint();
  tab.reporter.farewell();
  tab.reporter.checkpoint();
  assert.deepEqual(tab.beacons, [
    ["/listens/a/progress/", "played_ms=4000&user_id=7&csrfmiddlewaretoken=token"],
    ["/listens/a/progress/", "played_ms=4000&user_id=7&csrfmiddlewaretoken=token&left=1"],
  ]);
});

test("no beacon overtakes a start that still waits; the next page sends both in order", async () => {
  tab.answer = () => new TypeError("offline");
  await tab.play(1);
  await tab.hear(4);
  tab.reporter.farewell();
  assert.deepEqual(tab.beacons, []);

  const reloaded = new Tab({ storage: tab.storage });
  await reloaded.outbox.flush();
  assert.deepEqual(reloaded.urls, ["start/", "a/progress/"]);
  assert.deepEqual(reloaded.sent[1].body, { played_ms: 4_000, left: true, user_id: "7" });
  assert.equal(reloaded.sent[0].body.started_at, "2026-01-31T12:00:00.000Z");
  assert.equal(tab.storage.length, 0);
});

test("offline, events wait in order, with only the newest word on each", async () => {
  tab.answer = () => new TypeError("offline");
  await tab.play(1, 2);
  await tab.hear(60);
  tab.audio.end();
  tab.audio.arrive();
  await tab.hear(33);
  tab.answer = () => OK;
  await tab.outbox.flush();
  assert.deepEqual(tab.urls, ["start/", "a/complete/", "start/", "b/progress/"]);
  assert.deepEqual(tab.sent.map(({ body }) => body.played_ms), [undefined, 60_000, undefined, 30_000]);
});

test("it tries again later and later, and at once after a success", async () => {
  tab.answer = () => new TypeError("offline");
  await tab.play(1);
  const waits = [];
  for (let attempt = 0; attempt < 10; attempt++) waits.push(await tab.backOff());
  assert.deepEqual(waits.slice(0, 4), [2_000, 4_000, 8_000, 16_000]);
  assert.equal(waits.at(-1), 300_000);
  tab.answer = () => OK;
  await tab.backOff();
  assert.deepEqual(tab.timers, []);
  await tab.hear(15);
  assert.equal(tab.urls.at(-1), "a/progress/");
});

for (const status of [0, 401, 403, 405, 408, 413, 429, 500, 502, 503, 504, 507]) {
  test(`an answer of ${status} is tried again`, async () => {
    tab.answer = () => answered(status);
    await tab.play(1);
    tab.answer = () => OK;
    await tab.backOff();
    assert.deepEqual(tab.urls, ["start/", "start/"]);
    assert.equal(tab.storage.length, 0);
  });
}

for (const status of [400, 404, 409, 410]) {
  test(`an answer of ${status} is final`, async () => {
    tab.answer = () => answered(status);
    await tab.play(1);
    assert.equal(tab.storage.length, 0);
    assert.deepEqual(tab.timers, []);
  });
}

for (const status of [200, 202, 400, 404, 409, 410]) {
  test(`a page with ${status} is not the server's word, and the listen is told again`, async () => {
    tab.answer = () => page(status);
    await tab.play(1);
    tab.answer = () => OK;
    await tab.backOff();
    assert.deepEqual(tab.urls, ["start/", "start/"]);
    assert.equal(tab.storage.length, 0);
  });
}

for (const status of [502, 503, 504, 507]) {
  test(`a server that answers ${status} is not asked about every other event too`, async () => {
    for (const id of ["a", "b", "c"]) tab.outbox.keep(id, "start", { event_id: id });
    tab.answer = () => answered(status);
    await tab.outbox.flush();
    assert.equal(tab.sent.length, 1);
    assert.equal(tab.storage.length, 3);
  });
}

test("one event the server chokes on does not hold up the others", async () => {
  tab.outbox.keep("bad", "start", { event_id: "bad" });
  tab.nowMs++;
  tab.outbox.keep("good", "start", { event_id: "good" });
  tab.answer = () => answered(tab.sent.length ? 202 : 500);
  await tab.outbox.flush();
  assert.deepEqual(tab.sent.map(({ body }) => body.event_id), ["bad", "good"]);
  assert.equal(tab.outbox.isWaiting("bad", "start"), true);
  assert.equal(tab.outbox.isWaiting("good", "start"), false);
});

test("nobody sends what another person heard, and it waits for them", async () => {
  tab.answer = () => new TypeError("offline");
  await tab.play(1);
  const bob = new Tab({ storage: tab.storage, user: "8" });
  await bob.outbox.flush();
  assert.deepEqual(bob.sent, []);
  const visitor = new Tab({ storage: tab.storage, user: "" });
  await visitor.outbox.flush();
  assert.deepEqual(visitor.sent, []);
  const again = new Tab({ storage: tab.storage });
  await again.outbox.flush();
  assert.deepEqual(again.urls, ["start/"]);
});

test("two tabs share a storage and lose nothing", async () => {
  tab.answer = () => new TypeError("offline");
  const other = new Tab({ storage: tab.storage, ids: "xyz" });
  other.answer = tab.answer;
  await tab.play(1);
  await other.play(2);
  tab.answer = () => OK;
  await tab.outbox.flush();
  assert.deepEqual(tab.sent.map(({ body }) => body.event_id), ["a", "x"]);
});

test("what is added while a message travels is not lost with it", async () => {
  let arrive;
  tab.answer = () => new Promise((resolve) => (arrive = () => resolve(OK)));
  const first = tab.outbox.post("a", "progress", { played_ms: 1 });
  await settle();
  const second = tab.outbox.post("a", "progress", { played_ms: 2 });
  tab.answer = () => OK;
  arrive();
  await Promise.all([first, second]);
  assert.deepEqual(tab.sent.map(({ body }) => body.played_ms), [1, 2]);
  assert.equal(tab.storage.length, 0);
});

test("the outbox is bounded: of days without a server the oldest events go", () => {
  for (let event = 0; event < 2_000; event++) {
    tab.storage.setItem(`listen:7:event-${event}`, JSON.stringify({ addedAt: event, messages: [{ id: "1", step: "start", body: {} }] }));
  }
  tab.outbox.keep("event-2000", "start", {});
  tab.outbox.keep("event-2001", "start", {});
  assert.equal(tab.storage.length, 2_000);
  assert.equal(tab.outbox.isWaiting("event-1", "start"), false);
  assert.equal(tab.outbox.isWaiting("event-2", "start"), true);
  assert.equal(tab.outbox.isWaiting("event-2001", "start"), true);
});

/** A browser's storage with room for so many events, shared by the page that comes next. */
class SmallStorage extends MemoryStorage {
  constructor(room) {
    super();
    this.room = room;
  }

  setItem(key, value) {
    if (this.getItem(key) === null && this.length >= this.room) throw new DOMException("full", "QuotaExceededError");
    super.setItem(key, value);
  }
}

test("a full storage costs no listen: what does not fit waits in the page", async () => {
  const small = new SmallStorage(1);
  const tab = new Tab({ storage: new OverflowingStorage(small) });
  tab.answer = () => new TypeError("offline");
  await tab.play(1, 2);
  await tab.hear(60);
  tab.audio.end();
  tab.audio.arrive();
  await tab.hear(20);
  assert.equal(small.length, 1);
  tab.answer = () => OK;
  await tab.outbox.flush();
  assert.deepEqual(tab.urls, ["start/", "a/complete/", "start/", "b/progress/"]);
  assert.equal(tab.storage.length, 0);
});

test("in a storage that became full the newer word on a listen counts, and the older one outlives the page", async () => {
  const small = new MemoryStorage();
  const tab = new Tab({ storage: new OverflowingStorage(small) });
  tab.answer = () => new TypeError("offline");
  await tab.play(1);
  small.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  await tab.hear(30);
  const next = new Tab({ storage: small });
  assert.equal(next.outbox.isWaiting("a", "start"), true);
  tab.answer = () => OK;
  await tab.outbox.flush();
  assert.deepEqual(tab.urls, ["start/", "a/progress/"]);
  assert.equal(tab.sent.at(-1).body.played_ms, 30_000);
  assert.equal(small.length, 0);
});

test("a server whose disk was full for hours gets everything once there is room", async () => {
  tab.answer = () => answered(503, { error: "Your history is out of reach for a moment. Tell it again soon." });
  await tab.play(1, 2);
  await tab.hear(60);
  tab.audio.end();
  tab.audio.arrive();
  for (let attempt = 0; attempt < 20; attempt++) await tab.backOff();
  tab.answer = () => OK;
  const before = tab.sent.length;
  await tab.backOff();
  assert.deepEqual(tab.urls.slice(before), ["start/", "a/complete/", "start/"]);
  assert.equal(tab.storage.length, 0);
});

test("a beacon that the browser refuses is told by the next page", async () => {
  await tab.play(1);
  await tab.hear(4);
  tab.reporter.farewell();
  const next = new Tab({ storage: tab.storage });
  await next.outbox.flush();
  assert.deepEqual(next.urls, ["a/progress/"]);
  assert.deepEqual(next.sent[0].body, { played_ms: 4_000, left: true, user_id: "7" });
});

test("a session that ended costs no listen: it is told when the same person is back", async () => {
  tab.answer = () => answered(401, { error: "Sign in to have your listens counted." });
  await tab.play(1);
  await tab.hear(60);
  tab.audio.end();
  await settle();
  const back = new Tab({ storage: tab.storage });
  await back.outbox.flush();
  assert.deepEqual(back.urls, ["start/", "a/complete/"]);
});

test("a start tells the browser's clock at each attempt, so that the server knows how wrong it is", async () => {
  tab.answer = () => new TypeError("offline");
  await tab.play(1);
  tab.nowMs += 3_600_000;
  tab.answer = () => OK;
  await tab.backOff();
  const { started_at, sent_at } = tab.sent.at(-1).body;
  assert.deepEqual([started_at, sent_at], ["2026-01-31T12:00:00.000Z", "2026-01-31T13:00:00.000Z"]);
});

test("somebody else's rubbish in the storage does no harm", async () => {
  tab.storage.setItem("listen:7:broken", "{");
  await tab.play(1);
  assert.deepEqual(tab.urls, ["start/"]);
});

test("an event id is a UUID, with and without randomUUID", () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const insecure = { getRandomValues: (bytes) => crypto.getRandomValues(bytes) };
  assert.match(newEventId(), uuid);
  assert.match(newEventId(insecure), uuid);
  assert.notEqual(newEventId(insecure), newEventId(insecure));
});

test("a draft that is heard before it is published is no listen", async () => {
  const tab = new Tab();
  await tab.playFrom("review", 1, 2);
  await tab.hear(40);
  tab.reporter.farewell();
  assert.deepEqual([tab.sent, tab.beacons], [[], []]);
  await tab.play(3);
  await tab.hear(2);
  assert.equal(tab.sent[0].body.track_id, "3");
});

test("a private session is silent, and what goes on after it is a listen of its own", async () => {
  const tab = new Tab();
  await tab.play(1);
  await tab.hear(20);
  const told = tab.sent.length;
  tab.isPrivate = true;
  await tab.hear(40);
  tab.reporter.checkpoint();
  tab.reporter.farewell();
  assert.deepEqual([tab.sent.length, tab.beacons], [told, []]);
  tab.isPrivate = false;
  await tab.hear(2);
  assert.deepEqual([tab.sent.at(-1).body.event_id, tab.sent.at(-1).url], ["b", "/listens/start/"]);
});

test("a private session that began in another tab silences the play that goes on here, and that one alone", async () => {
  const tab = new Tab();
  await tab.play(1);
  await tab.hear(14);
  tab.answer = () => PRIVATE;
  await tab.hear(2);
  const told = tab.sent.length;
  tab.answer = () => OK;
  await tab.hear(40);
  tab.reporter.checkpoint();
  tab.engine.pause();
  tab.reporter.farewell();
  await settle();
  assert.deepEqual([tab.sent.length, tab.beacons], [told, []]);
  await tab.play(2);
  await tab.hear(2);
  assert.deepEqual([tab.sent.at(-1).url, tab.sent.at(-1).body.track_id], ["/listens/start/", "2"]);
});

test("what was heard before a private session is not told once it lasts, nor kept", async () => {
  const tab = new Tab();
  await tab.play(1);
  await tab.hear(5);
  const told = tab.sent.length;
  tab.isPrivate = true;
  tab.engine.pause();
  tab.reporter.farewell();
  await settle();
  assert.deepEqual([tab.sent.length, tab.beacons, tab.storage.length], [told, [], 0]);
});

for (const hours of [25, -25]) {
  test(`a device's clock that is turned by ${hours} hours neither adds to what was heard nor takes from it`, async () => {
    await tab.play(1);
    await tab.hear(20);
    tab.turnTheClock(hours * 3_600_000);
    await tab.hear(20);
    tab.engine.pause();
    await settle();
    assert.equal(tab.sent.at(-1).body.played_ms, 40_000);
  });
}
