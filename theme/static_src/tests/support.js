/** An audio element without sound: the test says what the network and the clock do. */
export class FakeAudio extends EventTarget {
  #src = "";
  currentTime = 0;
  duration = Number.NaN;
  readyState = 0;
  paused = true;
  ended = false;
  seeking = false;
  error = null;
  playbackRate = 1;
  volume = 1;
  muted = false;
  refusal = null;
  loads = [];
  prepared = "";

  prepare(src) {
    this.prepared = src;
  }

  removeAttribute() {
    this.#src = "";
  }

  get src() {
    return this.#src;
  }

  set src(src) {
    this.#src = src;
    this.load();
  }

  load() {
    this.loads.push(this.#src);
    Object.assign(this, { currentTime: 0, duration: Number.NaN, readyState: 0, paused: true, ended: false, error: null });
  }

  async play() {
    if (this.refusal) throw this.refusal;
    this.paused = false;
    this.ended = false;
    this.tell("play");
  }

  pause() {
    if (this.paused) return;
    this.paused = true;
    this.tell("pause");
  }

  tell(type) {
    this.dispatchEvent(new Event(type));
  }

  arrive(duration = 60) {
    Object.assign(this, { duration, readyState: 4 });
    this.tell("loadedmetadata");
    if (!this.paused) this.tell("playing");
  }

  runTo(seconds) {
    this.currentTime = seconds;
    this.tell("timeupdate");
  }

  end() {
    Object.assign(this, { currentTime: this.duration, ended: true, paused: true });
    this.tell("timeupdate");
    this.tell("pause");
    this.tell("ended");
  }

  fail(code = 2) {
    this.error = { code };
    this.tell("error");
  }
}

export function track(id, extra = {}) {
  return { id: String(id), src: `/stream/${id}/`, title: `Title ${id}`, artist: "Artist", cover: "", href: `/tracks/${id}/`, durationMs: 60_000, ...extra };
}

/** Let everything that only waits for promises happen. */
export async function settle() {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
