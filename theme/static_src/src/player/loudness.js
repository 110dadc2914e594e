export const LOUDNESS_MODES = ["off", "track", "album"];
const KEY = "player:loudness";

/**
 * Plays all tracks as loud as each other (ReplayGain 2.0). The sound goes through Web Audio only once somebody has
 * switched this on, because a phone may silence that while its screen is locked.
 */
export class Loudness {
  #engine;
  #decks;
  #details;
  #local;
  #makeContext;
  #gains = null; // one for each element: two may sound at once
  #context = null;

  constructor({ engine, decks, details, local, makeContext = () => new AudioContext() }) {
    Object.assign(this, { mode: local.getItem(KEY) });
    if (!LOUDNESS_MODES.includes(this.mode)) this.mode = "off";
    [this.#engine, this.#decks, this.#details, this.#local, this.#makeContext] = [engine, decks, details, local, makeContext];
    engine.addEventListener("load", () => this.#apply());
    engine.addEventListener("playing", () => this.#resume());
  }

  set(mode) {
    this.mode = mode;
    try {
      this.#local.setItem(KEY, mode);
    } catch {
      // It lasts as long as the page.
    }
    this.#apply();
  }

  /** Where only the element that was pressed may play, it is known only now which one that is. */
  #resume() {
    if (!this.#context) return;
    this.#context.resume();
    this.#apply();
  }

  async #apply() {
    if (this.mode === "off" && !this.#gains) return;
    const { track } = this.#engine;
    if (!track) return;
    const details = this.mode === "off" ? null : await this.#details.of(track);
    if (track !== this.#engine.track) return;
    const gains = (this.#gains ??= this.#route());
    gains.get(this.#decks.elements[0]).gain.value = factorOf(details, this.mode);
  }

  #route() {
    this.#context = this.#makeContext();
    if (this.#engine.isPlaying) this.#context.resume();
    return new Map(this.#decks.elements.map((element) => [element, this.#gainOf(element)]));
  }

  #gainOf(element) {
    const gain = this.#context.createGain();
    gain.connect(this.#context.destination);
    this.#context.createMediaElementSource(element).connect(gain);
    return gain;
  }
}

/** What to multiply the samples by: never so much that the highest of them is cut off. 1 where nothing is known. */
export function factorOf(details, mode) {
  const [gain, peak] = mode === "album" && details?.album_gain_db != null ? [details.album_gain_db, details.album_peak] : [details?.track_gain_db, details?.track_peak];
  if (mode === "off" || gain == null) return 1;
  const factor = 10 ** (gain / 20);
  return peak > 0 ? Math.min(factor, 1 / peak) : Math.min(factor, 1);
}
