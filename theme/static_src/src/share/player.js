import { ListenedTime } from "../player/listened_time.js";

/** A little less than the server's, which counts from when it made the page. */
const FRESH_MS = 9 * 60_000;
const LONGEST_NEEDED_MS = 4 * 60_000;

/** The link leads nowhere any more, or wants its password again. */
export class Gone extends Error {}

/**
 * Plays the tracks of a link, one after the other, without a DOM.
 *
 * Addresses of sounds end after minutes and are good for one play: the page brings the first of each track, `renew(id)`
 * answers another or throws Gone. `tell(sound, playedMs)` is called once a play, when enough was heard for it to count.
 * It speaks to the media session like the engine of the member's player does, with the events load, change, playing and
 * time, and `album`, the name of the one whose tracks they are; `trouble` carries "gone" or "failed".
 */
export class SharedPlayer extends EventTarget {
  #audio;
  #tracks;
  #renew;
  #tell;
  #clock;
  #madeAt;
  #index = -1;
  #turn = 0;
  #play = null;

  constructor({ audio, tracks, renew, tell, album = "", clock = () => performance.now() }) {
    super();
    this.album = album;
    this.#audio = audio;
    this.#tracks = tracks.map((track) => ({ ...track }));
    this.#renew = renew;
    this.#tell = tell;
    this.#clock = clock;
    this.#madeAt = clock();
    this.#follow();
  }

  /** Of a page that was fetched later: the addresses that it brought are not counted on. */
  append(tracks) {
    this.#tracks.push(...tracks.map((track) => ({ ...track, sound: "" })));
  }

  get isLast() {
    return this.#index === this.#tracks.length - 1;
  }

  get track() {
    return this.#tracks[this.#index] ?? null;
  }

  get index() {
    return this.#index;
  }

  get isPlaying() {
    return Boolean(this.track) && !this.#audio.paused;
  }

  get durationMs() {
    return this.track?.durationMs ?? 0;
  }

  get positionMs() {
    return this.#audio.currentTime * 1000;
  }

  /** From its beginning; the one that is loaded is paused, or goes on. */
  choose(index) {
    if (index === this.#index && this.#play) this.toggle();
    else this.#load(index);
  }

  toggle() {
    if (!this.#play) this.#load(Math.max(0, this.#index));
    else if (this.isPlaying) this.pause();
    else this.#start();
  }

  pause() {
    this.#audio.pause();
  }

  next() {
    if (this.#index + 1 < this.#tracks.length) this.#load(this.#index + 1);
  }

  /** Near the beginning the track before, later the beginning itself. */
  previous() {
    if (this.positionMs > 3000 || this.#index < 1) this.seek(0);
    else this.#load(this.#index - 1);
  }

  seek(ms) {
    if (this.#play) this.#audio.currentTime = Math.min(Math.max(0, ms), this.durationMs) / 1000;
  }

  seekBy(ms) {
    this.seek(this.positionMs + ms);
  }

  #follow() {
    const on = (type, listener) => this.#audio.addEventListener(type, listener);
    on("timeupdate", () => this.#hear());
    on("playing", () => this.#say("playing"));
    for (const type of ["play", "pause", "emptied"]) on(type, () => this.#say("change"));
    for (const type of ["pause", "seeking", "waiting", "emptied"]) on(type, () => this.#play?.time.breakOff());
    on("ended", () => this.#end());
    on("error", () => this.#mend());
  }

  #load(index) {
    this.#index = index;
    this.#play = null;
    this.#audio.pause();
    this.#say("load");
    const { track } = this;
    const ready = this.#clock() - this.#madeAt < FRESH_MS ? track.sound : "";
    track.sound = "";
    // At once where it can be: some browsers play only what was asked for in the very moment of the click.
    if (ready) this.#begin(ready);
    else this.#ask((sound) => this.#begin(sound));
  }

  #begin(sound) {
    this.#play = { sound, time: new ListenedTime(), isTold: false, isMending: false };
    this.#audio.src = sound;
    this.#start();
  }

  #start() {
    // Refused or overtaken by another: the buttons show that nothing plays, and "error" tells of what is broken.
    this.#audio.play()?.catch(() => {});
  }

  /** Calls back with another address for the track, unless something else was chosen meanwhile. */
  async #ask(then) {
    const turn = ++this.#turn;
    try {
      const sound = await this.#renew(this.track.id);
      if (turn === this.#turn) then(sound);
    } catch (error) {
      if (turn === this.#turn) this.#say("trouble", error instanceof Gone ? "gone" : "failed");
    }
  }

  /** An address that ended while it played, or a lost connection: once more from the same place. */
  #mend() {
    const play = this.#play;
    if (!play) return;
    if (play.isMending) {
      this.#play = null;
      this.#say("trouble", "failed");
      return;
    }
    play.isMending = true;
    const at = this.#audio.currentTime;
    this.#ask((sound) => {
      if (play !== this.#play) return;
      this.#audio.src = sound;
      this.#audio.currentTime = at;
      this.#start();
    });
  }

  #hear() {
    this.#say("time");
    const play = this.#play;
    if (!play || this.#audio.paused || this.#audio.seeking) return;
    play.isMending = false;
    play.time.hear(this.positionMs, this.#clock(), this.#audio.playbackRate);
    const { playedMs } = play.time;
    if (play.isTold || playedMs < Math.min(this.durationMs / 2, LONGEST_NEEDED_MS)) return;
    play.isTold = true;
    this.#tell(play.sound, playedMs);
  }

  #end() {
    this.#play = null;
    if (this.#index + 1 < this.#tracks.length) this.next();
    else this.#say("change");
  }

  #say(type, detail = null) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
