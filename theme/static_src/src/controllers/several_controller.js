import { Controller } from "@hotwired/stimulus";

const NAMES = new WeakMap();

/** On a field with a datalist whose values are parted by ";": suggests for the one that is being typed. */
export default class SeveralController extends Controller {
  connect() {
    this.element.addEventListener("focus", this.suggest);
    this.element.addEventListener("input", this.suggest);
  }

  disconnect() {
    this.element.removeEventListener("focus", this.suggest);
    this.element.removeEventListener("input", this.suggest);
  }

  suggest = () => {
    const { list, value } = this.element;
    if (!list) return;
    if (!NAMES.has(list)) NAMES.set(list, [...list.options].map((option) => option.value));
    const before = value.includes(";") ? `${value.slice(0, value.lastIndexOf(";"))}; ` : "";
    const taken = new Set(value.split(";").map((name) => name.trim()));
    list.replaceChildren(...NAMES.get(list).filter((name) => !taken.has(name)).map((name) => new Option("", before + name)));
  };
}
