import { Controller } from "@hotwired/stimulus";

const THEMES = ["auto", "dark", "light"];
const ONE_YEAR_S = 31_536_000;

/** On the plain POST forms that change the colours: applies them at once, by the cookies that the form's view would set. */
export default class ThemeController extends Controller {
  cycle(event) {
    event.preventDefault();
    this.apply("theme", THEMES[(THEMES.indexOf(this.root.dataset.theme) + 1) % THEMES.length]);
  }

  pick({ target }) {
    this.apply(target.name, target.value);
  }

  /** @param {"theme" | "accent"} name */
  apply(name, value) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    this.root.dataset[name] = value;
    document.cookie = `${name}=${value}; path=/; max-age=${ONE_YEAR_S}; SameSite=Lax${secure}`;
  }

  get root() {
    return document.documentElement;
  }
}
