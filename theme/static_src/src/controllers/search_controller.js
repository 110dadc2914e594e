import { Controller } from "@hotwired/stimulus";

const QUIET_MS = 250;

/** On a GET form aimed at a turbo-frame: searches while one types, and leaves the field alone. */
export default class SearchController extends Controller {
  connect() {
    this.sent = this.query;
  }

  disconnect() {
    clearTimeout(this.timer);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), QUIET_MS);
  }

  now() {
    if (this.query === this.sent) return;
    this.sent = this.query;
    this.element.requestSubmit();
  }

  get query() {
    return new URLSearchParams(new FormData(this.element)).toString();
  }
}
