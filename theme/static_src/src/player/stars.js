const FORMS = "form[data-star-form], form[data-rating-form]";
const REPAINT_ON = ["turbo:render", "turbo:frame-render", "endless:shown"];
const AT_ONCE = 200;

/**
 * Stars and ratings. Which tracks of a page are starred is asked once it is there, so that lists cost nothing for it.
 * Without this the same buttons send their forms.
 */
export class Stars {
  #engine;
  #document;
  #tell;
  #csrfToken;
  #starred = new Map();

  constructor({ engine, document, tell, csrfToken }) {
    [this.#engine, this.#document, this.#tell, this.#csrfToken] = [engine, document, tell, csrfToken];
    document.addEventListener("submit", (event) => this.#submit(event), { capture: true });
    document.addEventListener("click", ({ target }) => this.#press(target.closest("[data-star-track]")));
    document.getElementById("track-menu")?.addEventListener("beforetoggle", ({ newState }) => newState === "open" && this.#paintMenu());
    engine.addEventListener("load", () => this.#paintBar());
    // Not before it sounds, which that would hold up.
    engine.addEventListener("playing", () => this.#starred.has(engine.track.id) || this.#look());
    for (const type of REPAINT_ON) document.addEventListener(type, () => this.#look());
    this.#look();
  }

  async #look() {
    this.#paint();
    const ids = [...new Set([this.#engine.track?.id, ...this.#rows().map(idOf)])].filter((id) => /^\d+$/.test(id ?? ""));
    for (let at = 0; at < ids.length; at += AT_ONCE) await this.#ask(ids.slice(at, at + AT_ONCE));
    this.#paint();
  }

  async #ask(ids) {
    try {
      const answer = await fetch(`/stars/?tracks=${ids}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      const starred = new Set((await answer.json()).starred.map(String));
      for (const id of ids) this.#starred.set(id, starred.has(id));
    } catch {
      // Away: what is known stays.
    }
  }

  #rows() {
    return [...this.#document.querySelectorAll("[data-track] [data-play]")];
  }

  #paint() {
    for (const button of this.#rows()) this.#mark(button.closest("[data-track]"), this.#starred.get(idOf(button)));
    this.#paintBar();
  }

  #paintBar() {
    const bar = this.#document.querySelector("#player [data-star-track]");
    if (bar && this.#engine.track) {
      bar.dataset.starTrack = this.#engine.track.id;
      press(bar, this.#starred.get(this.#engine.track.id));
    }
  }

  #paintMenu() {
    const menu = this.#document.getElementById("track-menu");
    const item = menu.querySelector("[data-star-track]");
    item.dataset.starTrack = menu.of.track.id;
    item.setAttribute("aria-checked", String(this.#starred.get(item.dataset.starTrack) ?? false));
  }

  /** Beside the title of a row. */
  #mark(row, isStarred = false) {
    const title = row.querySelector(".track-title");
    const there = row.querySelector(".star-mark");
    if (there && !isStarred) there.remove();
    if (!title || there || !isStarred) return;
    title.insertAdjacentElement("afterend", this.#document.getElementById("star-mark").content.firstElementChild.cloneNode(true));
  }

  #press(button) {
    const id = button?.dataset.starTrack;
    if (id) this.#star("track", id, !this.#starred.get(id));
  }

  #submit(event) {
    const form = event.target.closest?.(FORMS);
    const { submitter } = event;
    if (!form || !submitter) return;
    event.preventDefault();
    if ("starForm" in form.dataset) this.#star(...submitter.dataset.star.split(":"), submitter.value === "1");
    else this.#rate(form, submitter);
  }

  async #star(kind, id, isStarred) {
    this.#show(kind, id, isStarred);
    if (!(await this.#send("/stars/", { [kind]: id, star: Number(isStarred) }))) this.#show(kind, id, !isStarred);
  }

  #show(kind, id, isStarred) {
    if (kind === "track") this.#starred.set(id, isStarred);
    for (const button of this.#document.querySelectorAll(`[data-star="${kind}:${id}"]`)) {
      press(button, isStarred);
      button.value = Number(!isStarred);
    }
    this.#paint();
  }

  async #rate(form, submitter) {
    const before = form.querySelector("[aria-pressed=true]")?.dataset.place ?? 0;
    const { place } = submitter.dataset;
    const rating = place === before ? 0 : Number(place);
    paintRating(form, rating);
    const said = Object.fromEntries(new FormData(form));
    if (!(await this.#send("/ratings/", { ...said, rating }))) paintRating(form, Number(before));
  }

  /** Whether it was taken down. */
  async #send(url, said) {
    const failed = this.#document.getElementById("track-menu").dataset.starFailed;
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": this.#csrfToken() };
      const answer = await fetch(url, { method: "POST", headers, body: new URLSearchParams(said), keepalive: true });
      if (answer.ok && !answer.redirected) return true;
    } catch {
      // Said below.
    }
    this.#tell(failed);
    return false;
  }
}

function idOf({ dataset }) {
  return dataset.trackId;
}

function press(button, isPressed = false) {
  button.setAttribute("aria-pressed", String(isPressed));
}

function paintRating(form, rating) {
  for (const button of form.querySelectorAll("[data-place]")) {
    const place = Number(button.dataset.place);
    press(button, place === rating);
    button.toggleAttribute("data-on", place <= rating);
    button.value = place === rating ? 0 : place;
  }
}
