const FORWARDED = [
  "loadedmetadata", "playing", "timeupdate", "pause", "waiting", "ended", "error", "play", "durationchange", "volumechange", "seeked",
];

/**
 * Two audio elements that look like one: while the first plays, the second gets the next track ready, and takes over when
 * that is what is asked for. So the gap between two tracks is not the time of a request.
 *
 * Where a browser lets only the element play that was pressed (iOS), that one goes on with the other's source.
 */
export class Decks extends EventTarget {
  #active;
  #standby;
  #prepared = "";
  #hasSwapped = false;

  constructor(makeAudio) {
    super();
    [this.#active, this.#standby] = [makeAudio(), makeAudio()];
    for (const deck of [this.#active, this.#standby]) {
      for (const type of FORWARDED) deck.addEventListener(type, () => deck === this.#active && this.#tell(type));
    }
  }

  get elements() {
    return [this.#active, this.#standby];
  }

  /** Fetches what will probably be played next. */
  prepare(src) {
    if (this.#prepared === src) return;
    this.#prepared = src;
    this.#standby.preload = "auto";
    this.#standby.src = src;
  }

  get src() {
    return this.#active.src;
  }

  set src(src) {
    const isReady = this.#prepared === src && !this.#standby.error && this.#standby.readyState > 0;
    this.#hasSwapped = isReady;
    if (isReady) this.#swap();
    else this.#active.src = src;
  }

  load() {
    this.#active.load();
  }

  async play() {
    try {
      await this.#active.play();
    } catch (error) {
      if (error.name !== "NotAllowedError" || !this.#hasSwapped) throw error;
      const { src } = this.#active;
      this.#hasSwapped = false;
      this.#swap();
      this.#active.src = src;
      await this.#active.play();
    }
  }

  pause() {
    this.#active.pause();
  }

  get currentTime() {
    return this.#active.currentTime;
  }

  set currentTime(seconds) {
    this.#active.currentTime = seconds;
  }

  get volume() {
    return this.#active.volume;
  }

  set volume(volume) {
    for (const deck of this.elements) deck.volume = volume;
  }

  get muted() {
    return this.#active.muted;
  }

  set muted(isMuted) {
    for (const deck of this.elements) deck.muted = isMuted;
  }

  get duration() {
    return this.#active.duration;
  }

  get readyState() {
    return this.#active.readyState;
  }

  get paused() {
    return this.#active.paused;
  }

  get ended() {
    return this.#active.ended;
  }

  get seeking() {
    return this.#active.seeking;
  }

  get error() {
    return this.#active.error;
  }

  get playbackRate() {
    return this.#active.playbackRate;
  }

  /** What the other element had to say while nobody listened is said again, once whoever set the source is done. */
  #swap() {
    const former = this.#active;
    [this.#active, this.#standby] = [this.#standby, former];
    this.#prepared = "";
    former.pause();
    former.removeAttribute("src");
    former.load();
    queueMicrotask(() => this.#active !== former && this.#active.readyState > 0 && this.#tell("loadedmetadata"));
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}
