import { Controller } from "@hotwired/stimulus";
import { ngettext } from "../words.js";

/** On a form with a list of checkboxes: one box for all of them, how many are ticked, buttons that wait for the first. */
export default class SelectionController extends Controller {
  static targets = ["all", "box", "count", "action"];

  connect() {
    this.none = this.countTarget.textContent;
    this.count();
  }

  toggle() {
    for (const box of this.boxTargets) box.checked = this.allTarget.checked;
    this.count();
  }

  count() {
    const ticked = this.boxTargets.filter((box) => box.checked).length;
    this.allTarget.checked = ticked > 0 && ticked === this.boxTargets.length;
    this.allTarget.indeterminate = ticked > 0 && ticked < this.boxTargets.length;
    for (const button of this.actionTargets) button.disabled = ticked === 0;
    this.countTarget.textContent = ticked ? ngettext("%(number)s selected", "%(number)s selected", ticked) : this.none;
  }
}
