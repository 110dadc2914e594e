import { Controller } from "@hotwired/stimulus";

/** On a <details>: closes on Escape, on a click or focus elsewhere, and before the page is left. */
export default class MenuController extends Controller {
  connect() {
    this.listeners = new AbortController();
    const on = (type, handle) => document.addEventListener(type, handle, { signal: this.listeners.signal });
    on("click", (event) => this.closeUnlessWithin(event));
    on("focusin", (event) => this.closeUnlessWithin(event));
    on("keydown", (event) => event.key === "Escape" && this.escape());
    on("turbo:before-cache", () => this.close());
  }

  disconnect() {
    this.listeners.abort();
  }

  close() {
    this.element.open = false;
  }

  closeUnlessWithin({ target }) {
    if (!this.element.contains(target)) this.close();
  }

  escape() {
    if (!this.element.open) return;
    this.close();
    this.element.querySelector("summary").focus();
  }
}
