/** Stops the music after some minutes, or when the track that plays is over. */
export class SleepTimer extends EventTarget {
  #engine;
  #timer = null;
  choice = "";

  constructor(engine) {
    super();
    this.#engine = engine;
    engine.addEventListener("change", () => this.choice === "track" && !engine.stopsAfterTrack && this.#end());
  }

  /** "" for off, "track", or minutes. */
  set(choice) {
    clearTimeout(this.#timer);
    this.choice = choice;
    this.#engine.stopsAfterTrack = choice === "track";
    if (Number(choice)) this.#timer = setTimeout(() => this.#sleep(), Number(choice) * 60_000);
    this.dispatchEvent(new Event("change"));
  }

  #sleep() {
    this.#engine.pause();
    this.#end();
  }

  #end() {
    this.choice = "";
    this.dispatchEvent(new Event("change"));
  }
}
