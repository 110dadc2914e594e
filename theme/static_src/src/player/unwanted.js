const MOST_ASKED = 1000;

/**
 * What somebody says "never" to leaves the queue as well, and comes back when they take it back before they go on. Only
 * the server knows whose and of which genres the tracks of a queue are.
 */
export class Unwanted {
  #engine;
  #fetch;
  #csrfToken;
  #before = null;
  #after = null;

  constructor({ engine, fetch, csrfToken }) {
    [this.#engine, this.#fetch, this.#csrfToken] = [engine, fetch, csrfToken];
  }

  follow(document) {
    document.addEventListener("turbo:submit-end", ({ detail: { success, formSubmission } }) => {
      const { submitter } = formSubmission;
      if (!success || submitter?.name !== "say") return;
      if (submitter.value.endsWith(":0")) this.takeOut(submitter.value);
      else this.bringBack();
    });
  }

  /** `say` is "artist:12:0". What was unwanted before stays: somebody chose to hear that. */
  async takeOut(say) {
    const { queue } = this.#engine;
    const ids = queue.tracks.map(({ id }) => Number(id));
    const parts = Array.from({ length: Math.ceil(ids.length / MOST_ASKED) }, (_, part) => ids.slice(part * MOST_ASKED, (part + 1) * MOST_ASKED));
    const answers = await Promise.all(parts.map((part) => this.#concerned(say, part))).catch(() => []);
    const gone = new Set(answers.flat().map(String));
    const before = this.#engine.queue;
    this.#engine.removeAll(gone);
    if (this.#engine.queue !== before) [this.#before, this.#after] = [before, this.#engine.queue];
  }

  bringBack() {
    if (this.#engine.queue === this.#after) this.#engine.putBack(this.#before);
  }

  async #concerned(say, track_ids) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.#csrfToken() };
    const answer = await this.#fetch("/taste/tracks/", { method: "POST", headers, body: JSON.stringify({ say, track_ids }) });
    if (!answer.ok || answer.redirected) throw new Error(`nothing said: ${answer.status}`);
    return (await answer.json()).track_ids;
  }
}
