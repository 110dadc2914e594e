const SHOWN_AT_FIRST = 100;

/**
 * The list of what comes (templates/jinja/shell/queue.jinja): another listener of the engine. It is drawn only while it
 * is open, and no further than somebody has asked for, so ten thousand tracks cost no more than a hundred.
 */
export class QueuePanel {
  #engine;
  #document;
  #tell;
  #shown = SHOWN_AT_FIRST;
  #drawn = null;
  #dragged = null;

  constructor(engine, document, tell) {
    this.#engine = engine;
    this.#document = document;
    this.#tell = tell;
    document.addEventListener("click", (event) => this.#press(event));
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("pointerdown", (event) => this.#take(event));
    document.addEventListener("pointermove", (event) => this.#drag(event));
    for (const type of ["pointerup", "pointercancel"]) document.addEventListener(type, () => this.#drop());
    engine.addEventListener("change", () => this.paint());
  }

  get isOpen() {
    return Boolean(this.#panel?.open);
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  open() {
    if (!this.#panel) return;
    this.#shown = SHOWN_AT_FIRST;
    this.#drawn = null;
    this.#panel.show();
    this.#buttons.forEach((button) => button.setAttribute("aria-expanded", "true"));
    this.paint();
    this.#panel.querySelector("h2").focus();
  }

  close() {
    if (!this.isOpen) return;
    this.#panel.close();
    this.#buttons.forEach((button) => button.setAttribute("aria-expanded", "false"));
    [...this.#buttons].find((button) => button.checkVisibility())?.focus();
  }

  paint() {
    const { queue } = this.#engine;
    if (!this.isOpen || this.#dragged || (this.#drawn?.queue === queue && this.#drawn.shown === this.#shown)) return;
    this.#drawn = { queue, shown: this.#shown };
    const list = this.#list;
    const kept = this.#focused(list);
    const positions = upcomingPositions(queue).slice(0, this.#shown);
    this.#arrange(list, queue, positions);
    const now = this.#part("now");
    now.replaceChildren(...(queue.current ? [this.#item(queue, queue.position)] : []));
    this.#part("empty").hidden = positions.length > 0;
    this.#part("clear").hidden = positions.length === 0;
    this.#part("save").hidden = !queue.current;
    this.#paintMore(queue.left - positions.length);
    if (kept) list.children[Math.min(kept.at, list.children.length - 1)]?.querySelector(kept.selector)?.focus();
  }

  /** What is drawn already only changes its place, and what is in its place is not touched. */
  #arrange(list, queue, positions) {
    const drawn = new Map([...list.children].map((item) => [item.track, item]));
    for (const [at, position] of positions.entries()) {
      const track = queue.tracks[queue.order[position]];
      const item = drawn.get(track) ?? this.#item(queue, position);
      drawn.delete(track);
      item.dataset.position = position;
      if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
    }
    while (list.children.length > positions.length) list.lastElementChild.remove();
  }

  #paintMore(more) {
    const button = this.#part("more");
    button.hidden = more <= 0;
    button.textContent = button.dataset.label.replace("%d", more);
  }

  #item(queue, position) {
    const item = this.#document.getElementById("queue-item").content.firstElementChild.cloneNode(true);
    const track = queue.tracks[queue.order[position]];
    item.track = track;
    item.dataset.position = position;
    item.querySelector("img").src = track.cover || "data:,";
    item.querySelector("[data-queue-title]").textContent = track.title;
    item.querySelector("[data-queue-artist]").textContent = track.artist;
    for (const button of item.querySelectorAll("[data-label]")) button.setAttribute("aria-label", button.dataset.label.replace("%s", track.title));
    return item;
  }

  #press({ target, detail }) {
    if (target.closest("[data-open-queue]")) return this.toggle();
    const button = target.closest("#queue button");
    if (!button) return;
    const position = Number(button.closest("[data-position]")?.dataset.position);
    const actions = {
      close: () => this.close(),
      more: () => this.#showMore(),
      clear: () => this.#undoable(() => this.#engine.clear(), this.#panel.dataset.cleared),
      jump: () => detail > 1 || this.#jump(position), // by then another row is under the pointer
      remove: () => this.#remove(position),
    };
    actions[button.dataset.queueAction]?.();
  }

  #showMore() {
    this.#shown += SHOWN_AT_FIRST;
    this.paint();
  }

  #jump(position) {
    if (position === this.#engine.queue.position) this.#engine.toggle();
    else this.#engine.jump(position);
  }

  #remove(position) {
    const { queue } = this.#engine;
    const { title } = queue.tracks[queue.order[position]];
    this.#undoable(() => this.#engine.remove(position), this.#panel.dataset.removed.replace("%s", title));
  }

  #undoable(act, text) {
    const before = this.#engine.queue;
    act();
    this.#tell(text, () => this.#engine.putBack(before));
  }

  /** Up and down on the handle move the track; Escape closes. */
  #key(event) {
    if (!this.#panel?.contains(event.target)) return;
    if (event.key === "Escape") return this.close();
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const handle = event.target.closest("[data-queue-action=move]");
    if (!step || !handle) return;
    event.preventDefault();
    const item = handle.closest("[data-position]");
    const [from, at] = [Number(item.dataset.position), [...this.#list.children].indexOf(item)];
    const { queue } = this.#engine;
    if (from + step <= queue.position || from + step >= queue.order.length) return;
    this.#engine.move(from, from + step);
    this.#list.children[at + step]?.querySelector("[data-queue-action=move]").focus();
    this.#say(at + step + 1, queue.left);
  }

  #take(event) {
    const handle = event.target.closest?.("#queue [data-queue-action=move]");
    if (!handle || event.button) return;
    event.preventDefault();
    handle.focus();
    this.#dragged = handle.closest("[data-position]");
    this.#dragged.dataset.dragged = "";
  }

  #drag({ clientY }) {
    if (!this.#dragged) return;
    const others = [...this.#list.children].filter((item) => item !== this.#dragged);
    const below = others.find((item) => clientY < middleOf(item.getBoundingClientRect()));
    if (below !== this.#dragged.nextElementSibling) this.#list.insertBefore(this.#dragged, below ?? null);
  }

  #drop() {
    const item = this.#dragged;
    if (!item) return;
    this.#dragged = null;
    delete item.dataset.dragged;
    const to = [...this.#list.children].indexOf(item) + this.#engine.queue.position + 1;
    const from = Number(item.dataset.position);
    if (from !== to) this.#engine.move(from, to);
    else this.paint();
    this.#say(to - this.#engine.queue.position, this.#engine.queue.left);
  }

  #say(place, count) {
    this.#part("announcer").textContent = this.#panel.dataset.moved.replace("%1", place).replace("%2", count);
  }

  #focused(list) {
    const item = this.#document.activeElement?.closest?.("[data-position]");
    const action = this.#document.activeElement?.dataset?.queueAction;
    return item && list.contains(item) ? { at: [...list.children].indexOf(item), selector: `[data-queue-action=${action}]` } : null;
  }

  get #list() {
    return this.#part("list");
  }

  get #panel() {
    return this.#document.getElementById("queue");
  }

  get #buttons() {
    return this.#document.querySelectorAll("[data-open-queue]");
  }

  #part(name) {
    return this.#panel.querySelector(`[data-queue-part="${name}"]`);
  }
}

function upcomingPositions({ order, position }) {
  return order.map((_, at) => at).slice(position + 1);
}

function middleOf({ top, height }) {
  return top + height / 2;
}
