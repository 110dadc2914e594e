import { clock } from "./clock.js";

const SWIPE_PX = 60;
const HELD_FOR_MS = 5_000;

/**
 * The player over the whole window: the same elements as the bar, laid out by [data-full], with a large cover and the
 * lyrics, which follow the music but for the seconds after somebody has moved in them. A press on a line goes there.
 */
export class FullScreen {
  #engine;
  #details;
  #document;
  #shown = null;
  #lines = [];
  #followed = null;
  #scrolledTo = 0;
  #heldUntil = 0;
  #touchedAt = null;
  #wash;

  constructor({ engine, details, document }) {
    [this.#engine, this.#details, this.#document] = [engine, details, document];
    this.#wash = Object.assign(document.createElement("img"), { alt: "", className: "hero-wash" });
    document.addEventListener("click", (event) => this.#press(event));
    document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && this.#escape());
    document.addEventListener("turbo:visit", () => this.close());
    document.addEventListener("touchstart", ({ target, touches }) => this.#touch(target, touches[0]), { passive: true });
    document.addEventListener("touchend", ({ changedTouches }) => this.#swipe(changedTouches[0]), { passive: true });
    document.addEventListener("scroll", ({ target }) => this.#isLyrics(target) && target.scrollTop !== this.#scrolledTo && this.#hold(), { capture: true, passive: true });
    document.addEventListener("focusin", ({ target }) => this.#isLyrics(target.parentElement) && target.matches(":focus-visible") && this.#hold());
    engine.addEventListener("load", () => this.#show());
    engine.addEventListener("time", () => this.#follow());
  }

  get isOpen() {
    return this.#player?.hasAttribute("data-full") ?? false;
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  open() {
    if (!this.#engine.track || this.isOpen) return;
    this.#player.setAttribute("data-full", "");
    this.#followed = null;
    this.#player.prepend(this.#wash);
    this.#setOthersInert(true);
    this.#paintButton();
    this.#part("fold").focus();
    this.#show();
  }

  close() {
    if (!this.isOpen) return;
    this.#player.removeAttribute("data-full");
    this.#wash.remove();
    this.#setOthersInert(false);
    this.#paintButton();
    this.#part("full").focus();
  }

  #press({ target }) {
    if (target.closest("#player [data-player=full]")) this.open();
    else if (target.closest("#player [data-player=fold]")) this.close();
    const line = target.closest("#player [data-at-ms]");
    if (!line) return;
    this.#heldUntil = 0;
    this.#engine.seek(Number(line.dataset.atMs));
  }

  #escape() {
    if (!this.#document.querySelector("dialog[open], :popover-open")) this.close();
  }

  #touch(target, { clientX, clientY }) {
    const isHandle = target.closest("#player") && !target.closest("input, [data-player=lyrics]");
    this.#touchedAt = isHandle ? { clientX, clientY } : null;
  }

  /** Up opens, down closes. */
  #swipe({ clientX, clientY }) {
    if (!this.#touchedAt) return;
    const [across, down] = [clientX - this.#touchedAt.clientX, clientY - this.#touchedAt.clientY];
    this.#touchedAt = null;
    if (Math.abs(down) < SWIPE_PX || Math.abs(down) < Math.abs(across)) return;
    if (down < 0) this.open();
    else this.close();
  }

  async #show() {
    const { track } = this.#engine;
    if (!this.isOpen || !track) return;
    if (this.#wash.getAttribute("src") !== track.cover) this.#wash.src = track.cover;
    if (track === this.#shown) return;
    this.#shown = track;
    this.#draw([]);
    const details = await this.#details.of(track);
    if (track !== this.#engine.track) return;
    this.#draw(details?.lyrics ?? []);
    if (details?.large_cover) this.#part("cover").src = details.large_cover;
    this.#follow();
  }

  #draw(lines) {
    const box = this.#part("lyrics");
    box.hidden = lines.length === 0;
    this.#lines = lines.map(([ms, text]) => this.#line(ms, text));
    box.replaceChildren(...this.#lines.map(({ element }) => element));
    box.scrollTop = this.#scrolledTo = this.#heldUntil = 0;
  }

  #line(ms, text) {
    const element = this.#document.createElement(ms === null ? "p" : "button");
    element.textContent = text || "♪";
    element.className = "lyrics-line";
    if (ms !== null) {
      element.type = "button";
      element.dataset.atMs = ms;
      element.title = clock(ms);
    }
    return { ms, element };
  }

  #follow() {
    if (!this.isOpen || this.#lines[0]?.ms == null) return;
    const { positionMs } = this.#engine;
    const current = this.#lines.findLast(({ ms }) => ms <= positionMs)?.element;
    const box = this.#part("lyrics");
    const before = box.querySelector("[aria-current]");
    if (current !== before) {
      before?.removeAttribute("aria-current");
      current?.setAttribute("aria-current", "true");
    }
    if (!current || current === this.#followed || Date.now() < this.#heldUntil) return;
    this.#followed = current;
    box.scrollTop = current.offsetTop - box.clientHeight / 3;
    this.#scrolledTo = box.scrollTop;
  }

  #hold() {
    this.#heldUntil = Date.now() + HELD_FOR_MS;
    this.#followed = null;
  }

  #isLyrics(element) {
    return Boolean(element?.matches?.("[data-player=lyrics]"));
  }

  #setOthersInert(isInert) {
    for (const element of this.#document.body.children) {
      if (!["player", "queue", "sound-menu", "track-menu", "shortcuts"].includes(element.id)) element.inert = isInert;
    }
  }

  #paintButton() {
    const button = this.#part("full");
    button.setAttribute("aria-expanded", String(this.isOpen));
    button.tabIndex = this.isOpen ? -1 : 0;
  }

  get #player() {
    return this.#document.getElementById("player");
  }

  #part(name) {
    return this.#player.querySelector(`[data-player="${name}"]`);
  }
}
