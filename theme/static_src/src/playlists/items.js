import { visit } from "@hotwired/turbo";

/**
 * The rows of a playlist that one may edit (templates/jinja/track_rows.jinja): moved by their handle, or with Alt and the
 * arrows from anywhere in the row. The server is told beside which row one now lies, so that two people can do so at once.
 * Over the edge of a page it goes on to the page beyond, with the row.
 */
export class PlaylistItems {
  #document;
  #tell;
  #fetch;
  #dragged = null;
  #told = Promise.resolve();
  #followed = "";

  constructor(document, tell, fetch = (...request) => globalThis.fetch(...request)) {
    [this.#document, this.#tell, this.#fetch] = [document, tell, fetch];
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("pointerdown", (event) => this.#take(event));
    document.addEventListener("pointermove", (event) => this.#drag(event));
    document.addEventListener("pointerup", (event) => this.#drop(event.clientY));
    document.addEventListener("pointercancel", () => this.#drop());
    document.addEventListener("turbo:load", () => this.#find());
  }

  #key(event) {
    const row = event.target.closest?.("[data-items] [data-item]");
    const isMove = event.altKey || event.target.matches?.("[data-item-handle]");
    const beside = { ArrowUp: row?.previousElementSibling, ArrowDown: row?.nextElementSibling }[event.key];
    if (!row || !isMove || beside === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (!beside) return this.#beyond(row, event.key === "ArrowDown");
    const focused = this.#document.activeElement;
    if (event.key === "ArrowUp") beside.before(row);
    else beside.after(row);
    focused.focus(); // what is moved in the document loses it
    this.#moved(row);
  }

  #take(event) {
    const handle = event.target.closest?.("[data-item-handle]");
    if (!handle || event.button) return;
    event.preventDefault();
    handle.focus();
    const row = handle.closest("[data-item]");
    this.#dragged = { row, from: row.nextElementSibling };
    row.dataset.dragged = "";
  }

  #drag({ clientY }) {
    if (!this.#dragged) return;
    const { row } = this.#dragged;
    const others = [...row.parentElement.children].filter((each) => each !== row);
    const below = others.find((each) => clientY < middleOf(each.getBoundingClientRect()));
    if (below !== row.nextElementSibling) row.parentElement.insertBefore(row, below ?? null);
  }

  #drop(clientY) {
    if (!this.#dragged) return;
    const { row, from } = this.#dragged;
    this.#dragged = null;
    delete row.dataset.dragged;
    if (row.nextElementSibling !== from) this.#moved(row);
    const { top, bottom } = row.parentElement.getBoundingClientRect();
    if (clientY > bottom && !row.nextElementSibling) this.#beyond(row, true);
    if (clientY < top && !row.previousElementSibling) this.#beyond(row, false);
  }

  /** One place further than this page reaches. */
  #beyond(row, isDown) {
    const list = row.closest("[data-items]");
    const isThere = isDown ? list.dataset.radio : new URLSearchParams(location.search).has("after");
    if (!isThere || this.#followed) return;
    this.#followed = row.dataset.item;
    this.#told = this.#told.then(async () => {
      const { action } = this.#document.querySelector("#items") ?? {};
      const answer = action && (await this.#post(action, { [isDown ? "down" : "up"]: row.dataset.item, follow: 1 }));
      if (answer?.ok && answer.redirected) return visit(answer.url, { action: "replace" });
      this.#followed = "";
      this.#tell(list.dataset.lost);
    });
  }

  #find() {
    if (!this.#followed) return;
    const row = this.#document.querySelector(`[data-items] [data-item="${this.#followed}"]`);
    this.#followed = "";
    row?.querySelector("[data-item-handle]").focus();
    row?.scrollIntoView({ block: "center" });
  }

  #moved(row) {
    const { items, moved, lost } = row.closest("[data-items]").dataset;
    const rows = [...row.parentElement.children];
    rows.forEach((each, at) => (each.querySelector(".track-number").textContent = at + 1));
    this.#tell(moved.replace("%1", rows.indexOf(row) + 1).replace("%2", rows.length));
    const [after, before] = [row.previousElementSibling, row.nextElementSibling];
    const where = after ? { after: after.dataset.item } : { before: before.dataset.item };
    // One after the other: a later move may lie beside what an earlier one has put there.
    this.#told = this.#told.then(() => this.#say(items, { item: row.dataset.item, ...where }, lost));
  }

  async #say(href, said, lost) {
    const answer = await this.#post(href, said);
    if (answer?.ok && !answer.redirected) return;
    this.#tell(lost);
    if (answer && this.#document.querySelector(`[data-items="${href}"]`)) visit(location.href, { action: "replace" });
  }

  #post(href, said) {
    const headers = { "X-CSRFToken": this.#document.querySelector("#items [name=csrfmiddlewaretoken]")?.value ?? "" };
    return this.#fetch(href, { method: "POST", headers, body: new URLSearchParams(said), keepalive: true }).catch(() => null);
  }
}

function middleOf({ top, height }) {
  return top + height / 2;
}
