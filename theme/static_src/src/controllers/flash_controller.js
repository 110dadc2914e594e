import { Controller } from "@hotwired/stimulus";

/** A message. One that floats goes by itself, unless somebody is at it. */
export default class FlashController extends Controller {
  static values = { seconds: Number };

  connect() {
    if (this.secondsValue) this.timer = setTimeout(() => this.leave(), this.secondsValue * 1000);
  }

  disconnect() {
    clearTimeout(this.timer);
  }

  leave() {
    if (this.element.matches(":hover, :focus-within")) this.connect();
    else this.dismiss();
  }

  dismiss() {
    this.element.remove();
  }
}
