import { clock, lengthClock } from "./clock.js";
import { onceAFrame } from "./once_a_frame.js";
import { REPEAT_MODES } from "./queue.js";
import { setAttribute } from "../attributes.js";
import { gettext, SIGNED_OUT } from "../words.js";

const KEY_STEP_MS = 5_000;
const MESSAGE_FOR_MS = 8_000;
const STILL_IN_USE_MS = 1_000;

/**
 * The player bar (templates/shared/_player.html): one listener of the engine among others.
 * Its elements are looked up when they are needed, so a page without the bar, or with a new
 * one, is nothing special.
 */
export class Bar {
  #engine;
  #document;
  #isDragging = false;
  #messageTimer = null;
  #undo = null;
  #cameFrom = null;

  constructor(engine, document) {
    this.#engine = engine;
    this.#document = document;
    document.addEventListener("click", (event) => this.#press(event));
    document.addEventListener("input", (event) => this.#drag(event));
    document.addEventListener("change", (event) => this.#drop(event));
    document.addEventListener("keydown", (event) => this.#step(event));
    document.addEventListener("focusin", (event) => this.#comeFrom(event));
    engine.addEventListener("change", onceAFrame(() => this.paint()));
    engine.addEventListener("time", () => this.#paintTime());
    engine.addEventListener("playing", () => this.#announce());
    engine.addEventListener("message", ({ detail }) => this.tell(detail.text));
  }

  paint() {
    const { track } = this.#engine;
    if (!this.#root) return;
    this.#root.dataset.state = this.#state;
    if (track) this.#paintTrack(track);
    this.#paintControls();
    this.#paintTime();
  }

  /** For some seconds, and as long as it is pointed at or has the focus; with `undo` there is a button that calls it. Who is signed out is told until they sign in or close it. */
  tell(text, undo = null) {
    const message = this.#part("message");
    if (!message) return;
    this.#undo = undo;
    write(message, text);
    const isSignedOut = text === SIGNED_OUT;
    if (!undo) this.#leaveNotice();
    this.#part("undo").hidden = !undo;
    this.#part("sign-in").search = new URLSearchParams({ next: location.pathname + location.search });
    this.#part("sign-in").hidden = this.#part("dismiss").hidden = !isSignedOut;
    clearTimeout(this.#messageTimer);
    if (text && !isSignedOut) this.#messageTimer = setTimeout(() => this.#lapse(), MESSAGE_FOR_MS);
  }

  #lapse() {
    if (!this.#part("notice")?.matches(":hover, :focus-within")) return this.tell("");
    this.#messageTimer = setTimeout(() => this.#lapse(), STILL_IN_USE_MS);
  }

  #comeFrom({ target, relatedTarget }) {
    const notice = this.#part("notice");
    if (notice?.contains(target) && !notice.contains(relatedTarget)) this.#cameFrom = relatedTarget;
  }

  /** To where the focus came from, or else to the button that plays. */
  #leaveNotice() {
    if (!this.#part("notice").contains(this.#document.activeElement)) return;
    const before = this.#cameFrom?.checkVisibility() ? this.#cameFrom : this.#part("toggle");
    before.focus({ preventScroll: true });
  }

  get #root() {
    return this.#document.getElementById("player");
  }

  get #state() {
    if (!this.#engine.track) return "idle";
    if (this.#engine.isLoading) return "loading";
    return this.#engine.isHeard ? "playing" : "paused";
  }

  #part(name) {
    return this.#root?.querySelector(`[data-player="${name}"]`);
  }

  #paintTrack(track) {
    const { sourceLabel, sourceHref } = this.#engine.queue.origin;
    link(this.#part("title"), track.title, track.href);
    link(this.#part("artist"), track.artist, track.artistHref);
    link(this.#part("source"), sourceLabel, sourceHref);
    this.#part("origin").hidden = !sourceLabel;
    const cover = this.#part("cover");
    cover.hidden = !track.cover;
    if (track.cover && cover.getAttribute("src") !== track.cover) cover.src = track.cover;
    // Asked for together, it would hold up the sound.
    if (!this.#engine.isLoading) this.#paintWaveform(track);
  }

  #paintWaveform({ id }) {
    const waveform = this.#part("waveform");
    if (waveform.dataset.of === id) return;
    waveform.dataset.of = id;
    const shape = new Image();
    shape.onload = () => {
      if (waveform.dataset.of !== id) return;
      waveform.style.setProperty("--waveform", `url("${shape.src}")`);
      waveform.dataset.drawn = "";
    };
    // The plain bar stands where there is no shape.
    shape.onerror = () => waveform.dataset.of === id && delete waveform.dataset.drawn;
    shape.src = `/tracks/${id}/waveform.svg`;
  }

  #paintControls() {
    const { track, queue, isHeard, isElsewhere, isMuted, volume } = this.#engine;
    for (const control of this.#root.querySelectorAll("button[data-player], [data-player=seek]")) control.disabled = !track;
    this.#part("undo").disabled = this.#part("here").disabled = this.#part("more").disabled = this.#part("mute").disabled = this.#part("volume").disabled = false;
    this.#part("next").disabled = !queue.hasNext;

    const { playLabel, pauseLabel } = this.#part("toggle").dataset;
    setAttribute(this.#part("toggle"), "aria-label", isHeard ? pauseLabel : playLabel);
    press(this.#part("shuffle"), queue.isShuffled);
    const repeat = this.#part("repeat");
    repeat.dataset.mode = queue.repeat;
    setAttribute(repeat, "aria-label", repeat.getAttribute(`data-label-${queue.repeat}`));
    this.#part("elsewhere").hidden = !isElsewhere;
    press(this.#part("mute"), isMuted || volume === 0);
    const percent = isMuted ? 0 : Math.round(volume * 100);
    slide(this.#part("volume"), { value: percent, max: 100, text: `${percent}%` });
  }

  #paintTime() {
    if (!this.#root || this.#isDragging) return;
    this.#showPosition(this.#engine.positionMs);
  }

  #showPosition(positionMs) {
    const { durationMs, track } = this.#engine;
    const lengthMs = track?.durationMs || durationMs;
    const [now, all] = [clock(positionMs), lengthMs ? lengthClock(lengthMs) : "–:––"];
    write(this.#part("time"), now);
    write(this.#part("duration"), all);
    const seek = this.#part("seek");
    slide(seek, { value: positionMs / 1000, max: Math.max(1, durationMs / 1000), text: gettext("%(now)s of %(all)s", { now, all }) });
    this.#part("waveform").style.setProperty("--fill", seek.style.getPropertyValue("--fill"));
  }

  #press({ target, detail }) {
    const engine = this.#engine;
    const actions = {
      toggle: () => detail > 1 || engine.toggle(), // the second half of a double click would pause again
      previous: () => engine.previous(),
      next: () => engine.next(),
      shuffle: () => engine.toggleShuffle(),
      repeat: () => engine.setRepeat(after(REPEAT_MODES, engine.queue.repeat)),
      mute: () => engine.toggleMute(),
      here: () => engine.takeOver(),
      more: () => this.#unfold(),
      undo: () => this.#takeBack(),
      "sign-in": () => this.tell(""),
      dismiss: () => this.tell(""),
    };
    actions[target.closest("#player :is(a, button)[data-player]")?.dataset.player]?.();
  }

  #takeBack() {
    this.#undo?.();
    this.tell("");
  }

  #unfold() {
    const more = this.#part("more");
    more.setAttribute("aria-expanded", String(more.getAttribute("aria-expanded") !== "true"));
  }

  #drag({ target }) {
    if (target === this.#part("volume")) this.#engine.setVolume(target.value / 100);
    if (target !== this.#part("seek")) return;
    this.#isDragging = true;
    this.#showPosition(target.value * 1000);
  }

  #drop({ target }) {
    if (target !== this.#part("seek")) return;
    this.#isDragging = false;
    this.#engine.seek(target.value * 1000);
  }

  #step(event) {
    const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!direction || event.target !== this.#part("seek")) return;
    event.preventDefault();
    this.#engine.seekBy(direction * KEY_STEP_MS);
  }

  #announce() {
    const { title, artist } = this.#engine.track;
    write(this.#part("announcer"), `${title}, ${artist}`);
  }
}

function after(list, item) {
  return list[(list.indexOf(item) + 1) % list.length];
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function link(element, text, href) {
  write(element, text);
  if (href) element.href = href;
  else element.removeAttribute("href");
}

function press(button, isPressed) {
  setAttribute(button, "aria-pressed", String(isPressed));
}

function slide(range, { value, max, text }) {
  range.max = max;
  range.value = value;
  range.style.setProperty("--fill", `${(100 * Math.min(value, max)) / max}%`);
  setAttribute(range, "aria-valuetext", text);
}
