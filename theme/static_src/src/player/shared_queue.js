import { Queue } from "./queue.js";

const SAVE_EVERY_MS = 10_000;
const BEFORE = 100;
const MOST = 500;

/**
 * The queue as the server keeps it: saved now and then while something plays and when the page is left, taken up by a tab
 * that has none of its own. What is kept is what surrounds the current track; a radio finds more by itself.
 */
export class SharedQueue {
  #engine;
  #fetch;
  #csrfToken;
  #now;
  #savedAt = 0;
  #hasChanged = false;

  constructor({ engine, fetch, csrfToken, now = () => performance.now() }) {
    [this.#engine, this.#fetch, this.#csrfToken, this.#now] = [engine, fetch, csrfToken, now];
  }

  /** Only from then on: a tab that shows what another one left has nothing to say yet. */
  follow() {
    this.#engine.addEventListener("playing", () => (this.#hasChanged = true));
    this.#engine.addEventListener("time", () => this.#saveNowAndThen());
  }

  /** Paused where it was, unless something was played here meanwhile. */
  async takeUp() {
    if (this.#engine.track) return;
    const found = await this.#ask();
    if (!found?.tracks.length || this.#engine.track) return;
    this.#engine.restore(asFound(found), found.position_ms);
  }

  save() {
    if (!this.#hasChanged || !this.#engine.track) return;
    this.#savedAt = this.#now();
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.#csrfToken() };
    const body = JSON.stringify(asKept(this.#engine));
    this.#fetch("/queue/", { method: "POST", headers, body, keepalive: true }).catch(() => {});
  }

  #saveNowAndThen() {
    if (this.#engine.isPlaying && this.#now() - this.#savedAt >= SAVE_EVERY_MS) this.save();
  }

  async #ask() {
    try {
      const answer = await this.#fetch("/queue/", { headers: { Accept: "application/json" } });
      return answer.ok && !answer.redirected ? await answer.json() : null;
    } catch {
      return null;
    }
  }
}

function asFound({ tracks, unshuffled = [], position, repeat, origin }) {
  const { source = "", sourceLabel = "", sourceHref = "" } = origin;
  const isShuffled = unshuffled.length > 0;
  const places = isShuffled ? unshuffled : [...tracks.keys()];
  const order = [];
  places.forEach((place, index) => (order[place] = index));
  return new Queue({ tracks: places.map((place) => tracks[place]), order, position, isShuffled, repeat, source, sourceLabel, sourceHref });
}

export function asKept({ queue, positionMs }) {
  const from = Math.max(0, queue.position - BEFORE);
  const { source, sourceLabel, sourceHref } = queue.origin;
  const kept = queue.order.slice(from, from + MOST);
  return {
    track_ids: kept.map((index) => Number(queue.tracks[index].id)),
    unshuffled: queue.isShuffled ? [...kept.keys()].sort((one, other) => kept[one] - kept[other]) : [],
    position: queue.position - from,
    position_ms: Math.max(0, Math.round(positionMs)),
    repeat: queue.repeat,
    origin: { source, sourceLabel, sourceHref },
  };
}
