import { Queue } from "./queue.js";

const SAVE_EVERY_MS = 5_000;
const VOLUME_KEY = "player:volume";
const MUTED_KEY = "player:muted";

const QUEUES = "player:";

const soon = (run) => (globalThis.requestIdleCallback ? requestIdleCallback(run) : run());

/** A full reload finds the queue paused where it was; volume and mute outlive the tab. */
export class PlayerMemory {
  #engine;
  #session;
  #local;
  #userId;
  #savedAtMs = 0;
  #savedQueue = null;
  #whenIdle;
  #isDue = false;

  /** `whenIdle`: a long queue takes its time to be written, and whoever has just moved a track in it is looking. */
  constructor({ engine, session, local, userId, whenIdle = soon }) {
    this.#whenIdle = whenIdle;
    this.#engine = engine;
    this.#session = session;
    this.#local = local;
    this.#userId = userId;
  }

  recall() {
    const volume = Number.parseFloat(this.#local.getItem(VOLUME_KEY));
    if (volume >= 0 && volume <= 1) this.#engine.setVolume(volume);
    this.#engine.setMuted(this.#local.getItem(MUTED_KEY) === "true");
    const saved = this.#read();
    if (saved) this.#engine.restore(saved.queue, saved.positionMs);
    this.#engine.addEventListener("change", () => this.#saveSoon());
    this.#engine.addEventListener("time", () => this.#saveNowAndThen());
  }

  save() {
    const { track, queue, positionMs, volume, isMuted } = this.#engine;
    this.#savedAtMs = positionMs;
    try {
      this.#local.setItem(VOLUME_KEY, volume);
      this.#local.setItem(MUTED_KEY, isMuted);
      if (!track) return;
      this.#saveQueue(queue);
      this.#session.setItem(`${this.#key}:at`, positionMs);
    } catch {
      // A full storage costs the convenience, not the music.
    }
  }

  /** One that does not fit is not there after a reload: the one before it would be found at a place of this one. */
  #saveQueue(queue) {
    if (queue === this.#savedQueue) return;
    this.#savedQueue = queue;
    this.#session.removeItem(this.#key);
    this.#session.setItem(this.#key, JSON.stringify(queue));
  }

  #saveSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#whenIdle(() => {
      this.#isDue = false;
      this.save();
    });
  }

  #saveNowAndThen() {
    if (Math.abs(this.#engine.positionMs - this.#savedAtMs) >= SAVE_EVERY_MS) this.save();
  }

  #read() {
    try {
      const queue = Queue.fromJSON(JSON.parse(this.#session.getItem(this.#key)));
      return { queue, positionMs: Number(this.#session.getItem(`${this.#key}:at`)) || 0 };
    } catch {
      return null;
    }
  }

  /** Keyed by person: whoever signs in next in this tab does not find it. */
  get #key() {
    return `${QUEUES}${this.#userId()}`;
  }
}

/** At sign-out: nobody who looks into this tab afterwards learns what was played. */
export function forgetQueues(session) {
  const keys = Array.from({ length: session.length }, (_, index) => session.key(index));
  for (const key of keys) if (key.startsWith(QUEUES)) session.removeItem(key);
}
