import { leastRecentlyPlayed, totalBytes } from "./bookkeeping.js";
import { agoInWords, amountInWords, roomInWords, sizeInWords } from "./words.js";
import { gettext, ngettext } from "../words.js";

const PART_TO_GO = 4;

/** Fills templates/music/kept.html, whenever that is the page. */
export class KeptPage {
  #keeper;
  #document;
  #tell;

  constructor(keeper, document, tell) {
    this.#keeper = keeper;
    this.#document = document;
    this.#tell = tell;
    document.addEventListener("click", ({ target, detail }) => detail > 1 || this.#press(target.closest("#kept [data-do]"))); // of the next row
    for (const type of ["online", "offline"]) addEventListener(type, () => this.#paintNetwork());
  }

  async paint({ tracks, lists }) {
    const page = this.#page;
    if (!page) return;
    const sections = inSections(tracks, lists).map((section) => this.#section(section));
    const held = page.contains(this.#document.activeElement) ? this.#document.activeElement.dataset : null;
    part(page, "lists").replaceChildren(...sections);
    part(page, "empty").hidden = tracks.length > 0;
    part(page, "all").hidden = tracks.length === 0;
    if (held?.do && !page.contains(this.#document.activeElement)) this.#focusNear(held);
    this.#paintNetwork();
    await this.#paintMeter(tracks);
  }

  get #page() {
    return this.#document.getElementById("kept");
  }

  /** The page may stand at the address of another one, which could not be fetched. */
  #paintNetwork() {
    const page = this.#page;
    if (!page) return;
    part(page, "offline").hidden = navigator.onLine;
    part(page, "online").hidden = !navigator.onLine || location.pathname === "/offline/";
    part(page, "again").href = location.href;
  }

  async #paintMeter(tracks) {
    const { quota, usage } = await this.#keeper.estimate();
    const page = this.#page;
    if (!page) return;
    const bytes = totalBytes(tracks);
    part(page, "amount").textContent = amountInWords(tracks.length, bytes);
    part(page, "room").textContent = roomInWords({ quota, usage });
    part(page, "meter").max = quota ?? Math.max(1, bytes);
    part(page, "meter").value = quota === undefined ? bytes : usage;
    part(page, "meter").textContent = sizeInWords(bytes);
    part(page, "lasting").hidden = (await navigator.storage?.persisted?.().catch(() => true)) ?? true;
    page.setAttribute("aria-busy", "false");
  }

  #section({ key, title, href, source, tracks }) {
    const section = copyOf(this.#page, "list");
    section.dataset.source = source;
    section.dataset.sourceLabel = title;
    const heading = part(section, "title");
    heading.textContent = title;
    if (href) heading.href = href;
    part(section, "amount").textContent = amountInWords(tracks.length, totalBytes(tracks));
    const remove = section.querySelector("[data-do=remove-list]");
    remove.hidden = !key;
    label(remove, gettext("Remove %(title)s from this device", { title }), { key: key ?? "" });
    part(section, "rows").replaceChildren(...tracks.map((track, index) => this.#row(track, index + 1)));
    return section;
  }

  #row(track, number) {
    const row = copyOf(this.#page, "row");
    const play = row.querySelector("[data-play]");
    const { id, src, title, artist, artistHref, cover, href, durationMs } = track;
    Object.assign(play.dataset, { trackId: id, src, title, artist, artistHref, cover, href, durationMs });
    play.setAttribute("aria-label", gettext("Play %(title)s by %(artist)s", { title, artist }));
    part(row, "number").textContent = number;
    part(row, "cover").src = cover;
    Object.assign(part(row, "title"), { textContent: title, href });
    Object.assign(part(row, "artist"), { textContent: artist, href: artistHref });
    part(row, "size").textContent = sizeInWords(track.sizeBytes);
    part(row, "played").textContent = playedInWords(track);
    label(row.querySelector("[data-do=remove-track]"), gettext("Remove %(title)s from this device", { title }), { id });
    return row;
  }

  #press(button) {
    const actions = {
      "remove-track": () => this.#keeper.removeTracks([button.dataset.id]),
      "remove-list": () => this.#keeper.removeList(button.dataset.key),
      "remove-all": () => confirm(button.dataset.question) && this.#keeper.removeAll(),
      "make-room": () => this.#makeRoom(),
    };
    actions[button?.dataset.do]?.();
  }

  async #makeRoom() {
    const { tracks } = await this.#keeper.contents();
    const chosen = leastRecentlyPlayed(tracks).slice(0, Math.ceil(tracks.length / PART_TO_GO));
    const size = sizeInWords(totalBytes(chosen));
    const question = ngettext(
      "Remove the %(number)s track you have not played for longest (%(size)s)?",
      "Remove the %(number)s tracks you have not played for longest (%(size)s)?",
      chosen.length,
      { size },
    );
    if (!chosen.length || !confirm(question)) return;
    await this.#keeper.makeRoom(chosen);
    this.#tell(gettext("%(size)s are free again.", { size }));
  }

  /** What was removed took the focus along. */
  #focusNear({ do: what }) {
    (this.#page.querySelector(`[data-do=${what}]:not([hidden])`) ?? this.#document.getElementById("main")).focus();
  }
}

/** Albums by title, then what was kept by itself. Each track stands once. */
function inSections(tracks, lists) {
  const byId = new Map(tracks.map((track) => [track.id, track]));
  const take = (ids) => ids.filter((id) => byId.has(id)).map((id) => [byId.get(id), byId.delete(id)][0]);
  const longer = lists.filter(({ key }) => !key.startsWith("track:")).sort((one, other) => one.title.localeCompare(other.title));
  const sections = longer.map(({ key, title, href, ids }) => ({ key, title, href, source: key, tracks: take(ids) }));
  const rest = { key: null, title: gettext("Single tracks"), href: "", source: "offline", tracks: [...byId.values()] };
  return [...sections, rest].filter((section) => section.tracks.length);
}

function playedInWords({ playedAt }) {
  return playedAt ? gettext("played %(ago)s", { ago: agoInWords(playedAt) }) : gettext("not played yet");
}

function copyOf(page, name) {
  return page.querySelector(`template[data-part=${name}]`).content.firstElementChild.cloneNode(true);
}

function part(place, name) {
  return place.querySelector(`[data-part=${name}]`);
}

function label(button, words, data) {
  button.setAttribute("aria-label", words);
  button.title = words;
  Object.assign(button.dataset, data);
}
