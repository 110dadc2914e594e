import { Controller } from "@hotwired/stimulus";

const TYPING_MS = 400;

/** On the form of a smart playlist: what it would find while one types; the server draws what another field needs. */
export default class RulesController extends Controller {
  static targets = ["preview", "again"];
  static values = { url: String };

  disconnect() {
    clearTimeout(this.typing);
    this.asking?.abort();
  }

  redraw({ target }) {
    this.againTarget.value = `redraw:${target.name}`;
    this.element.requestSubmit(this.againTarget);
  }

  look() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.ask(), TYPING_MS);
  }

  async ask() {
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const body = new URLSearchParams(new FormData(this.element));
      const answer = await fetch(this.urlValue, { method: "POST", body, signal: this.asking.signal });
      if (answer.redirected || (!answer.ok && answer.status !== 422)) return;
      this.previewTarget.innerHTML = await answer.text();
      document.dispatchEvent(new Event("endless:shown"));
    } catch {
      // Away, or asked again meanwhile: what was found last stays.
    }
  }
}
