import { Controller } from "@hotwired/stimulus";

const shelves = new WeakMap();

// A first time as soon as there is a layout: to ask for one earlier would hold up the page. All are measured before one
// of them is changed.
const resized = new ResizeObserver((entries) => {
  const reaches = entries.map(({ target }) => reachOf(target));
  entries.forEach(({ target }, at) => shelves.get(target)?.show(reaches[at]));
});

/** Arrows over a row that scrolls sideways: by what is seen of it. They are away where there is nothing to scroll to. */
export default class ShelfController extends Controller {
  static targets = ["row", "back", "on"];

  connect() {
    shelves.set(this.rowTarget, this);
    resized.observe(this.rowTarget);
  }

  disconnect() {
    resized.unobserve(this.rowTarget);
  }

  back() {
    this.scroll(-1);
  }

  on() {
    this.scroll(1);
  }

  scroll(direction) {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const left = onward(this.rowTarget) * direction * this.rowTarget.clientWidth * 0.85;
    this.rowTarget.scrollBy({ left, behavior: isStill ? "auto" : "smooth" });
  }

  paint() {
    this.show(reachOf(this.rowTarget));
  }

  show({ fits, isAtStart, isAtEnd }) {
    for (const arrow of [this.backTarget, this.onTarget]) arrow.hidden = fits;
    this.backTarget.disabled = isAtStart;
    this.onTarget.disabled = isAtEnd;
  }
}

function reachOf(row) {
  const furthest = row.scrollWidth - row.clientWidth - 1;
  const scrolled = onward(row) * row.scrollLeft;
  return { fits: furthest <= 0, isAtStart: scrolled <= 0, isAtEnd: scrolled >= furthest };
}

/** Where one reads from right to left, rows begin at 0 and go on below it. */
function onward(row) {
  return getComputedStyle(row).direction === "rtl" ? -1 : 1;
}
