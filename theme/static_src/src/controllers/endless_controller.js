import { Controller } from "@hotwired/stimulus";

const AHEAD = "1200px";

/**
 * On a list by days that has a pager: the next page is added when the end comes near. Where it does not come, its link
 * stays.
 */
export default class EndlessController extends Controller {
  static targets = ["list", "pager"];

  pagerTargetConnected(pager) {
    const near = ([{ isIntersecting }]) => isIntersecting && this.more();
    this.observer = new IntersectionObserver(near, { rootMargin: AHEAD });
    this.observer.observe(pager);
  }

  pagerTargetDisconnected() {
    this.observer.disconnect();
    this.asking?.abort();
  }

  async more() {
    const next = this.pagerTarget.querySelector("[rel=next]");
    if (!next) return;
    this.observer.disconnect();
    const { signal } = (this.asking = new AbortController());
    const html = await fetch(next.href, { signal, headers: { Accept: "text/html" } })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
      .catch(() => "");
    const page = new DOMParser().parseFromString(html, "text/html").querySelector("[data-controller~=endless]");
    // A page that says only that the history is out of reach has no list, and no link to go on by.
    if (page?.querySelector("[data-endless-target=list] > *") && !signal.aborted) this.add(page);
  }

  add(page) {
    const [list, pager] = ["list", "pager"].map((name) => page.querySelector(`[data-endless-target=${name}]`));
    for (const day of [...list.children]) this.addDay(day);
    this.pagerTarget.replaceWith(pager);
    this.dispatch("shown");
  }

  addDay(day) {
    const last = this.listTarget.lastElementChild;
    if (last?.dataset.day === day.dataset.day) last.querySelector("ol").append(...day.querySelector("ol").children);
    else this.listTarget.append(day);
  }
}
