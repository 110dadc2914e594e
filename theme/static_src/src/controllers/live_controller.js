import { Controller } from "@hotwired/stimulus";
import { morphChildren } from "@hotwired/turbo";

const SOON_MS = 1500;
const LATEST_MS = 12_000;

/**
 * Keeps a list as the server would render it now, while some of it is still under way. Only what differs is touched, so
 * that focus stays where it is. Where nothing changes it asks less and less often.
 */
export default class LiveController extends Controller {
  static targets = ["list"];
  static values = { url: String };

  connect() {
    this.wait = SOON_MS;
    this.whenSeen = () => document.hidden || this.look();
    document.addEventListener("visibilitychange", this.whenSeen);
    this.lookLater();
  }

  disconnect() {
    clearTimeout(this.timer);
    this.asking?.abort();
    document.removeEventListener("visibilitychange", this.whenSeen);
  }

  async look() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    const html = await fetch(this.urlValue, { signal, headers: { Accept: "text/html" } })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : null))
      .catch(() => null);
    if (signal.aborted) return;
    if (html !== null) this.show(html);
    this.lookLater();
  }

  show(html) {
    this.wait = html === this.shown ? Math.min(this.wait * 1.5, LATEST_MS) : SOON_MS;
    if (html === this.shown) return;
    this.shown = html;
    const next = document.createElement("div");
    next.innerHTML = html;
    morphChildren(this.listTarget, next);
    this.dispatch("shown");
  }

  lookLater() {
    const isBusy = this.listTarget.querySelector("[data-busy=true]");
    if (isBusy && !document.hidden) this.timer = setTimeout(() => this.look(), this.wait);
  }
}
