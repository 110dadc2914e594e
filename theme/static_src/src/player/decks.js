const FORWARDED = [
  "loadedmetadata", "playing", "timeupdate", "pause", "waiting", "ended", "error", "play", "durationchange", "seeked",
];
const HAVE_FUTURE_DATA = 3;

/**
 * Two audio elements that look like one: while the first plays, the second gets the next track ready, and takes over when
 * that is what is asked for. So the gap between two tracks is not the time of a request. While one fades into the other
 * both sound, and only the later one is spoken of.
 *
 * Where a browser lets only the element play that was pressed (iOS), that one goes on with the other's source.
 */
export class Decks extends EventTarget {
  #active;
  #standby;
  #prepared = "";
  #hasSwapped = false;
  #fadeSeconds = 0;
  #volume = 1;
  #level = 1;

  constructor(makeAudio) {
    super();
    [this.#active, this.#standby] = [makeAudio(), makeAudio()];
    for (const deck of [this.#active, this.#standby]) {
      for (const type of FORWARDED) deck.addEventListener(type, () => deck === this.#active && this.#tell(type));
      deck.addEventListener("timeupdate", () => this.#blend());
    }
  }

  get elements() {
    return [this.#active, this.#standby];
  }

  /** iOS leaves the volume to its own buttons. */
  get canFade() {
    const before = this.#standby.volume;
    this.#standby.volume = 0.5;
    const isObeyed = this.#standby.volume === 0.5;
    this.#standby.volume = before;
    return isObeyed;
  }

  /** Fetches what will probably be played next, once the element for it is free. */
  prepare(src) {
    if (this.#prepared === src || this.#fadeSeconds) return;
    this.#prepared = src;
    this.#standby.preload = "auto";
    this.#standby.src = src;
  }

  /** Could it sound at once? */
  isReady(src) {
    return this.#prepared === src && !this.#standby.error && this.#standby.readyState >= HAVE_FUTURE_DATA;
  }

  /** As setting `src` to what is ready, but what sounds goes on beneath it, and fades. */
  fadeToReady(seconds) {
    this.#hasSwapped = true;
    this.#swap();
    this.#fadeSeconds = seconds;
    this.#blendOften();
  }

  get src() {
    return this.#active.src;
  }

  set src(src) {
    this.#endFade();
    const isReady = this.#prepared === src && !this.#standby.error && this.#standby.readyState > 0;
    this.#hasSwapped = isReady;
    if (!isReady) this.#active.src = src;
    else this.#change();
  }

  load() {
    this.#active.load();
  }

  async play() {
    try {
      if (this.#fadeSeconds && this.#standby.paused) this.#standby.play().catch(() => {});
      await this.#active.play();
    } catch (error) {
      if (error.name !== "NotAllowedError" || !this.#hasSwapped) throw error;
      const { src } = this.#active;
      this.#hasSwapped = false;
      this.#endFade();
      this.#change();
      this.#active.src = src;
      await this.#active.play();
    }
  }

  pause() {
    this.#active.pause();
    if (this.#fadeSeconds) this.#standby.pause();
  }

  get currentTime() {
    return this.#active.currentTime;
  }

  set currentTime(seconds) {
    this.#endFade();
    this.#active.currentTime = seconds;
  }

  get volume() {
    return this.#volume;
  }

  set volume(volume) {
    this.#volume = volume;
    this.#sound();
    this.#tell("volumechange");
  }

  /** What share of the volume is heard: less than all of it while the music falls asleep. */
  set level(level) {
    if (level === this.#level) return;
    this.#level = level;
    this.#sound();
  }

  get muted() {
    return this.#active.muted;
  }

  set muted(isMuted) {
    for (const deck of this.elements) deck.muted = isMuted;
    this.#tell("volumechange");
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

  #change() {
    this.#swap();
    silence(this.#standby);
  }

  /** What the other element had to say while nobody listened is said again, once whoever set the source is done. */
  #swap() {
    const former = this.#active;
    [this.#active, this.#standby] = [this.#standby, former];
    this.#prepared = "";
    queueMicrotask(() => this.#active !== former && this.#active.readyState > 0 && this.#tell("loadedmetadata"));
  }

  /** Equally loud together all the way (the squares add up to one); where the later one waits for data, so does the fade. */
  #blend() {
    if (!this.#fadeSeconds) return;
    const share = this.#active.currentTime / this.#fadeSeconds;
    if (share >= 1) return this.#endFade();
    this.#active.volume = this.#loudest * Math.sin((share * Math.PI) / 2);
    this.#standby.volume = this.#loudest * Math.cos((share * Math.PI) / 2);
  }

  /** A hidden page has no frames: there it goes by the elements' own four times a second. */
  #blendOften() {
    this.#blend();
    if (this.#fadeSeconds) globalThis.requestAnimationFrame?.(() => this.#blendOften());
  }

  #endFade() {
    if (!this.#fadeSeconds) return;
    this.#fadeSeconds = 0;
    silence(this.#standby);
    this.#sound();
  }

  #sound() {
    for (const deck of this.elements) deck.volume = this.#loudest;
    this.#blend();
  }

  get #loudest() {
    return this.#volume * this.#level;
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}

function silence(deck) {
  deck.pause();
  deck.removeAttribute("src");
  deck.load();
}
