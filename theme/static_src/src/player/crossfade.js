export const MOST_SECONDS = 12;
const KEY = "player:crossfade";

/** How many seconds a track and the next one sound together: as it was set on this device, and possible here. */
export class Crossfade {
  #engine;
  #local;
  seconds;

  constructor({ engine, decks, local }) {
    [this.#engine, this.#local] = [engine, local];
    this.isPossible = decks.canFade;
    this.set(Number(local.getItem(KEY)));
  }

  set(seconds) {
    this.seconds = this.isPossible && seconds > 0 ? Math.min(seconds, MOST_SECONDS) : 0;
    this.#engine.crossfadeMs = this.seconds * 1000;
    try {
      this.#local.setItem(KEY, this.seconds);
    } catch {
      // It lasts as long as the page.
    }
  }
}
