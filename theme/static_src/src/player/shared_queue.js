import { Queue } from "./queue.js";

const SAVE_EVERY_MS = 10_000;
const SAVE_SOON_MS = 2_000;
const BEFORE = 100;
const MOST = 500;
const MOST_OTHERS = 50;

/**
 * The queue as the server keeps it: saved now and then while something plays, soon after it pauses or is rearranged and
 * when the page is left, and taken up by a tab that knows none that is newer. What is kept is what surrounds the current
 * track; a radio finds more by itself.
 */
export class SharedQueue {
  #engine;
  #fetch;
  #csrfToken;
  #session;
  #userId;
  #now;
  #later;
  #sentAt = -Infinity;
  #isDue = false;
  #hasChanged = false;
  #seen = null;

  constructor({ engine, fetch, csrfToken, session, userId, now = () => performance.now(), later = (run, ms) => setTimeout(run, ms) }) {
    [this.#engine, this.#fetch, this.#csrfToken, this.#session, this.#userId] = [engine, fetch, csrfToken, session, userId];
    [this.#now, this.#later] = [now, later];
  }

  /** Only from then on: a tab that shows what another one left has nothing to say yet, nor one that follows another tab. */
  follow() {
    this.#seen = this.#engine.queue;
    for (const type of ["playing", "tick"]) this.#engine.addEventListener(type, () => (this.#hasChanged = true));
    for (const type of ["halt", "ended"]) this.#engine.addEventListener(type, () => this.#saveSoon());
    this.#engine.addEventListener("adopt", ({ detail }) => ([this.#seen, this.#hasChanged] = [detail.queue, false]));
    this.#engine.addEventListener("change", () => this.#rearranged());
    this.#engine.addEventListener("time", () => this.#saveNowAndThen());
  }

  /** Paused where it was, unless what is here is newer: it plays, or is as this tab left it and nobody has saved one since. */
  async takeUp() {
    const own = asKept(this.#engine);
    const found = await this.#ask({ headers: { Accept: "application/json" } });
    if (!found?.tracks.length || this.#engine.isHeard || this.#hasChanged || this.#sentAt > 0) return;
    const isOwn = isSame(own, found);
    if (found.saved_at === this.#savedAt && own.track_ids.length) {
      this.#hasChanged = !isOwn;
      return;
    }
    this.#savedAt = found.saved_at;
    if (isOwn) return;
    this.#seen = asFound(found);
    this.#engine.restore(this.#seen, found.position_ms);
  }

  async save() {
    if (!this.#hasChanged || !this.#engine.track) return;
    this.#hasChanged = false;
    this.#sentAt = this.#now();
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.#csrfToken() };
    const body = JSON.stringify(asKept(this.#engine));
    const saved = await this.#ask({ method: "POST", headers, body, keepalive: true });
    if (saved) this.#savedAt = saved.saved_at;
    else this.#hasChanged = true;
  }

  #saveNowAndThen() {
    if (this.#engine.isPlaying && this.#now() - this.#sentAt >= SAVE_EVERY_MS) this.save();
  }

  /** A queue is another one whenever anything about it is. */
  #rearranged() {
    if (this.#engine.queue === this.#seen) return;
    this.#seen = this.#engine.queue;
    this.#saveSoon();
  }

  #saveSoon() {
    this.#hasChanged = true;
    if (this.#isDue) return;
    this.#isDue = true;
    this.#later(() => {
      this.#isDue = false;
      this.save();
    }, SAVE_SOON_MS);
  }

  /** When that was saved which this tab saved or took up last, in the server's words: what was saved later is another's. */
  get #savedAt() {
    return this.#session.getItem(this.#key);
  }

  set #savedAt(savedAt) {
    try {
      this.#session.setItem(this.#key, savedAt);
    } catch {
      // On a full storage what this tab left itself is taken up like another's.
    }
  }

  get #key() {
    return `player:${this.#userId()}:saved`;
  }

  /** Null when nobody answers, or not to the point. */
  async #ask(request) {
    try {
      const answer = await this.#fetch("/queue/", request);
      return answer.ok && !answer.redirected ? await answer.json() : null;
    } catch {
      return null;
    }
  }
}

function asFound({ tracks, unshuffled = [], position, repeat, origin }) {
  const { source = "", sourceLabel = "", sourceHref = "", others = [] } = origin;
  const added = new Map(others.flatMap(({ places: of, ...other }) => of.map((place) => [place, other])));
  const isShuffled = unshuffled.length > 0;
  const places = isShuffled ? unshuffled : [...tracks.keys()];
  const order = [];
  places.forEach((place, index) => (order[place] = index));
  return new Queue({ tracks: places.map((place) => ({ ...tracks[place], origin: added.get(place) })), order, position, isShuffled, repeat, source, sourceLabel, sourceHref });
}

/** A list on the server is without what is gone, and its origin may be cut. */
function isSame(own, { tracks, ...found }) {
  const track_ids = tracks.map(({ id }) => Number(id));
  return ["track_ids", "unshuffled", "position", "position_ms", "repeat"].every((name) => String(own[name]) === String({ ...found, track_ids }[name]));
}

export function asKept({ queue, positionMs }) {
  const from = Math.max(0, queue.position - BEFORE);
  const kept = queue.order.slice(from, from + MOST);
  return {
    track_ids: kept.map((index) => Number(queue.tracks[index].id)),
    unshuffled: queue.isShuffled ? [...kept.keys()].sort((one, other) => kept[one] - kept[other]) : [],
    position: queue.position - from,
    position_ms: Math.max(0, Math.round(positionMs)),
    repeat: queue.repeat,
    origin: { ...named(queue), others: othersIn(queue, kept) },
  };
}

/** The lists that tracks were added from, each with the places of its tracks. */
function othersIn(queue, kept) {
  const own = JSON.stringify(named(queue));
  const others = new Map();
  for (const [place, index] of kept.entries()) {
    const origin = named(queue.originOf(index));
    const key = JSON.stringify(origin);
    if (key === own) continue;
    if (!others.has(key)) others.set(key, { ...origin, places: [] });
    others.get(key).places.push(place);
  }
  return [...others.values()].slice(0, MOST_OTHERS);
}

function named({ source, sourceLabel, sourceHref }) {
  return { source, sourceLabel, sourceHref };
}
