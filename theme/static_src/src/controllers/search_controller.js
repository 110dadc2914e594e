import { Controller } from "@hotwired/stimulus";

const PAUSE_MS = 120;

/** The search box as a combobox: suggestions come from the server while somebody types; without them it is a form. */
export default class SearchController extends Controller {
  static targets = ["box", "list", "status"];
  static values = { url: String, found: String, nothing: String };

  connect() {
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    document.addEventListener("pointerdown", ({ target }) => this.element.contains(target) || this.close(), { signal });
    document.addEventListener("turbo:before-cache", () => this.close(), { signal });
  }

  disconnect() {
    this.listeners.abort();
    this.forget();
  }

  type() {
    this.forget();
    if (!this.boxTarget.value.trim()) return this.close();
    this.pause = setTimeout(() => this.suggest(this.boxTarget.value), PAUSE_MS);
  }

  reopen() {
    if (this.boxTarget.value.trim() && this.listTarget.hidden && this.asked === this.boxTarget.value) this.open();
  }

  leave({ relatedTarget }) {
    if (relatedTarget && !this.element.contains(relatedTarget)) this.close();
  }

  press(event) {
    if (event.isComposing) return;
    const act = { ArrowDown: () => this.move(1), ArrowUp: () => this.move(-1), Enter: () => this.choose(), Escape: () => this.escape() }[event.key];
    if (act?.()) event.preventDefault();
  }

  async suggest(query) {
    this.request = new AbortController();
    try {
      const response = await fetch(`${this.urlValue}?${new URLSearchParams({ q: query })}`, { signal: this.request.signal });
      // Whoever was signed out meanwhile is answered with a page, not with suggestions.
      if (!response.ok || response.redirected) return this.close();
      this.listTarget.innerHTML = await response.text();
      this.asked = query;
      this.open();
    } catch {
      // Older than the next letter, or the server is away: the form still works.
    }
  }

  open() {
    this.choice = null;
    this.listTarget.hidden = false;
    this.boxTarget.setAttribute("aria-expanded", "true");
    const found = this.options.length;
    this.statusTarget.textContent = found ? this.foundValue.replace("0", found) : this.nothingValue;
  }

  close() {
    this.forget();
    this.select(null);
    this.listTarget.hidden = true;
    this.boxTarget.setAttribute("aria-expanded", "false");
    this.statusTarget.textContent = "";
  }

  forget() {
    clearTimeout(this.pause);
    this.request?.abort();
  }

  move(step) {
    const { options } = this;
    if (this.listTarget.hidden || !options.length) return false;
    const place = options.indexOf(this.choice);
    // Past either end is the box itself, and then the other end.
    const next = this.choice ? place + step : step > 0 ? 0 : options.length - 1;
    this.select(options[next] ?? null);
    return true;
  }

  select(option) {
    this.choice?.setAttribute("aria-selected", "false");
    this.choice = option;
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.boxTarget.setAttribute("aria-activedescendant", option.id);
    else this.boxTarget.removeAttribute("aria-activedescendant");
  }

  choose() {
    const { choice } = this;
    this.forget();
    if (!choice) return false;
    choice.click();
    return true;
  }

  escape() {
    if (this.listTarget.hidden) return false;
    this.close();
    return true;
  }

  get options() {
    return [...this.listTarget.querySelectorAll("[role=option]")];
  }
}
