import { Controller } from "@hotwired/stimulus";

/** On a form of filters: a choice is sent at once, and fields that say nothing stay out of the address. */
export default class FiltersController extends Controller {
  connect() {
    this.element.addEventListener("formdata", leaveOutEmpty);
  }

  disconnect() {
    this.element.removeEventListener("formdata", leaveOutEmpty);
  }

  send() {
    this.element.requestSubmit();
  }
}

function leaveOutEmpty({ formData }) {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
}
