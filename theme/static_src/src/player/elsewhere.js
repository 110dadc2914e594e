import { Queue } from "./queue.js";

const SAY_EVERY_MS = 4_000;
const SILENT_AFTER_MS = 12_000;
const PAINT_EVERY_MS = 500;

/**
 * All tabs of a person are one player: they share the queue, the volume and the sleep timer, and show what one of them
 * plays, which says every few seconds how far it is. From any of them it is paused, sought in and rearranged there, or
 * gone on with here.
 *
 * Messages, all with `user` and `tab`:
 *   asking                            how are things?
 *   playing (trackId, positionMs, isLoading)   something sounds in that tab
 *   silent (positionMs)               no more
 *   pause / seek (positionMs)         to the tab that plays
 *   shared (volume, isMuted, sleep, queue, since, isPlaying)   so they are by now; `queue` where it is another one than
 *                                     when the track `since` was the current one
 */
export class Elsewhere {
  #engine;
  #sleepTimer;
  #channel;
  #userId;
  #later;
  #every;
  #now;
  #tab;
  #timer = null;
  #painting = null;
  #saidAt = null;
  #isAlone = true;
  #isDue = false;
  #queue;
  #knobs;
  #playing = null;

  constructor({ engine, sleepTimer, channel, userId, tab = Math.random(), later = (run, ms) => setTimeout(run, ms), every = (run, ms) => setInterval(run, ms), now = () => performance.now() }) {
    [this.#engine, this.#sleepTimer, this.#channel, this.#userId] = [engine, sleepTimer, channel, userId];
    [this.#tab, this.#later, this.#every, this.#now] = [tab, later, every, now];
  }

  follow() {
    [this.#queue, this.#knobs] = [this.#engine.queue, this.#knobsNow];
    this.#channel.addEventListener("message", ({ data }) => data.user === this.#userId() && this.#hear(data));
    for (const type of ["change", "jump"]) this.#engine.addEventListener(type, () => this.#tellSoon());
    this.#engine.addEventListener("tick", () => this.#now() - this.#saidAt > SAY_EVERY_MS && this.#say());
    this.#engine.addEventListener("adopt", ({ detail }) => (this.#queue = detail.queue));
    this.#sleepTimer.addEventListener("change", () => this.#tellSoon());
    this.#post("asking");
    this.#tellSoon();
  }

  /** Nothing sounds here any more, or the tab closes. */
  silence() {
    if (this.#saidAt === null) return;
    this.#saidAt = null;
    this.#post("silent", { positionMs: this.#engine.positionMs });
    this.#post("asking"); // another one may have begun
  }

  /** What is loaded to be played plays a moment later. */
  #tellSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (this.#engine.isPlaying) this.#say();
      else this.silence();
      this.#share();
    });
  }

  #say() {
    const { track, positionMs, isLoading } = this.#engine;
    this.#saidAt = this.#now();
    this.#post("playing", { trackId: track.id, positionMs, isLoading });
  }

  #share() {
    const { queue } = this.#engine;
    const since = this.#queue.current?.id;
    const isNew = queue !== this.#queue;
    const knobs = this.#knobsNow;
    if (!isNew && knobs === this.#knobs) return;
    [this.#queue, this.#knobs] = [queue, knobs];
    this.#tell(isNew && !this.#isAlone, since);
  }

  #tell(withQueue, since = null) {
    const { queue, isPlaying } = this.#engine;
    this.#post("shared", { ...JSON.parse(this.#knobsNow), queue: withQueue ? { ...queue } : null, since, isPlaying });
  }

  get #knobsNow() {
    const { volume, isMuted } = this.#engine;
    return JSON.stringify({ volume, isMuted, sleep: this.#sleepTimer.state });
  }

  #hear({ type, tab, ...said }) {
    const { isPlaying } = this.#engine;
    this.#isAlone = false;
    if (type === "asking") this.#answer();
    if (type === "shared") this.#take(said);
    if (type === "playing" && !isPlaying) this.#watch(tab, said);
    if (type === "silent" && tab === this.#playing) this.#unwatch(said.positionMs);
    if (type === "pause" && isPlaying) this.#engine.pause();
    if (type === "seek" && isPlaying) this.#engine.seek(said.positionMs);
  }

  #answer() {
    const { isPlaying } = this.#engine;
    this.#tell(isPlaying);
    if (isPlaying) this.#say();
  }

  /** Who plays knows best, and says so where a tab has not heard yet of the track that plays. Who has just begun to play will be asked. */
  #take({ volume, isMuted, sleep, queue, since, isPlaying }) {
    const engine = this.#engine;
    if (queue && engine.isPlaying && isPlaying) return;
    if (queue && engine.isPlaying && since !== engine.track.id) return this.#tell(true);
    this.#knobs = JSON.stringify({ volume, isMuted, sleep });
    if (volume !== engine.volume) engine.setVolume(volume);
    if (isMuted !== engine.isMuted) engine.setMuted(isMuted);
    if (JSON.stringify(sleep) !== JSON.stringify(this.#sleepTimer.state)) this.#sleepTimer.adopt(sleep);
    if (!queue?.tracks.length) return;
    this.#queue = Queue.fromJSON({ ...queue, tracks: recognised(queue.tracks, engine.queue.tracks) });
    engine.adopt(this.#queue);
  }

  /** Where a tab begins to play, its queue may be another one than is known here. A tab that was killed says nothing more. */
  #watch(tab, { trackId, positionMs, isLoading }) {
    const isKnown = trackId === this.#engine.track?.id;
    if (!isKnown || tab !== this.#playing) this.#post("asking");
    if (!isKnown) return;
    this.#stopWaiting();
    const now = this.#now;
    let [fromMs, at] = [positionMs, now()];
    const other = {
      isLoading,
      get positionMs() {
        return isLoading ? fromMs : fromMs + now() - at;
      },
      pause: () => this.#post("pause"),
      seek: (positionMs) => {
        [fromMs, at] = [positionMs, now()]; // for whoever seeks on before the answer
        this.#post("seek", { positionMs });
      },
    };
    this.#playing = tab;
    this.#timer = this.#later(() => this.#unwatch(other.positionMs), SILENT_AFTER_MS);
    this.#painting = this.#every(() => this.#engine.dispatchEvent(new Event("time")), PAINT_EVERY_MS);
    this.#engine.watch(other);
  }

  #unwatch(positionMs) {
    this.#stopWaiting();
    if (this.#engine.isElsewhere) this.#engine.unwatch(positionMs);
  }

  #stopWaiting() {
    clearTimeout(this.#timer);
    clearInterval(this.#painting);
    this.#playing = null;
  }

  #post(type, what) {
    this.#channel.postMessage({ type, tab: this.#tab, user: this.#userId(), ...what });
  }
}

/** Tracks that are here already, from the same list, stay the same ones, so that what is drawn of them does. */
function recognised(tracks, own) {
  const nameOf = ({ id, origin }) => `${id} ${origin?.source}`;
  const here = new Map(own.map((track) => [nameOf(track), []]));
  for (const track of own) here.get(nameOf(track)).push(track);
  return tracks.map((track) => here.get(nameOf(track))?.shift() ?? track);
}

export function followOtherTabs({ engine, sleepTimer, userId }) {
  if (!globalThis.BroadcastChannel) return;
  const elsewhere = new Elsewhere({ engine, sleepTimer, channel: new BroadcastChannel("player:elsewhere"), userId });
  addEventListener("pagehide", () => elsewhere.silence());
  elsewhere.follow();
}
