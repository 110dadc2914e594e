import { Queue } from "./queue.js";

const ENOUGH_AHEAD = 3;
const MOST_TOLD = 10_000;
const DRAFTS = "review";
const RADIO_OF_SOURCE = /^(track|artist|album|genre):(.+)$/;

/**
 * Asks the server for more before a radio runs out of tracks, and for a radio where an ordinary list is about to end:
 * while its last track plays, because a phone's locked screen allows no waiting afterwards.
 *
 * No DOM in here. An empty answer means that there is no more; it is not asked for again in the same list.
 */
export class Radio {
  #engine;
  #fetch;
  #csrfToken;
  #asking = null;
  #hasEnded = false;

  constructor({ engine, fetch, csrfToken }) {
    this.#engine = engine;
    this.#fetch = fetch;
    this.#csrfToken = csrfToken;
    engine.addEventListener("playing", () => this.#played());
    engine.addEventListener("ended", () => this.#ended());
  }

  /** Plays the radio of that address, "/radio/artist/3/more/", or the list that comes whole; false when there is nothing to play. */
  async start(href) {
    const { tracks, ...radio } = await this.#more(href, []);
    if (tracks.length) this.#engine.play(Queue.of(tracks, 0, { ...radio, radio: radio.href ? radio : null }), { isShuffled: false });
    return tracks.length > 0;
  }

  #played() {
    this.#hasEnded = false;
    this.#lookAhead();
  }

  /** Whoever is asked only now answers when the music has stopped already. */
  #ended() {
    this.#hasEnded = this.#engine.queue.following() === null;
    if (this.#hasEnded) this.#lookAhead();
  }

  async #lookAhead() {
    const { queue } = this.#engine;
    const href = hrefAfter(queue);
    const isLow = queue.left < (queue.radio ? ENOUGH_AHEAD : 1);
    if (!href || !isLow || queue.repeat !== "off" || this.#asking === href) return;
    this.#asking = href;
    const had = queue.tracks.map(({ id }) => Number(id)).slice(-MOST_TOLD);
    const answer = await this.#more(href, had, !queue.radio).catch(() => null);
    this.#asking = null;
    if (answer && this.#engine.queue.tracks === queue.tracks) this.#goOn(answer);
  }

  #goOn({ tracks, ...radio }) {
    const isOver = this.#hasEnded;
    this.#engine.append(tracks, tracks.length ? radio : { ...radio, href: "" });
    if (isOver && tracks.length) this.#engine.next();
  }

  async #more(href, had, isAfterQueue = false) {
    const answer = await this.#fetch(href, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.#csrfToken() },
      body: JSON.stringify({ had, after_queue: isAfterQueue }),
    });
    if (!answer.ok || answer.redirected) throw new Error(`no radio: ${answer.status}`);
    return answer.json();
  }
}

/** Of an album the album's, of a mixed list that of its last track. */
function hrefAfter({ radio, source, tracks, order }) {
  if (radio) return radio.href;
  if (source === DRAFTS || !tracks.length) return "";
  const [, kind, key] = RADIO_OF_SOURCE.exec(source) ?? [null, "track", tracks[order.at(-1)].id];
  return `/radio/${kind}/${encodeURIComponent(key)}/more/`;
}
