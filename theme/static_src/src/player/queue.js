export const REPEAT_MODES = ["off", "all", "one"];

/**
 * The list one pressed play in, and where in it we are. Never changed: every verb answers
 * with another Queue, or with null where there is nowhere to go.
 *
 * `tracks` stays in the order of the page. `order` holds indexes into it: shuffling is a
 * second ordering, so switching it off finds the page's order again.
 */
export class Queue {
  constructor({ tracks = [], order, position = 0, isShuffled = false, repeat = "off", source = "", sourceLabel = "", sourceHref = "" } = {}) {
    this.tracks = tracks;
    this.order = order ?? tracks.map((_, index) => index);
    this.position = position;
    this.isShuffled = isShuffled;
    this.repeat = repeat;
    this.source = source;
    this.sourceLabel = sourceLabel;
    this.sourceHref = sourceHref;
    Object.freeze(this);
  }

  static of(tracks, index = 0, origin = {}) {
    return new Queue({ ...origin, tracks, position: index });
  }

  /** Throws TypeError when the JSON is not a queue. */
  static fromJSON(json) {
    const { tracks, order, position } = json;
    const isWhole = tracks.length === order.length && order.every((index) => index in tracks) && position in order;
    if (!isWhole) throw new TypeError("not a queue");
    return new Queue(json);
  }

  get current() {
    return this.tracks[this.order[this.position]] ?? null;
  }

  get isEmpty() {
    return this.tracks.length === 0;
  }

  get hasNext() {
    return this.next() !== null;
  }

  get hasPrevious() {
    return this.previous() !== null;
  }

  /** The same list from the same place, in whatever order and at whatever track. */
  isSameListAs({ source, tracks }) {
    return this.source === source && this.tracks.length === tracks.length && this.tracks.every(({ id }, index) => id === tracks[index].id);
  }

  /** What a press on Next leads to. Repeating one track does not hold anybody in it. */
  next() {
    return this.#at(this.position + 1);
  }

  previous() {
    return this.#at(this.position - 1);
  }

  /** What follows when the current track has played to its end. */
  following() {
    return this.repeat === "one" && !this.isEmpty ? this : this.next();
  }

  /** The current track first, the others in random order (Fisher-Yates). */
  shuffle(random = Math.random) {
    const current = this.order[this.position];
    const others = this.tracks.map((_, index) => index).filter((index) => index !== current);
    for (let last = others.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [others[last], others[other]] = [others[other], others[last]];
    }
    return this.#with({ order: this.isEmpty ? [] : [current, ...others], position: 0, isShuffled: true });
  }

  unshuffle() {
    return this.#with({ order: undefined, position: this.order[this.position] ?? 0, isShuffled: false });
  }

  repeating(repeat) {
    return this.#with({ repeat });
  }

  #at(position) {
    const count = this.order.length;
    if (position in this.order) return this.#with({ position });
    return this.repeat === "off" || count === 0 ? null : this.#with({ position: (position + count) % count });
  }

  #with(changes) {
    return new Queue({ ...this, ...changes });
  }
}
