import { Controller } from "@hotwired/stimulus";

const TYPING_MS = 900;
const FIRST_YEAR = 1970; // while a year is typed, "2" and "20" are years too

/** On a form of filters: a choice is sent at once, and fields that say nothing stay out of the address. */
export default class FiltersController extends Controller {
  connect() {
    this.element.addEventListener("formdata", leaveOutEmpty);
  }

  disconnect() {
    this.element.removeEventListener("formdata", leaveOutEmpty);
    clearTimeout(this.typing);
  }

  send() {
    this.element.requestSubmit();
  }

  sendDate({ target }) {
    clearTimeout(this.typing);
    const isTyped = target.value && target.valueAsDate.getUTCFullYear() < FIRST_YEAR;
    if (!isTyped) this.typing = setTimeout(() => this.send(), TYPING_MS);
  }
}

function leaveOutEmpty({ formData }) {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
}
