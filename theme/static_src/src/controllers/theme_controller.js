import { Controller } from "@hotwired/stimulus";

const THEMES = ["auto", "dark", "light"];
const ONE_YEAR_S = 31_536_000;

/** On the plain POST form of the theme button: applies the next theme at once, by the cookie that the form's view would set. */
export default class ThemeController extends Controller {
  cycle(event) {
    event.preventDefault();
    this.apply(THEMES[(THEMES.indexOf(this.current) + 1) % THEMES.length]);
  }

  apply(theme) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=${ONE_YEAR_S}; SameSite=Lax${secure}`;
  }

  get current() {
    return document.documentElement.dataset.theme ?? "auto";
  }
}
