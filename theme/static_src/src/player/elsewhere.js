import { Queue } from "./queue.js";
import { gettext } from "../words.js";

const SAY_EVERY_MS = 4_000;
const SILENT_AFTER_MS = 12_000;

/**
 * What plays in another tab of the same person, and a way to go on with it here: the tab that plays says so every few
 * seconds, the others show it, and one that is asked for its queue hands it over and stops.
 *
 * Messages, all with `user`: asking / playing (plus title, artist) / silent / takeOver / handedOver (plus queue, positionMs).
 */
export class Elsewhere extends EventTarget {
  #engine;
  #channel;
  #userId;
  #later;
  #timer = null;
  #saidAt = null;
  #isAsking = false;
  #now;
  /** {title, artist} of what plays in another tab, or null. */
  playing = null;

  constructor({ engine, channel, userId, later = (run, ms) => setTimeout(run, ms), now = () => performance.now() }) {
    super();
    [this.#engine, this.#channel, this.#userId, this.#later, this.#now] = [engine, channel, userId, later, now];
  }

  follow() {
    this.#channel.addEventListener("message", ({ data }) => data.user === this.#userId() && this.#hear(data));
    this.#engine.addEventListener("playing", () => this.#say());
    this.#engine.addEventListener("tick", () => this.#now() - this.#saidAt > SAY_EVERY_MS && this.#say());
    this.#engine.addEventListener("change", () => this.#engine.isPlaying || this.silence());
    this.#post({ type: "asking" });
    if (this.#engine.isPlaying) this.#say();
  }

  takeOver() {
    this.#isAsking = true;
    this.#post({ type: "takeOver" });
  }

  /** Nothing sounds here any more, or the tab closes. */
  silence() {
    if (this.#saidAt === null) return;
    this.#saidAt = null;
    this.#post({ type: "silent" });
  }

  #say() {
    this.#show(null);
    this.#saidAt = this.#now();
    const { title, artist } = this.#engine.track;
    this.#post({ type: "playing", title, artist });
  }

  #hear({ type, title, artist, queue, positionMs }) {
    const { isPlaying } = this.#engine;
    if (type === "asking" && isPlaying) this.#say();
    if (type === "playing") this.#show({ title, artist });
    if (type === "silent") this.#show(null);
    if (type === "takeOver" && isPlaying) this.#handOver();
    if (type === "handedOver" && this.#isAsking) this.#goOn(queue, positionMs);
  }

  #handOver() {
    const { queue, positionMs } = this.#engine;
    this.#engine.pause();
    this.#post({ type: "handedOver", queue: { ...queue }, positionMs });
  }

  #goOn(queue, positionMs) {
    this.#isAsking = false;
    this.#show(null);
    this.#engine.restore(Queue.fromJSON(queue), positionMs);
    this.#engine.toggle();
  }

  /** A tab that was killed says nothing more. */
  #show(playing) {
    clearTimeout(this.#timer);
    if (playing) this.#timer = this.#later(() => this.#show(null), SILENT_AFTER_MS);
    this.playing = playing;
    this.dispatchEvent(new Event("change"));
  }

  #post(message) {
    this.#channel.postMessage({ ...message, user: this.#userId() });
  }
}

/** The line in the bar (templates/jinja/shell/player.jinja). */
export function showElsewhere({ engine, document, userId }) {
  if (!globalThis.BroadcastChannel) return;
  const elsewhere = new Elsewhere({ engine, channel: new BroadcastChannel("player:elsewhere"), userId });
  const part = (name) => document.querySelector(`#player [data-player=${name}]`);
  const paint = () => {
    const { playing } = elsewhere;
    if (!part("elsewhere")) return;
    part("elsewhere").hidden = !playing;
    part("elsewhere-track").textContent = playing ? gettext("Playing in another tab: %(title)s, %(artist)s", playing) : "";
  };
  elsewhere.addEventListener("change", paint);
  document.addEventListener("turbo:load", paint);
  document.addEventListener("click", ({ target }) => target.closest("#player [data-player=here]") && elsewhere.takeOver());
  addEventListener("pagehide", () => elsewhere.silence());
  elsewhere.follow();
}
