export const REPEAT_MODES = ["off", "all", "one"];

/**
 * The list one pressed play in, and where in it we are. Never changed: every verb answers
 * with another Queue, or with null where there is nowhere to go.
 *
 * `tracks` stays in the order of the page. `order` holds indexes into it: shuffling is a
 * second ordering, so switching it off finds the page's order again.
 *
 * What a radio added begins at `radio.from` in `tracks`; `radio` also says where it came from, and `href` where more is.
 * A track that was added from another list has an `origin` of its own.
 */
export class Queue {
  constructor({ tracks = [], order, position = 0, isShuffled = false, repeat = "off", source = "", sourceLabel = "", sourceHref = "", radio = null } = {}) {
    this.tracks = tracks;
    this.order = order ?? tracks.map((_, index) => index);
    this.position = position;
    this.isShuffled = isShuffled;
    this.repeat = repeat;
    this.source = source;
    this.sourceLabel = sourceLabel;
    this.sourceHref = sourceHref;
    this.radio = radio;
    Object.freeze(this);
  }

  /** `origin.radio` is for a list that is the beginning of a radio. */
  static of(tracks, index = 0, { radio = null, ...origin } = {}) {
    return new Queue({ ...origin, tracks, position: index, radio: radio && { ...radio, from: tracks.length } });
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

  /** Where the current track comes from. */
  get origin() {
    return this.originOf(this.order[this.position]);
  }

  /** Of a track by its index: another list that it was added from, the list, or the radio that went on after it. */
  originOf(index) {
    return this.tracks[index]?.origin ?? (this.radio && index >= this.radio.from ? this.radio : this);
  }

  /** How many tracks follow the current one before the list ends or begins again. */
  get left() {
    return Math.max(0, this.order.length - 1 - this.position);
  }

  get hasNext() {
    return this.next() !== null;
  }

  get hasPrevious() {
    return this.previous() !== null;
  }

  /** The same list from the same place, in whatever order and at whatever track. */
  isSameListAs({ source, tracks }) {
    const own = this.tracks.slice(0, this.radio?.from);
    return this.source === source && own.length === tracks.length && own.every(({ id }, index) => id === tracks[index].id);
  }

  /** These at the end, after what is there in whatever order. */
  continued(tracks, radio) {
    const added = tracks.map((_, index) => this.tracks.length + index);
    return this.#with({ tracks: [...this.tracks, ...tracks], order: [...this.order, ...added], radio: { ...radio, from: this.#ownEnd } });
  }

  /** These right after the current track. */
  withNext(tracks) {
    return this.#inserted(tracks, this.#place + 1, this.position + 1);
  }

  /** These after all that was chosen, and before what a radio has added and is still to come. */
  withLast(tracks) {
    const fromRadio = this.order.slice(this.position + 1).filter((index) => index >= this.#ownEnd).length;
    return this.#inserted(tracks, Math.max(this.#ownEnd, this.#place + 1), this.order.length - fromRadio);
  }

  /** Without the track at that position of the order; what follows the current one takes its place. Null when none is left. */
  without(position) {
    const index = this.order[position];
    if (this.tracks.length <= 1) return null;
    const order = this.order.toSpliced(position, 1).map((each) => each - (each > index));
    const at = Math.min(this.position - (position < this.position), order.length - 1);
    return this.#with({ tracks: this.tracks.toSpliced(index, 1), order, position: at, radio: this.#radioMoved(-(index < this.#ownEnd)) });
  }

  /** Without the tracks of these ids; what follows the current one takes its place. Null when none is left. */
  withoutAll(ids) {
    const places = new Map();
    this.tracks.forEach(({ id }, index) => ids.has(id) || places.set(index, places.size));
    if (!places.size) return null;
    const stay = (order) => order.filter((index) => places.has(index));
    const order = stay(this.order);
    const at = Math.min(stay(this.order.slice(0, this.position)).length, order.length - 1);
    const goneOfOwn = this.tracks.slice(0, this.#ownEnd).filter(({ id }) => ids.has(id)).length;
    return this.#with({
      tracks: stay([...this.tracks.keys()]).map((index) => this.tracks[index]),
      order: order.map((index) => places.get(index)),
      position: at,
      radio: this.#radioMoved(-goneOfOwn),
    });
  }

  /** The track at one position of the order at another one; the current track stays the current one. */
  moved(from, to) {
    const order = this.order.toSpliced(from, 1);
    order.splice(to, 0, this.order[from]);
    const position = order.indexOf(this.order[this.position]);
    return this.isShuffled ? this.#with({ order, position }) : this.#inOrder(order, position, from, to);
  }

  /**
   * With what is gone since an earlier state, and without what was put into that by hand; the current track stays the
   * current one, and what was still to come is to come again. A queue that has nothing of the earlier one stays as it is.
   */
  withBack(earlier) {
    const had = new Set(earlier.tracks);
    if (!this.tracks.some((track) => had.has(track))) return this;
    const { current } = this;
    const stays = (track, index) => had.has(track) || track === current || (index >= this.#ownEnd && !track.origin);
    const staying = new Set(this.tracks.filter(stays));
    const listed = merged(this.#listed.filter((track) => staying.has(track)), earlier.#listed, current, earlier.position);
    const tracks = this.isShuffled ? merged([...staying], earlier.tracks) : listed;
    const places = new Map(tracks.map((track, index) => [track, index]));
    const order = listed.map((track) => places.get(track));
    return this.#with({ tracks, order, position: listed.indexOf(current), radio: this.#radioBack(tracks, earlier) });
  }

  /** The current track alone. */
  cleared() {
    const { current } = this;
    return this.#with({ tracks: current ? [current] : [], order: undefined, position: 0, radio: null });
  }

  jump(position) {
    return position in this.order ? this.#with({ position }) : null;
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

  get #listed() {
    return this.order.map((index) => this.tracks[index]);
  }

  get #place() {
    return this.order[this.position] ?? -1;
  }

  get #ownEnd() {
    return this.radio?.from ?? this.tracks.length;
  }

  #inserted(tracks, index, position) {
    const added = tracks.map((_, offset) => index + offset);
    const order = this.order.map((each) => (each < index ? each : each + tracks.length)).toSpliced(position, 0, ...added);
    const isOwn = index <= this.#ownEnd;
    return this.#with({ tracks: this.tracks.toSpliced(index, 0, ...tracks), order, radio: this.#radioMoved(isOwn ? tracks.length : 0) });
  }

  /** Not shuffled, the order is the tracks' own. */
  #inOrder(order, position, from, to) {
    const crosses = Number(from >= this.#ownEnd && to < this.#ownEnd) - Number(from < this.#ownEnd && to >= this.#ownEnd);
    return this.#with({ tracks: order.map((index) => this.tracks[index]), order: undefined, position, radio: this.#radioMoved(crosses) });
  }

  #radioMoved(by) {
    return this.radio && { ...this.radio, from: this.radio.from + by };
  }

  #radioBack(tracks, earlier) {
    const { radio, tracks: of } = this.radio ? this : earlier;
    const from = tracks.indexOf(of[radio?.from]);
    return radio && { ...radio, from: from < 0 ? tracks.length : from };
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

/** `list` with what it lacks of `earlier`, each after what it follows there; what follows `position` there also follows `current`. */
function merged(list, earlier, current, position = earlier.length) {
  const places = new Map(list.map((track, index) => [track, index + 1]));
  const lacking = Array.from({ length: list.length + 1 }, () => []);
  let place = 0;
  for (const [at, track] of earlier.entries()) {
    place = places.get(track) ?? place;
    if (!places.has(track)) lacking[at > position ? Math.max(place, places.get(current)) : place].push(track);
  }
  return lacking.flatMap((run, index) => (index ? [list[index - 1], ...run] : run));
}
