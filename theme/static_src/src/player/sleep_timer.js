const FADE_MS = 15_000;

/**
 * Stops the music after some minutes, ever quieter in the last seconds, or when the track that plays is over. A reload
 * keeps it. It goes by the time of day, so that what was slept through by the device itself counts; where somebody sets
 * the clock back, by the time that has passed.
 */
export class SleepTimer extends EventTarget {
  #engine;
  #decks;
  #session;
  #userId;
  #timer = null;
  choice = "";
  endsAt = null;

  constructor({ engine, decks, session, userId }) {
    super();
    [this.#engine, this.#decks, this.#session, this.#userId] = [engine, decks, session, userId];
    engine.addEventListener("change", () => this.choice === "track" && !engine.stopsAfterTrack && this.set(""));
    engine.addEventListener("time", () => this.#fade());
    this.#recall();
  }

  /** "" for off, "track", or minutes, which say a date to end at. */
  set(choice) {
    const ms = Number(choice) * 60_000;
    this.adopt({ choice, endsAt: ms ? Date.now() + ms : null });
  }

  /** {choice, endsAt}, as another tab may have set it. */
  adopt(state) {
    try {
      this.#session.setItem(this.#key, JSON.stringify(state));
    } catch {
      // It lasts as long as the page.
    }
    this.#begin(state);
  }

  get state() {
    return { choice: this.choice, endsAt: this.endsAt?.getTime() ?? null };
  }

  /** Until the music stops; null where it does not. */
  get leftMs() {
    if (this.endsAt) return Math.max(0, this.endsAt - Date.now());
    return this.choice === "track" ? Math.max(0, this.#engine.durationMs - this.#engine.positionMs) : null;
  }

  #recall() {
    try {
      const { choice, endsAt } = JSON.parse(this.#session.getItem(this.#key));
      if (!endsAt || endsAt > Date.now()) this.#begin({ choice, endsAt });
    } catch {
      // Nothing was set.
    }
  }

  #begin({ choice, endsAt }) {
    clearTimeout(this.#timer);
    this.choice = choice;
    this.endsAt = endsAt && new Date(endsAt);
    this.#engine.stopsAfterTrack = choice === "track";
    if (endsAt) this.#timer = setTimeout(() => this.#sleep(), this.leftMs);
    this.#fade();
    this.dispatchEvent(new Event("change"));
  }

  #fade() {
    if (this.endsAt && !this.leftMs) return this.#sleep();
    this.#decks.level = this.endsAt ? Math.min(1, this.leftMs / FADE_MS) ** 2 : 1;
  }

  #sleep() {
    this.#engine.pause();
    this.set("");
  }

  /** Forgotten at sign-out, like the queue. */
  get #key() {
    return `player:${this.#userId()}:sleep`;
  }
}
