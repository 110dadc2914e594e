import { gettext, ngettext } from "../words.js";

const MOST = 10_000;
const LIST = /^\/(?:playlists|albums|artists)\/[^?]*\/more\//;

/** Lists of several pages, of which the page has one: the server answers with some hundred tracks at once. No DOM in here. */
export class WholeLists {
  #engine;
  #fetch;
  #csrfToken;
  #tell;
  #asked = null;

  constructor({ engine, fetch, csrfToken, tell }) {
    [this.#engine, this.#fetch, this.#csrfToken, this.#tell] = [engine, fetch, csrfToken, tell];
  }

  /** From now on what plays shuffled is all of its list; where another tab shuffles, that is up to it. */
  follow() {
    this.#engine.addEventListener("adopt", ({ detail: { queue } }) => queue.isShuffled && (this.#asked = queue.tracks));
    this.#engine.addEventListener("change", () => this.#shuffle().catch(() => {}));
  }

  /** All tracks, or the first MOST and an `href` where there are more, each with its list; null when the server does not answer. */
  async all(href) {
    const found = [];
    let next = `${href}?queue`;
    try {
      while (next && found.length < MOST) {
        const { tracks, href: more, ...origin } = await this.#ask(next, found);
        for (const track of tracks) found.push({ ...track, origin });
        next = more && `${more}&queue`;
      }
    } catch {
      return null;
    }
    return { tracks: found, href: next };
  }

  /** A list that is longer than a queue is drawn from as a whole: the beginning of it would be no shuffling. */
  async #shuffle() {
    const { queue } = this.#engine;
    const [list] = LIST.exec(queue.radio?.href) ?? [];
    if (!list || !queue.isShuffled || queue.radio.href.includes("shuffled") || queue.tracks === this.#asked) return;
    this.#asked = queue.tracks;
    let whole = await this.#ask(`${list}?queue`);
    if (whole.href) whole = await this.#ask(`${list}?queue&shuffled`);
    const now = this.#engine.queue;
    if (now.tracks !== queue.tracks || !now.isShuffled) return;
    const rest = without(whole.tracks, now.tracks);
    this.#engine.putBack(now.continued(rest, { ...now.radio, href: whole.href }).shuffle());
    if (whole.href) this.#tell(shuffledInWords(rest.length));
  }

  async #ask(href, had = []) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.#csrfToken() };
    const answer = await this.#fetch(href, { method: "POST", headers, body: JSON.stringify({ had: had.map(({ id }) => Number(id)) }) });
    if (!answer.ok || answer.redirected) throw new Error(`no list: ${answer.status}`);
    return answer.json();
  }
}

/** A track may be in a list more than once: as often as it is there already it is taken out. */
function without(tracks, there) {
  const left = new Map();
  for (const { id } of there) left.set(id, (left.get(id) ?? 0) + 1);
  return tracks.filter(({ id }) => {
    const count = left.get(id) ?? 0;
    left.set(id, count - 1);
    return count < 1;
  });
}

function shuffledInWords(count) {
  return ngettext(
    "%(number)s more track of the whole list is shuffled in; the others follow later",
    "%(number)s more tracks of the whole list are shuffled in; the others follow later",
    count,
  );
}

export function addedInWords({ tracks, href }, isNext) {
  const [{ title }, { length }] = [tracks[0], tracks];
  if (href) return ngettext("Added the first %(number)s track to the queue, which takes no more at once", "Added the first %(number)s tracks to the queue, which takes no more at once", length);
  if (length > 1) return ngettext("Added %(number)s track to the queue", "Added %(number)s tracks to the queue", length);
  return isNext ? gettext("“%(title)s” plays next", { title }) : gettext("Added “%(title)s” to the queue", { title });
}
