import { stateOf, totalBytes } from "./bookkeeping.js";
import { NoRoom } from "./keeper.js";
import { sizeInWords } from "./words.js";
import { gettext, ngettext } from "../words.js";

const KEEP = "[data-keep]";

/**
 * Every "Keep offline" of every page (templates/shared/_keep.html), by delegation: pages come and go, document stays.
 * data-keep is the address of the list, data-keep-key its name, data-keep-count how many tracks it has.
 */
export class KeepButtons {
  #keeper;
  #document;
  #tell;
  #lists = [];
  #kept = new Set();

  /** `tell` shows a sentence to the listener. */
  constructor(keeper, document, tell) {
    this.#keeper = keeper;
    this.#document = document;
    this.#tell = tell;
    document.addEventListener("click", ({ target, detail }) => detail > 1 || this.#press(target)); // which would cancel
    keeper.addEventListener("failed", ({ detail }) => this.#explain(detail));
    keeper.addEventListener("progress", () => this.#paintButtons());
  }

  paint({ tracks, lists }) {
    this.#lists = lists;
    this.#kept = new Set(tracks.map(({ id }) => id));
    for (const row of this.#document.querySelectorAll("[data-track]")) {
      row.toggleAttribute("data-kept", this.#kept.has(row.querySelector("[data-play]")?.dataset.trackId));
    }
    this.#paintButtons();
  }

  #paintButtons() {
    for (const place of this.#document.querySelectorAll(KEEP)) this.#paintButton(place);
  }

  #paintButton(place) {
    const percent = this.#keeper.percentOf(place.dataset.keepKey);
    const state = percent === null ? this.#stateOf(place) : "keeping";
    place.dataset.state = state;
    write(part(place, "label"), percent === null ? place.dataset[`label${state}`] : `${place.dataset.labelkeeping} · ${percent}%`);
    part(place, "bar").hidden = percent === null;
    part(place, "bar").value = percent ?? 0;
  }

  #stateOf({ dataset }) {
    return stateOf(this.#lists.find(({ key }) => key === dataset.keepKey), this.#kept, Number(dataset.keepCount));
  }

  #press(target) {
    const place = target.closest(KEEP);
    const name = place && target.closest("button")?.dataset.part;
    if (name === "toggle") this.#toggle(place);
    if (name === "room") this.#makeRoom(place);
  }

  #toggle(place) {
    const { keep, keepKey, state } = place.dataset;
    this.#say(place, "");
    if (state === "keeping") this.#keeper.cancel(keepKey);
    else if (state === "kept") this.#remove(place);
    else this.#keeper.keep(keepKey, keep);
  }

  async #remove(place) {
    await this.#keeper.removeList(place.dataset.keepKey);
    this.#tell(place.dataset.saidremoved);
  }

  async #makeRoom(place) {
    const tracks = await this.#keeper.couldGo(Number(place.dataset.missing), place.dataset.keepKey);
    this.#say(place, "");
    part(place, "toggle").focus();
    await this.#keeper.makeRoom(tracks);
    this.#keeper.keep(place.dataset.keepKey, place.dataset.keep);
  }

  async #explain({ key, error }) {
    const place = [...this.#document.querySelectorAll(KEEP)].find(({ dataset }) => dataset.keepKey === key);
    const isFull = error instanceof NoRoom;
    const text = isFull
      ? gettext("There is no room: about %(size)s more are needed.", { size: sizeInWords(error.missingBytes) })
      : gettext("It could not be fetched. What came whole is kept; try again in a moment.");
    if (!place) return this.#tell(text);
    this.#say(place, text);
    if (!isFull) return;
    const tracks = await this.#keeper.couldGo(error.missingBytes, key);
    place.dataset.missing = error.missingBytes;
    part(place, "room").hidden = !tracks.length;
    const offer = ngettext(
      "Remove the %(number)s track you have not played for longest (%(size)s)",
      "Remove the %(number)s tracks you have not played for longest (%(size)s)",
      tracks.length,
      { size: sizeInWords(totalBytes(tracks)) },
    );
    write(part(place, "room"), offer);
  }

  #say(place, text) {
    write(part(place, "said"), text);
    part(place, "note").hidden = !text;
    part(place, "room").hidden = true;
  }
}

function part(place, name) {
  return place.querySelector(`[data-part=${name}]`);
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
