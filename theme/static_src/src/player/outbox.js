const PREFIX = "listen";
const MAX_EVENTS = 2_000;
const TIMEOUT_MS = 15_000;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/** Refusals that no later attempt can change: nonsense, no such track or listen, an event of somebody else. */
const FINAL_REFUSALS = new Set([400, 404, 409, 410]);

/** Nobody's event would be taken now: signed out, stale CSRF token, too slow, too often, a server without its stores. */
const FOR_EVERY_EVENT = new Set([401, 403, 408, 429, 502, 503, 504, 507]);

/**
 * Messages about listens on their way to the server: kept in storage until they are answered,
 * so that neither a reload nor a dead network loses one. The server knows events by their id,
 * so sending twice is safe.
 *
 * Storage is the only truth, with one key per user and event: two tabs never overwrite each
 * other's events, and nobody sends what another person heard in this browser. At most two
 * messages per event wait: its start, and the newest word on how far it got.
 *
 * "private" {eventId}: the server does not record this event, as a private session lasts.
 */
export class Outbox extends EventTarget {
  #storage;
  #fetch;
  #userId;
  #csrfToken;
  #now;
  #later;
  #cancel;
  #round = null;
  #timer = null;
  #failures = 0;
  #sequence = 0;

  constructor({ storage, fetch, userId, csrfToken, now = Date.now, later = waitThen, cancel = stopWaiting }) {
    super();
    this.#storage = storage;
    this.#fetch = fetch;
    this.#userId = userId;
    this.#csrfToken = csrfToken;
    this.#now = now;
    this.#later = later;
    this.#cancel = cancel;
  }

  /** Keep the message, without sending it yet. `step` is "start", "progress" or "complete". */
  keep(eventId, step, body) {
    const key = this.#keyOf(eventId);
    if (!key) return;
    const event = this.#read(key) ?? { addedAt: this.#now(), messages: [] };
    const isSuperseded = (message) => message.step === "progress" || message.step === step;
    const id = `${this.#now()}.${++this.#sequence}`;
    event.messages = [...event.messages.filter((message) => !isSuperseded(message)), { id, step, body }];
    this.#write(key, event);
    this.#dropOldest();
  }

  post(eventId, step, body) {
    this.keep(eventId, step, body);
    return this.#failures ? Promise.resolve() : this.flush();
  }

  get userId() {
    return this.#userId();
  }

  isWaiting(eventId, step) {
    const event = this.#read(this.#keyOf(eventId));
    return Boolean(event?.messages.some((message) => message.step === step));
  }

  /** Send what waits, oldest event first. Never rejects. */
  flush() {
    this.#cancel(this.#timer);
    this.#round = (this.#round ?? Promise.resolve()).then(() => this.#sendAll());
    return this.#round;
  }

  async #sendAll() {
    const outcomes = [];
    for (const key of this.#keys()) {
      outcomes.push(await this.#sendEvent(key));
      // The next one would meet the same.
      if (outcomes.includes("later")) break;
    }
    if (outcomes.every((outcome) => outcome === "sent")) this.#failures = 0;
    else this.#tryAgainLater();
  }

  async #sendEvent(key) {
    for (let message = this.#first(key); message; message = this.#first(key)) {
      const outcome = await this.#send(key, message);
      if (outcome !== "sent") return outcome;
      this.#remove(key, message.id);
    }
    return "sent";
  }

  /** Answers "sent" (done with it, heard or refused for good), "failed" (this event's trouble, it seems) or "later". */
  async #send(key, { step, body }) {
    const [, userId, eventId] = key.split(":");
    try {
      const answer = await this.#fetch(step === "start" ? "/listens/start/" : `/listens/${eventId}/${step}/`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.#csrfToken() },
        // Somebody else may have signed in beside this page: the server must not take it for theirs. By our clock it
        // knows how wrong started_at is.
        body: JSON.stringify({ ...body, user_id: userId, ...(step === "start" && { sent_at: new Date(this.#now()).toISOString() }) }),
        credentials: "same-origin",
        keepalive: true,
        // A redirect leads to the sign-in page, whose 200 must not pass for an answer.
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const { status, ok } = answer;
      if (status < 200 || FOR_EVERY_EVENT.has(status)) return "later";
      if (!ok && !isFinal(answer)) return "failed";
      // A network that wants a sign-in first answers with a page: that is no JSON.
      if ((await answer.json()).private) {
        this.dispatchEvent(new CustomEvent("private", { detail: { eventId } }));
      }
      return "sent";
    } catch {
      return "later";
    }
  }

  #tryAgainLater() {
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.#failures++, LONGEST_WAIT_MS);
    this.#cancel(this.#timer);
    this.#timer = this.#later(() => this.flush(), wait);
  }

  #keyOf(eventId) {
    const userId = this.#userId();
    return userId ? `${PREFIX}:${userId}:${eventId}` : null;
  }

  #names() {
    const prefix = this.#keyOf("");
    if (!prefix) return [];
    const all = Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index));
    return [...new Set(all)].filter((key) => key?.startsWith(prefix));
  }

  /** The oldest event first. */
  #keys() {
    const addedAt = new Map(this.#names().map((key) => [key, this.#read(key)?.addedAt ?? 0]));
    return [...addedAt.keys()].sort((one, other) => addedAt.get(one) - addedAt.get(other));
  }

  #first(key) {
    return this.#read(key)?.messages[0];
  }

  #remove(key, id) {
    const event = this.#read(key);
    if (!event) return;
    event.messages = event.messages.filter((message) => message.id !== id);
    if (event.messages.length) this.#write(key, event);
    else this.#storage.removeItem(key);
  }

  #dropOldest() {
    if (this.#names().length <= MAX_EVENTS) return;
    for (const key of this.#keys().slice(0, -MAX_EVENTS)) this.#storage.removeItem(key);
  }

  #read(key) {
    try {
      const event = JSON.parse(this.#storage.getItem(key));
      return Array.isArray(event?.messages) ? event : null;
    } catch {
      return null;
    }
  }

  #write(key, event) {
    this.#storage.setItem(key, JSON.stringify(event));
  }
}

/** A proxy in front of a server that is being exchanged answers 404 too, with a page of its own. */
function isFinal({ status, headers }) {
  return FINAL_REFUSALS.has(status) && headers.get("Content-Type")?.startsWith("application/json");
}

// Called as methods, the browser's own timers refuse to work.
function waitThen(run, ms) {
  return setTimeout(run, ms);
}

function stopWaiting(timer) {
  clearTimeout(timer);
}
