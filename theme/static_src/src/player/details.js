const KEPT = 20;

/** What the server knows of a track beyond what a list says: gains, lyrics, the large cover. Asked for once each. */
export class Details {
  #fetch;
  #kept = new Map();

  constructor(fetch) {
    this.#fetch = fetch;
  }

  /** null where there is no answer: the music plays without. */
  of({ href }) {
    if (!href) return Promise.resolve(null);
    if (!this.#kept.has(href)) this.#keep(href, this.#ask(href));
    return this.#kept.get(href);
  }

  async #ask(href) {
    try {
      const answer = await this.#fetch(`${href}playing.json`, { headers: { Accept: "application/json" } });
      if (answer.ok && !answer.redirected) return await answer.json();
    } catch {
      // Away or signed out: asked again when it is played again.
    }
    this.#kept.delete(href);
    return null;
  }

  #keep(href, answer) {
    this.#kept.set(href, answer);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
  }
}
