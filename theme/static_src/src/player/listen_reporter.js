import { newEventId } from "./event_id.js";
import { ListenedTime } from "./listened_time.js";

const REPORT_EVERY_MS = 15_000;
const DRAFTS = "review"; // heard to check an upload, before it is a track of the catalogue

/**
 * Tells the server what is heard. Listens to the engine and to nothing else; the page around
 * it calls `farewell` when the document goes away and `checkpoint` when it is hidden.
 *
 * In a private session it says nothing, and forgets the play that was going on. A tab that does not know of the
 * session yet hears of it by the server's answer, and says no more of that play.
 * One event id per play: made at the first sound, gone when the track ends or is left.
 */
export class ListenReporter {
  #outbox;
  #sendBeacon;
  #csrfToken;
  #now;
  #clock;
  #newEventId;
  #isPrivate;
  #loaded = null;
  #listen = null;

  /** `now` is the time of day in ms; `clock` a monotonic one. */
  constructor({ outbox, sendBeacon, csrfToken, isPrivate = () => false, now = Date.now, clock = () => performance.now(), makeId = newEventId }) {
    this.#outbox = outbox;
    this.#sendBeacon = sendBeacon;
    this.#csrfToken = csrfToken;
    this.#now = now;
    this.#clock = clock;
    this.#newEventId = makeId;
    this.#isPrivate = isPrivate;
    outbox.addEventListener("private", ({ detail }) => this.#fallSilent(detail));
  }

  follow(engine) {
    engine.addEventListener("load", ({ detail }) => this.#load(detail));
    engine.addEventListener("playing", ({ detail }) => this.#hear(detail));
    engine.addEventListener("tick", ({ detail }) => this.#hear(detail));
    engine.addEventListener("jump", ({ detail }) => this.#jump(detail));
    engine.addEventListener("halt", ({ detail }) => this.#halt(detail));
    engine.addEventListener("ended", ({ detail }) => this.#finish(detail));
    engine.addEventListener("leave", ({ detail }) => this.#leave(detail));
    engine.addEventListener("handed", () => (this.#listen = null)); // how far it got was said as it paused
  }

  /** A hidden document may never be seen again, or play on: say how far it got. Browsers hide the departing one too. */
  checkpoint() {
    if (this.#isTelling && !this.#listen.isLeft) this.#beacon({ played_ms: this.#listen.time.playedMs });
  }

  farewell() {
    if (!this.#isTelling) return;
    this.#listen.isLeft = true;
    this.#beacon({ played_ms: this.#listen.time.playedMs, left: true });
  }

  get #isTelling() {
    return this.#listen !== null && !this.#listen.isSilent && !this.#isPrivate();
  }

  #fallSilent({ eventId }) {
    if (this.#listen?.eventId === eventId) this.#listen.isSilent = true;
  }

  #load({ track, source }) {
    this.#loaded = { track, source };
    this.#listen = null;
  }

  #hear({ positionMs, rate }) {
    if (this.#loaded.source === DRAFTS) return;
    if (this.#isPrivate()) {
      this.#listen = null;
      return;
    }
    if (!this.#listen) this.#start();
    this.#listen.isLeft = false;
    this.#listen.time.hear(positionMs, this.#clock(), rate);
    if (this.#clock() - this.#listen.reportedAt >= REPORT_EVERY_MS) this.#progress();
  }

  #start() {
    const { track, source } = this.#loaded;
    this.#listen = { eventId: this.#newEventId(), time: new ListenedTime(), reportedAt: this.#clock(), isSilent: false };
    this.#outbox.post(this.#listen.eventId, "start", {
      event_id: this.#listen.eventId,
      track_id: track.id,
      source,
      started_at: new Date(this.#now()).toISOString(),
    });
  }

  #jump({ positionMs, rate, isSounding }) {
    if (isSounding && this.#listen) this.#listen.time.hear(positionMs, this.#clock(), rate);
    this.#listen?.time.breakOff();
  }

  #halt(detail) {
    if (!this.#listen) return;
    this.#jump(detail);
    this.#progress();
  }

  #finish(detail) {
    this.#close(detail, "complete");
  }

  #leave(detail) {
    this.#close(detail, "progress", { left: true });
  }

  #close(detail, step, extra = {}) {
    if (!this.#listen) return;
    this.#jump(detail);
    if (this.#isTelling) this.#outbox.post(this.#listen.eventId, step, { played_ms: this.#listen.time.playedMs, ...extra });
    this.#listen = null;
  }

  #progress() {
    this.#listen.reportedAt = this.#clock();
    if (!this.#isTelling) return;
    this.#outbox.post(this.#listen.eventId, "progress", { played_ms: this.#listen.time.playedMs });
  }

  /** Kept as well as sent: a beacon gives no answer, and the start it belongs to may still wait. */
  #beacon(body) {
    const { eventId } = this.#listen;
    this.#outbox.keep(eventId, "progress", body);
    if (this.#outbox.isWaiting(eventId, "start")) return;
    // Beacons carry no headers, so the token travels in the form.
    const form = new URLSearchParams({
      played_ms: body.played_ms,
      user_id: this.#outbox.userId,
      csrfmiddlewaretoken: this.#csrfToken(),
    });
    if (body.left) form.set("left", "1");
    this.#sendBeacon(`/listens/${eventId}/progress/`, form);
  }
}
