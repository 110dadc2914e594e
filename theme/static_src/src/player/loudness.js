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
  #gain = null;
  #context = null;

  constructor({ engine, decks, details, local, makeContext = () => new AudioContext() }) {
    Object.assign(this, { mode: local.getItem(KEY) });
    if (!LOUDNESS_MODES.includes(this.mode)) this.mode = "off";
    [this.#engine, this.#decks, this.#details, this.#local, this.#makeContext] = [engine, decks, details, local, makeContext];
    engine.addEventListener("load", () => this.#apply());
    engine.addEventListener("playing", () => this.#context?.resume());
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

  async #apply() {
    if (this.mode === "off" && !this.#gain) return;
    const { track } = this.#engine;
    if (!track) return;
    const details = this.mode === "off" ? null : await this.#details.of(track);
    if (track !== this.#engine.track) return;
    this.#node.gain.value = factorOf(details, this.mode);
  }

  get #node() {
    if (this.#gain) return this.#gain;
    this.#context = this.#makeContext();
    this.#gain = this.#context.createGain();
    this.#gain.connect(this.#context.destination);
    for (const element of this.#decks.elements) this.#context.createMediaElementSource(element).connect(this.#gain);
    if (this.#engine.isPlaying) this.#context.resume();
    return this.#gain;
  }
}

/** What to multiply the samples by: never so much that the highest of them is cut off. 1 where nothing is known. */
export function factorOf(details, mode) {
  const [gain, peak] = mode === "album" && details?.album_gain_db != null ? [details.album_gain_db, details.album_peak] : [details?.track_gain_db, details?.track_peak];
  if (mode === "off" || gain == null) return 1;
  const factor = 10 ** (gain / 20);
  return peak > 0 ? Math.min(factor, 1 / peak) : Math.min(factor, 1);
}
