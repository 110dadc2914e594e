import { fadeBetween } from "./fade.js";
import { Queue } from "./queue.js";
import { gettext, SIGNED_OUT } from "../words.js";

const RESTART_AFTER_MS = 3_000;
const RETRY_AFTER_MS = 800;
const LONGEST_RETRY_MS = 30_000;
const PREPARE_BEFORE_MS = 20_000;
const MAX_FAILURES_IN_A_ROW = 3;

/**
 * Plays a queue through one audio element that no page owns. No other DOM in here.
 *
 * Events, all with `detail.positionMs`, `rate` and `isSounding`:
 *   load (plus track, source)   another play begins: a new track, or the same one again
 *   playing / tick / halt       sound starts / has advanced / has stopped short of the end
 *   jump                        sent before the position is changed by hand
 *   ended / leave               the play is over: heard to the end / replaced before it
 *   message (plus text)         something to tell the listener; "" takes it back
 *   adopt (plus queue)          what follows is a queue that another tab has arranged, or this one left
 *   handed                      the play goes on in another tab
 *   change / time               anything to repaint / only the clock
 */
export class Engine extends EventTarget {
  #audio;
  #wait;
  #troubleWith;
  #queue = new Queue();
  #resumeAtMs = null;
  #isWaiting = false;
  #isBlocked = false;
  #retries = 0;
  #retryNow = null;
  #failures = 0;
  #turn = 0;
  #other = null;
  stopsAfterTrack = false;
  crossfadeMs = 0;

  /** `troubleWith(src)` answers why a source fails: "gone", "expired", "away" or "broken". */
  constructor({ audio, troubleWith, wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }) {
    super();
    this.#audio = audio;
    this.#wait = wait;
    this.#troubleWith = troubleWith;
    const on = (type, handle) => audio.addEventListener(type, handle);
    on("loadedmetadata", () => this.#settle());
    on("playing", () => this.#playing());
    on("timeupdate", () => this.#tick());
    on("pause", () => this.#halt());
    on("waiting", () => this.#stall());
    on("ended", () => this.#ended());
    on("error", () => this.#failed());
    for (const type of ["play", "durationchange", "volumechange", "seeked"]) on(type, () => this.#emit("change"));
  }

  get queue() {
    return this.#queue;
  }

  get track() {
    return this.#queue.current;
  }

  /** The rows of an album's own page do not say which it is. */
  get album() {
    const { source, sourceLabel } = this.#queue.origin;
    return this.track?.album || (source.startsWith("album:") ? sourceLabel : "");
  }

  get isPlaying() {
    return Boolean(this.track) && !this.#audio.paused;
  }

  get isElsewhere() {
    return this.#other !== null;
  }

  /** In this tab or in another one. */
  get isHeard() {
    return this.isPlaying || this.isElsewhere;
  }

  get isLoading() {
    return this.#other?.isLoading ?? (this.isPlaying && this.#isWaiting);
  }

  get positionMs() {
    return this.#other?.positionMs ?? this.#resumeAtMs ?? this.#audio.currentTime * 1000;
  }

  get durationMs() {
    const { duration } = this.#audio;
    return Number.isFinite(duration) && duration > 0 ? duration * 1000 : (this.track?.durationMs ?? 0);
  }

  get volume() {
    return this.#audio.volume;
  }

  get isMuted() {
    return this.#audio.muted;
  }

  /** Repeat stays as it was set, whatever list is played next; so does shuffle, unless it is asked for or refused. */
  play(queue, { isShuffled = this.#queue.isShuffled } = {}) {
    if (queue.isEmpty) return;
    const repeating = queue.repeating(this.#queue.repeat);
    this.#failures = 0;
    this.#begin(isShuffled ? repeating.shuffle() : repeating);
  }

  /** False where there is nothing left to go on with: nothing was played, or everything to its end. */
  get canGoOn() {
    return Boolean(this.track) && (this.isHeard || this.positionMs > 0 || this.#queue.hasNext);
  }

  /** Adds to the end of what is played; nothing that sounds changes. */
  append(tracks, radio) {
    this.#rearrange(this.#queue.continued(tracks, radio));
  }

  /** Right after the current track; where nothing is played they begin at once. */
  playNext(tracks) {
    this.#add(tracks, (queue) => queue.withNext(tracks));
  }

  /** After all that was chosen. */
  enqueue(tracks) {
    this.#add(tracks, (queue) => queue.withLast(tracks));
  }

  #add(tracks, put) {
    if (!this.track) return this.play(Queue.of(tracks, 0, tracks[0]?.origin), { isShuffled: false });
    this.#rearrange(put(this.#queue));
  }

  /** Plays the track at that position of the queue's order. */
  jump(position) {
    const queue = this.#queue.jump(position);
    if (queue) this.#begin(queue);
  }

  move(from, to) {
    this.#rearrange(this.#queue.moved(from, to));
  }

  /** What plays goes on, unless it is what is removed: then the next one plays, or waits where this one waited. */
  remove(position) {
    const queue = this.#queue.without(position);
    if (!queue) return;
    if (position !== this.#queue.position) return this.#rearrange(queue);
    const { isPlaying } = this;
    this.#load(queue);
    if (isPlaying) this.#sound();
  }

  /** What plays goes on, unless it is one of these: then the next one plays, or waits where there is none or this waited. */
  removeAll(ids) {
    if (!this.#queue.tracks.some(({ id }) => ids.has(id))) return;
    const queue = this.#queue.withoutAll(ids);
    if (!queue) return this.pause();
    if (!ids.has(this.track.id)) return this.#rearrange(queue);
    const { isPlaying } = this;
    const hasNext = this.#queue.order.slice(this.#queue.position).some((index) => !ids.has(this.#queue.tracks[index].id));
    this.#load(queue);
    if (isPlaying && hasNext) this.#sound();
    else this.#audio.pause();
  }

  /** Everything but what plays. */
  clear() {
    this.#rearrange(this.#queue.cleared());
  }

  /** An earlier state of the queue: as it was, or, where another track plays by now, what is gone of it. */
  putBack(queue) {
    this.#rearrange(queue.current?.id === this.track?.id ? queue : this.#queue.withBack(queue));
  }

  #rearrange(queue) {
    this.#queue = queue;
    this.#emit("change");
  }

  /** The queue as another tab has arranged it. What plays here plays on, unless another track is to by now. */
  adopt(queue) {
    const { isPlaying } = this;
    this.#emit("adopt", { queue });
    if (queue.current.id === this.track?.id) return this.#rearrange(queue);
    this.#load(queue);
    if (isPlaying) this.#sound();
  }

  /** Another tab plays this queue: `other` has its isLoading, positionMs, pause() and seek(positionMs). */
  watch(other) {
    if (!this.#other) this.#emit("handed");
    this.#other = other;
    this.#emit("change");
  }

  /** It does no more, and came that far. */
  unwatch(positionMs = this.positionMs) {
    this.#other = null;
    this.seek(positionMs);
    this.#emit("change");
  }

  /** Goes on here; the other tab hears of it. */
  takeOver() {
    this.unwatch();
    this.#sound();
  }

  /** Shows the queue's track paused at the position; no sound. */
  restore(queue, positionMs) {
    this.#emit("adopt", { queue });
    this.#load(queue, positionMs);
  }

  toggle() {
    if (!this.track) return;
    if (this.isHeard) this.pause();
    else this.#sound();
  }

  pause() {
    this.#other?.pause();
    this.#audio.pause();
  }

  next() {
    const next = this.#queue.next();
    if (next) this.#begin(next);
  }

  previous() {
    const previous = this.#queue.previous();
    if (this.positionMs > RESTART_AFTER_MS || !previous) this.seek(0);
    else this.#begin(previous);
  }

  seek(positionMs) {
    if (!this.track) return;
    const target = Math.max(0, Math.min(positionMs, this.durationMs || positionMs));
    if (this.#other) return this.#other.seek(target);
    this.#emit("jump");
    if (this.#audio.readyState > 0) this.#audio.currentTime = target / 1000;
    else this.#resumeAtMs = target;
    this.#emit("time");
  }

  seekBy(deltaMs) {
    this.seek(this.positionMs + deltaMs);
  }

  setVolume(volume) {
    this.#audio.volume = Math.max(0, Math.min(1, volume));
    this.#audio.muted = false;
  }

  setMuted(isMuted) {
    this.#audio.muted = isMuted;
  }

  toggleMute() {
    this.setMuted(!this.isMuted);
  }

  toggleShuffle() {
    this.#rearrange(this.#queue.isShuffled ? this.#queue.unshuffle() : this.#queue.shuffle());
  }

  setRepeat(repeat) {
    this.#rearrange(this.#queue.repeating(repeat));
  }

  #begin(queue) {
    this.#other = null;
    this.#load(queue);
    this.#sound();
  }

  #load(queue, positionMs = 0, fadeMs = 0) {
    if (this.track && !fadeMs && !this.#audio.ended) this.#emit("leave");
    this.#turn++;
    this.#queue = queue;
    this.#resumeAtMs = positionMs || null;
    this.#retries = 0;
    this.#isWaiting = false;
    if (fadeMs) this.#audio.fadeToReady(fadeMs / 1000);
    else this.#audio.src = this.track.src;
    this.#emit("load", { track: this.track, source: queue.origin.source });
    this.#emit("change");
  }

  async #sound() {
    const turn = this.#turn;
    this.#isWaiting = true;
    if (this.#audio.error) this.#audio.load();
    try {
      await this.#audio.play();
    } catch (error) {
      // Other rejections are our own pause or next track, or come with an error event.
      if (turn === this.#turn && error.name === "NotAllowedError") this.#block();
    }
    this.#emit("change");
  }

  #block() {
    this.#isBlocked = true;
    this.#say(gettext("Press play to continue"));
  }

  #settle() {
    if (this.#resumeAtMs !== null) this.#audio.currentTime = this.#resumeAtMs / 1000;
    this.#resumeAtMs = null;
    this.#emit("change");
  }

  #playing() {
    if (this.#isBlocked || this.#retries > 1) this.#say("");
    this.#isWaiting = this.#isBlocked = false;
    this.#failures = this.#retries = 0;
    this.#emit("playing");
    this.#emit("change");
  }

  #tick() {
    if (this.#isSounding) this.#emit("tick");
    if (this.#leftMs < PREPARE_BEFORE_MS + this.crossfadeMs) this.#prepare();
    this.#emit("time");
    if (this.crossfadeMs && this.#isSounding && !this.stopsAfterTrack) this.#fade();
  }

  /** From here on what is heard is the next track's, lest a second that two tracks share be counted for both. */
  #fade() {
    const following = this.#queue.following();
    const fadeMs = following ? Math.min(this.#leftMs, fadeBetween(this.#queue, following, this.crossfadeMs)) : 0;
    if (!fadeMs || this.#leftMs > fadeMs || !this.#audio.isReady(following.current.src)) return;
    this.#emit("ended");
    this.#load(following, 0, fadeMs);
    this.#sound();
  }

  get #leftMs() {
    return this.durationMs - this.positionMs;
  }

  #prepare() {
    const { current } = this.#queue.following() ?? {};
    if (current && current.src !== this.track?.src) this.#audio.prepare(current.src);
  }

  #halt() {
    // The browser pauses at the end too, just before it says so.
    if (!this.#audio.ended) this.#emit("halt", { isSounding: !this.#audio.seeking });
    this.#emit("change");
  }

  #stall() {
    this.#isWaiting = true;
    this.#emit("change");
  }

  /**
   * The next source is set in here, within the event: a phone's locked screen allows no later
   * moment. At the end of the queue the same track lies ready again, for another play.
   */
  #ended() {
    this.#emit("ended", { isSounding: true });
    const following = this.#queue.following();
    const isToStop = this.stopsAfterTrack;
    this.stopsAfterTrack = false;
    if (following && !isToStop) this.#begin(following);
    else this.#load(following ?? this.#queue);
  }

  /** The network is back: whoever waits for it need not wait any longer. */
  retry() {
    this.#retryNow?.();
  }

  /** Once more at once, and then as long as nobody answers, ever less often; the place is kept all the while. */
  async #failed() {
    if (!this.track || !this.#audio.error) return;
    const turn = this.#turn;
    this.#emit("jump");
    this.#resumeAtMs = this.positionMs || null;
    const trouble = this.#retries ? await this.#troubleWith(this.track.src) : "away";
    if (turn !== this.#turn || !this.#audio.error) return;
    if (trouble === "expired") return this.#askToSignIn();
    if (trouble !== "away" || (this.#retries && !this.isPlaying)) return this.#giveUp(trouble);
    if (this.#retries === 1) this.#say(gettext("The connection is lost. The music goes on as soon as it is back."));
    await this.#pauseBeforeRetry();
    if (turn !== this.#turn || !this.#audio.error) return;
    if (this.isPlaying) this.#sound();
    else this.#audio.load();
  }

  #pauseBeforeRetry() {
    const now = new Promise((resolve) => (this.#retryNow = resolve));
    return Promise.race([now, this.#wait(Math.min(RETRY_AFTER_MS * 2 ** this.#retries++, LONGEST_RETRY_MS))]);
  }

  #askToSignIn() {
    if (this.isPlaying) this.#say(SIGNED_OUT);
    this.#audio.pause();
  }

  /** What is gone leaves the queue as well. */
  #giveUp(trouble) {
    if (!this.isPlaying) return;
    const { track } = this;
    const next = ++this.#failures < MAX_FAILURES_IN_A_ROW ? this.#queue.next() : null;
    if (next) this.#begin(next);
    else this.#audio.pause();
    if (trouble === "gone" && this.track.id !== track.id) this.#rearrange(this.#queue.withoutAll(new Set([track.id])));
    this.#say(gettext("“%(title)s” could not be played", { title: track.title }));
  }

  get #isSounding() {
    return this.isPlaying && !this.#audio.seeking;
  }

  #say(text) {
    this.#emit("message", { text });
  }

  #emit(type, extra = {}) {
    const detail = { positionMs: this.positionMs, rate: this.#audio.playbackRate, isSounding: this.#isSounding, ...extra };
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
