import { Controller } from "@hotwired/stimulus";

/** Counts the seconds that are left for something, and takes the offer away with the last one. */
export default class CountdownController extends Controller {
  static values = { seconds: Number };
  static targets = ["left"];

  connect() {
    const end = performance.now() + this.secondsValue * 1000;
    this.timer = setInterval(() => this.show(Math.ceil((end - performance.now()) / 1000)), 1000);
  }

  disconnect() {
    clearInterval(this.timer);
  }

  show(seconds) {
    if (seconds > 0) this.leftTarget.textContent = seconds;
    else this.element.remove();
  }
}
