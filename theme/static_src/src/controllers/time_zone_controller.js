import { Controller } from "@hotwired/stimulus";

// A hidden field: the account starts in the zone of the browser that made it.
export default class extends Controller {
  connect() {
    this.element.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  }
}
