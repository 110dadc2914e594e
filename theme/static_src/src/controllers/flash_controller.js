import { Controller } from "@hotwired/stimulus";

export default class FlashController extends Controller {
  dismiss() {
    this.element.remove();
  }
}
