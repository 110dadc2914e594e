import { canRetry } from "./queue.js";
import { detail, headline, percentInWords, percentOf, progressInWords, summary } from "./words.js";
import { gettext, ngettext } from "../words.js";

const FIRST_ROWS = 30;
const MORE_ROWS = 50;
const SUMMARY_EVERY_MS = 10_000;

/**
 * Shows the queue (templates/uploads/_chooser.html): what goes now and what comes next, never all of a thousand files;
 * painted once per frame at most. The buttons stay the same elements while their file is shown, so that focus does.
 */
export class Panel {
  #queue;
  #part;
  #rows = new Map();
  #shown = FIRST_ROWS;
  #frame = 0;
  #said = { at: 0, text: "" };
  #leaving = new AbortController();

  /** `part(name)` is an element of the page. */
  constructor(queue, part) {
    this.#queue = queue;
    this.#part = part;
    const { signal } = this.#leaving;
    queue.addEventListener("change", () => this.#paintSoon(), { signal });
    document.addEventListener("live:shown", () => hideListed(queue), { signal });
    part("panel").addEventListener("click", ({ target }) => this.#press(target.closest("[data-do]")), { signal });
    part("rows").replaceChildren();
    this.#paint();
  }

  close() {
    this.#leaving.abort();
    cancelAnimationFrame(this.#frame);
  }

  /** Read aloud, at once. */
  say(text) {
    this.#said = { at: performance.now(), text };
    this.#part("status").textContent = text;
  }

  #press(button) {
    const row = button?.closest("[data-upload-id]");
    const id = Number(row?.dataset.uploadId);
    const queue = this.#queue;
    const actions = {
      toggle: () => (row.dataset.state === "sending" || row.dataset.state === "waiting" ? queue.pause(id) : queue.resume(id)),
      cancel: () => queue.cancel(id),
      "toggle-all": () => (this.#isHeld ? queue.resumeAll() : queue.holdAll()),
      "retry-all": () => queue.retryFailed(),
      "cancel-all": () => confirm(gettext("Cancel all these uploads?")) && queue.cancelAll(),
      more: () => this.#showMore(),
    };
    actions[button?.dataset.do]?.();
  }

  get #isHeld() {
    const going = this.#queue.items.filter(({ state }) => state !== "failed");
    return Boolean(this.#queue.hold) || (going.length > 0 && going.every(({ state }) => state === "paused"));
  }

  #showMore() {
    this.#shown += MORE_ROWS;
    this.#paint();
  }

  #paintSoon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #paint() {
    const { items, totals, hold } = this.#queue;
    const panel = this.#part("panel");
    this.#paintRows(items);
    panel.hidden = !items.length;
    if (items.length) this.#paintTotals(items, totals, hold);
    this.#keepFocus(panel);
    if (totals.files) this.#summarise(totals);
    hideListed(this.#queue);
  }

  #paintTotals(items, totals, hold) {
    const isHeld = this.#isHeld;
    write(this.#part("headline"), headline(totals, isHeld));
    write(this.#part("detail"), detail(totals));
    const percent = percentOf(totals.sent, totals.size);
    fill(this.#part("bar"), percent);
    this.#part("session").hidden = hold !== "session";
    const toggle = this.#part("toggleAll");
    toggle.hidden = items.every(({ state }) => state === "failed");
    toggle.dataset.held = isHeld;
    write(toggle.querySelector("[data-part=label]"), isHeld ? gettext("Resume all") : gettext("Pause all"));
    this.#part("retryAll").hidden = !items.some(canRetry);
    this.#part("more").hidden = items.length <= this.#shown;
    const others = Math.max(0, items.length - this.#shown);
    write(this.#part("moreLabel"), ngettext("Show more of the %(number)s other", "Show more of the %(number)s others", others));
  }

  #paintRows(items) {
    const visible = items.slice(0, this.#shown);
    this.#removeAllBut(new Set(visible.map(({ id }) => id)));
    for (const item of visible) {
      if (!this.#rows.has(item.id)) this.#rows.set(item.id, this.#part("rows").appendChild(this.#newRow(item)));
      paintRow(this.#rows.get(item.id), item, this.#queue.hold);
    }
  }

  #removeAllBut(kept) {
    for (const [id, row] of this.#rows) {
      if (kept.has(id)) continue;
      const held = row.contains(document.activeElement) && document.activeElement.dataset.do;
      const heir = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      this.#rows.delete(id);
      if (held) (heir?.querySelector(`[data-do=${held}]:not([hidden])`) ?? heir?.querySelector("button:not([hidden])") ?? this.#part("pick")).focus();
    }
  }

  /** A button that is hidden hands it on. */
  #keepFocus(panel) {
    const held = document.activeElement;
    if (!panel.contains(held) || !held.closest("[hidden]")) return;
    const heir = panel.hidden ? null : panel.querySelector("button:not([hidden])");
    (heir ?? this.#part("pick")).focus();
  }

  #newRow({ id, name }) {
    const row = this.#part("row").content.firstElementChild.cloneNode(true);
    row.dataset.uploadId = id;
    row.querySelector("[data-part=name]").textContent = name;
    row.querySelector("[data-part=bar]").setAttribute("aria-label", gettext("Upload of %(name)s", { name }));
    return row;
  }

  /** Seldom enough to be heard out, but the last one at once. */
  #summarise(totals) {
    const text = summary(totals);
    const isLast = totals.arrived + totals.failed === totals.files;
    const isEarly = performance.now() - this.#said.at < SUMMARY_EVERY_MS;
    if (text !== this.#said.text && (isLast || !isEarly)) this.say(text);
  }
}

function paintRow(row, item, hold) {
  const { state, name, sent, size } = item;
  row.dataset.state = state;
  write(row.querySelector("[data-part=words]"), progressInWords(item, hold));
  fill(row.querySelector("[data-part=bar]"), percentOf(sent, size));
  const toggle = row.querySelector("[data-do=toggle]");
  const cancel = row.querySelector("[data-do=cancel]");
  const isFinal = state === "failed" && !canRetry(item);
  if (isFinal && document.activeElement === toggle) cancel.focus();
  toggle.hidden = isFinal;
  label(toggle, toggleInWords(state, name));
  label(cancel, state === "failed" ? gettext("Remove %(name)s", { name }) : gettext("Cancel %(name)s", { name }));
}

function toggleInWords(state, name) {
  if (state === "paused") return gettext("Resume %(name)s", { name });
  if (state === "failed") return gettext("Try again: %(name)s", { name });
  return gettext("Pause %(name)s", { name });
}

/** What is shown here as on its way need not be listed below as what did not arrive. */
function hideListed({ items }) {
  for (const { transfer } of items) {
    const listed = transfer.id && document.getElementById(`upload-${transfer.id}`);
    if (listed) listed.hidden = true;
  }
}

function fill(progress, percent) {
  if (progress.value !== percent || !progress.hasAttribute("value")) progress.value = percent;
  write(progress, percentInWords(percent));
}

function label(button, words) {
  if (button.getAttribute("aria-label") === words) return;
  button.setAttribute("aria-label", words);
  button.title = words;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
