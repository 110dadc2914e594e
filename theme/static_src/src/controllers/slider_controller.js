import { Controller } from "@hotwired/stimulus";

/** On the form of one slider: says in words where it stands, and sends it when it is let go. */
export default class SliderController extends Controller {
  static targets = ["range", "said"];
  static values = { words: Array };

  connect() {
    this.say();
  }

  say() {
    const { min, max, value } = this.rangeTarget;
    const share = (value - min) / (max - min);
    const words = this.wordsValue[Math.round(share * (this.wordsValue.length - 1))];
    this.rangeTarget.setAttribute("aria-valuetext", words);
    this.saidTarget.textContent = words;
    this.element.toggleAttribute("data-neutral", Number(value) === 0);
  }

  send() {
    this.element.requestSubmit();
  }
}
