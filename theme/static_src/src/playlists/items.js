import { visit } from "@hotwired/turbo";

/**
 * The rows of a playlist that one may edit (templates/jinja/track_rows.jinja): moved by their handle, or with Alt and the
 * arrows from anywhere in the row. The server is told beside which row one now lies, so that two people can do so at once.
 */
export class PlaylistItems {
  #document;
  #tell;
  #fetch;
  #dragged = null;
  #told = Promise.resolve();

  constructor(document, tell, fetch = (...request) => globalThis.fetch(...request)) {
    [this.#document, this.#tell, this.#fetch] = [document, tell, fetch];
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("pointerdown", (event) => this.#take(event));
    document.addEventListener("pointermove", (event) => this.#drag(event));
    for (const type of ["pointerup", "pointercancel"]) document.addEventListener(type, () => this.#drop());
  }

  #key(event) {
    const row = event.target.closest?.("[data-items] [data-item]");
    const isMove = event.altKey || event.target.matches?.("[data-item-handle]");
    const beside = { ArrowUp: row?.previousElementSibling, ArrowDown: row?.nextElementSibling }[event.key];
    if (!row || !isMove || beside === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (!beside) return;
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

  #drop() {
    if (!this.#dragged) return;
    const { row, from } = this.#dragged;
    this.#dragged = null;
    delete row.dataset.dragged;
    if (row.nextElementSibling !== from) this.#moved(row);
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
    const headers = { "X-CSRFToken": this.#document.querySelector("#items [name=csrfmiddlewaretoken]")?.value ?? "" };
    const answer = await this.#fetch(href, { method: "POST", headers, body: new URLSearchParams(said), keepalive: true }).catch(() => null);
    if (answer?.ok && !answer.redirected) return;
    this.#tell(lost);
    if (answer && this.#document.querySelector(`[data-items="${href}"]`)) visit(location.href, { action: "replace" });
  }
}

function middleOf({ top, height }) {
  return top + height / 2;
}
