import { Controller } from "@hotwired/stimulus";

// A text to take elsewhere. Without the clipboard, which browsers give to secure pages only, it is selected.
export default class extends Controller {
  static targets = ["text", "said"];

  select() {
    this.textTarget.select();
  }

  async copy() {
    this.select();
    try {
      await navigator.clipboard.writeText(this.textTarget.value);
    } catch {
      if (!document.execCommand("copy")) return;
    }
    this.saidTarget.textContent = this.saidTarget.dataset.text;
  }
}
