import { Controller } from "@hotwired/stimulus";
import { gettext, ngettext } from "../words.js";

/** On the form of the review: saves a row as soon as it is changed, and counts what is ticked. */
export default class ReviewController extends Controller {
  static targets = ["row", "tick", "all", "ticked"];
  saving = new WeakMap();

  connect() {
    this.count();
  }

  change({ target }) {
    const row = target.closest("[data-save]");
    if (row && target.matches("input:not([type=checkbox])")) this.saveInTurn(row);
  }

  /** One after the other: an answer that is long in coming must not set an older value back. */
  saveInTurn(row) {
    const before = this.saving.get(row) ?? Promise.resolve();
    this.saving.set(row, before.then(() => this.save(row)));
  }

  async save(row) {
    this.say(row, "");
    const sent = this.fieldsOf(row);
    const answer = await fetch(row.dataset.save, { method: "POST", body: sent, headers: { Accept: "application/json" } })
      .then(async (response) => (response.redirected ? null : { isOk: response.ok, ...(await response.json()) }))
      .catch(() => null);
    if (!answer) return this.say(row, gettext("Not saved yet: the server cannot be reached."), true);
    this.mark(row, answer.errors ?? {});
    if (!answer.isOk) return;
    this.fill(row, answer.values, sent);
    this.say(row, answer.said);
  }

  fieldsOf(row) {
    const fields = new FormData();
    fields.set("csrfmiddlewaretoken", this.element.elements.csrfmiddlewaretoken.value);
    for (const input of this.inputsOf(row)) fields.set(input.name, input.value);
    return fields;
  }

  mark(row, errors) {
    for (const input of this.inputsOf(row)) {
      const [error = ""] = errors[nameOf(input)] ?? [];
      input.ariaInvalid = error ? "true" : null;
      input.parentElement.querySelector("[data-error]").textContent = error;
    }
  }

  /** As the server spells it; what somebody is typing in, or has changed since it was sent, is theirs. */
  fill(row, values, sent) {
    for (const input of this.inputsOf(row)) {
      const isTheirs = input === document.activeElement || input.value !== sent.get(input.name);
      if (!isTheirs) input.value = values[nameOf(input)] ?? "";
    }
  }

  say(row, words, isTrouble = false) {
    const said = row.querySelector("[data-said]");
    said.textContent = words;
    said.classList.toggle("text-danger", isTrouble);
    said.classList.toggle("text-success", !isTrouble);
  }

  inputsOf(row) {
    return [...row.querySelectorAll("input[id^=id_]")];
  }

  tickAll() {
    for (const tick of this.tickTargets) tick.checked = this.allTarget.checked;
    this.count();
  }

  count() {
    const number = this.tickTargets.filter(({ checked }) => checked).length;
    this.tickedTarget.textContent = number ? ngettext("%(number)s selected", "%(number)s selected", number) : "";
    this.allTarget.checked = number > 0 && number === this.tickTargets.length;
    this.allTarget.indeterminate = number > 0 && number < this.tickTargets.length;
  }
}

/** "0123abcd-title" -> "title" */
function nameOf({ name }) {
  return name.slice(name.indexOf("-") + 1);
}
