/** Wall-clock slack in ms: a media clock and a wall clock never tick together. */
const SLACK_MS = 300;

/**
 * How much of a track was really heard: the union of the media intervals that sounded.
 *
 * Samples are (media position, wall clock) pairs, both in ms. Between two samples the
 * position may advance by the wall time passed times the playback rate, no more: what is
 * beyond that was jumped over. A sleeping tab's long gap is as good as many short ones.
 * Unspent wall time is carried over only up to the slack, so a stall saves up nothing.
 */
export class ListenedTime {
  #intervals = [];
  #last = null;
  #creditMs = 0;

  /** The sound is at `positionMs` now and running. The first sample after a break only marks the place. */
  hear(positionMs, atMs, rate = 1) {
    if (this.#last) this.#count(positionMs, Math.max(0, atMs - this.#last.atMs) * rate);
    else this.#creditMs = SLACK_MS;
    this.#last = { positionMs, atMs };
  }

  /** Paused, seeking or out of data: nothing is heard until the next sample. */
  breakOff() {
    this.#last = null;
  }

  get playedMs() {
    return Math.round(this.#intervals.reduce((sum, [start, end]) => sum + end - start, 0));
  }

  #count(positionMs, possibleMs) {
    this.#creditMs += possibleMs;
    const heardMs = Math.min(positionMs - this.#last.positionMs, this.#creditMs);
    if (heardMs > 0) {
      this.#add(positionMs - heardMs, positionMs);
      this.#creditMs -= heardMs;
    }
    this.#creditMs = Math.min(this.#creditMs, SLACK_MS);
  }

  #add(start, end) {
    const apart = ([otherStart, otherEnd]) => otherEnd < start || otherStart > end;
    const touching = this.#intervals.filter((interval) => !apart(interval));
    const merged = [Math.min(start, ...touching.map(([s]) => s)), Math.max(end, ...touching.map(([, e]) => e))];
    this.#intervals = [...this.#intervals.filter(apart), merged];
  }
}
