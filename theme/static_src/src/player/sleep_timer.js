/** Stops the music after some minutes, or when the track that plays is over. */
export class SleepTimer extends EventTarget {
  #engine;
  #timer = null;
  choice = "";
  endsAt = null;

  constructor(engine) {
    super();
    this.#engine = engine;
    engine.addEventListener("change", () => this.choice === "track" && !engine.stopsAfterTrack && this.#end());
  }

  /** "" for off, "track", or minutes, which say a date to end at. */
  set(choice) {
    clearTimeout(this.#timer);
    this.choice = choice;
    this.#engine.stopsAfterTrack = choice === "track";
    const ms = Number(choice) * 60_000;
    this.endsAt = ms ? new Date(Date.now() + ms) : null;
    if (ms) this.#timer = setTimeout(() => this.#sleep(), ms);
    this.dispatchEvent(new Event("change"));
  }

  #sleep() {
    this.#engine.pause();
    this.#end();
  }

  #end() {
    this.choice = "";
    this.endsAt = null;
    this.dispatchEvent(new Event("change"));
  }
}
