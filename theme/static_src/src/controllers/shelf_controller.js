import { Controller } from "@hotwired/stimulus";

/** Arrows over a row that scrolls sideways: by what is seen of it. They are away where there is nothing to scroll to. */
export default class ShelfController extends Controller {
  static targets = ["row", "back", "on"];

  connect() {
    this.paint();
    this.resized = new ResizeObserver(() => this.paint());
    this.resized.observe(this.rowTarget);
  }

  disconnect() {
    this.resized.disconnect();
  }

  back() {
    this.scroll(-1);
  }

  on() {
    this.scroll(1);
  }

  scroll(direction) {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.rowTarget.scrollBy({ left: direction * this.rowTarget.clientWidth * 0.85, behavior: isStill ? "auto" : "smooth" });
  }

  paint() {
    const { scrollLeft, scrollWidth, clientWidth } = this.rowTarget;
    const furthest = scrollWidth - clientWidth - 1;
    for (const arrow of [this.backTarget, this.onTarget]) arrow.hidden = furthest <= 0;
    this.backTarget.disabled = scrollLeft <= 0;
    this.onTarget.disabled = scrollLeft >= furthest;
  }
}
