import { Controller } from "@hotwired/stimulus";

const MARGIN_PX = 8;

/** On a <details>: within the window, and closed by Escape, by a click or focus elsewhere, and before the page is left. */
export default class MenuController extends Controller {
  connect() {
    this.listeners = new AbortController();
    const on = (type, handle) => document.addEventListener(type, handle, { signal: this.listeners.signal });
    on("click", (event) => this.closeUnlessWithin(event));
    on("focusin", (event) => this.closeUnlessWithin(event));
    on("keydown", (event) => event.key === "Escape" && this.escape());
    on("turbo:before-cache", () => this.close());
    this.element.addEventListener("toggle", () => this.stayWithin(), { signal: this.listeners.signal });
  }

  disconnect() {
    this.listeners.abort();
  }

  stayWithin() {
    const panel = this.element.querySelector(".menu-panel");
    if (!panel) return;
    panel.style.translate = "";
    const { left, right } = panel.getBoundingClientRect();
    const over = Math.max(right + MARGIN_PX - document.documentElement.clientWidth, 0) || Math.min(left - MARGIN_PX, 0);
    if (over) panel.style.translate = `${-over}px`;
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
