const BREATHES = new Set(["waiting", "sending", "paused"]);

/**
 * Files on their way to the server, some of them at the same time, the others in the order in which they came.
 *
 * `open(file, fields)` makes a transfer: `start(listener)`, `pause()`, `cancel()`. It tells its listener `moved(bytes)`,
 * `stumbled()` when it tries again by itself, then `arrived()` or `failed({ kind, reason })`. Of the kinds, "session"
 * holds the whole queue, "lost" is tried again when the network is back, "refused" is final; any other may be tried
 * again by hand.
 *
 * Events: "change" after everything that may be shown, "arrived" with the file's item as its detail.
 */
export class UploadQueue extends EventTarget {
  #items = new Map();
  #nextId = 1;
  #arrived = { files: 0, bytes: 0 };
  #open;
  #pace;
  #atOnce;
  #hold = "";

  constructor({ open, pace, atOnce = 3 }) {
    super();
    this.#open = open;
    this.#pace = pace;
    this.#atOnce = atOnce;
  }

  /** What has not arrived, in the order in which it came. */
  get items() {
    return [...this.#items.values()];
  }

  /** "" while it runs, else why it does not: "person" or "session". */
  get hold() {
    return this.#hold;
  }

  /** Whether something would be interrupted if the document went away now. */
  get isUnderWay() {
    return this.items.some(({ state }) => BREATHES.has(state));
  }

  get totals() {
    const items = this.items;
    const left = items.filter(({ state }) => state !== "failed");
    const sum = (list, of) => list.reduce((total, item) => total + of(item), 0);
    const bytesPerSecond = this.#pace.bytesPerSecond;
    const bytesLeft = sum(left, ({ size, sent }) => size - sent);
    return {
      files: this.#arrived.files + items.length,
      arrived: this.#arrived.files,
      failed: items.length - left.length,
      size: this.#arrived.bytes + sum(items, ({ size }) => size),
      sent: this.#arrived.bytes + sum(items, ({ sent }) => sent),
      bytesPerSecond,
      secondsLeft: bytesPerSecond ? bytesLeft / bytesPerSecond : null,
    };
  }

  add(files, fields) {
    if (!this.#items.size) this.forgetArrived();
    for (const file of files) {
      const id = this.#nextId++;
      this.#items.set(id, { id, name: file.name, size: file.size, sent: 0, state: "waiting", reason: "", transfer: this.#open(file, fields) });
    }
    this.#goOn();
  }

  pause(id) {
    this.#with(id, ["waiting", "sending"], (item) => {
      item.transfer.pause();
      item.state = "paused";
    });
  }

  /** Also what failed, unless that is final. */
  resume(id) {
    this.#with(id, ["paused", "failed"], (item) => item.kind !== "refused" && this.#queueUp(item));
  }

  /** The server forgets what it has of it. */
  cancel(id) {
    this.#with(id, ["waiting", "sending", "paused", "failed"], (item) => {
      item.transfer.cancel();
      this.#items.delete(id);
    });
  }

  cancelAll() {
    for (const { id } of this.items) this.cancel(id);
  }

  holdAll(why = "person") {
    this.#hold = why;
    this.#pace.reset();
    for (const item of this.#sending) {
      item.transfer.pause();
      item.state = "waiting";
    }
    this.#changed();
  }

  resumeAll() {
    this.#hold = "";
    for (const item of this.items) if (item.state === "paused") item.state = "waiting";
    this.#goOn();
  }

  retryFailed(kinds) {
    for (const item of this.items) if (item.state === "failed" && canRetry(item) && (!kinds || kinds.includes(item.kind))) this.#queueUp(item);
    this.#goOn();
  }

  forgetArrived() {
    this.#arrived = { files: 0, bytes: 0 };
    this.#pace.reset();
  }

  get #sending() {
    return this.items.filter(({ state }) => state === "sending");
  }

  #with(id, states, act) {
    const item = this.#items.get(id);
    if (!item || !states.includes(item.state)) return;
    act(item);
    this.#goOn();
  }

  #queueUp(item) {
    Object.assign(item, { state: "waiting", reason: "", kind: "" });
  }

  #goOn() {
    if (!this.#hold) {
      let free = this.#atOnce - this.#sending.length;
      for (const item of this.#items.values()) {
        if (free < 1) break;
        if (item.state === "waiting" && free--) this.#start(item);
      }
    }
    if (!this.#items.size) this.#hold = "";
    this.#changed();
  }

  #start(item) {
    item.state = "sending";
    item.isStumbling = false;
    // Where it goes on from is no speed.
    let last = null;
    item.transfer.start({
      moved: (bytes) => {
        if (last !== null && bytes > last) this.#pace.add(bytes - last);
        last = bytes;
        Object.assign(item, { sent: bytes, isStumbling: false });
        this.#changed();
      },
      stumbled: () => {
        item.isStumbling = true;
        this.#changed();
      },
      arrived: () => this.#arrive(item),
      failed: (failure) => this.#fail(item, failure),
    });
  }

  #arrive(item) {
    this.#items.delete(item.id);
    this.#arrived.files++;
    this.#arrived.bytes += item.size;
    this.dispatchEvent(new CustomEvent("arrived", { detail: item }));
    this.#goOn();
  }

  #fail(item, { kind, reason }) {
    if (kind === "session") {
      item.state = "waiting";
      return this.holdAll("session");
    }
    Object.assign(item, { state: "failed", kind, reason });
    this.#goOn();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

export function canRetry(item) {
  return item.state === "failed" && item.kind !== "refused";
}
