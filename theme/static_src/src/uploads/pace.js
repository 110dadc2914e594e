const WINDOW_MS = 10_000;
const TOO_SHORT_MS = 1_000;

/** How fast bytes have gone during the last ten seconds. */
export class Pace {
  #steps = [];
  #now;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  add(bytes) {
    this.#steps.push({ at: this.#now(), bytes });
    this.#forget();
  }

  reset() {
    this.#steps = [];
  }

  /** 0 where there is too little to tell from. */
  get bytesPerSecond() {
    this.#forget();
    if (!this.#steps.length) return 0;
    const elapsedMs = this.#now() - this.#steps[0].at;
    if (elapsedMs < TOO_SHORT_MS) return 0;
    return (1000 * this.#steps.reduce((sum, { bytes }) => sum + bytes, 0)) / elapsedMs;
  }

  #forget() {
    const since = this.#now() - WINDOW_MS;
    const kept = this.#steps.findIndex(({ at }) => at >= since);
    this.#steps.splice(0, kept < 0 ? this.#steps.length : kept);
  }
}
