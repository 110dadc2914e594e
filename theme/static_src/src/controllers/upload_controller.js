import { Controller } from "@hotwired/stimulus";
import { chosenRow, filesAsList, renderAnswer, sendForm } from "../upload.js";

/** On the plain multipart form: drop files on it, strike some out again, watch them go. */
export default class UploadController extends Controller {
  static targets = ["zone", "list", "limit", "status", "label", "progress", "submit"];
  static values = { maxFiles: Number, maxBytes: Number };

  connect() {
    this.input = this.element.querySelector("input[type=file]");
    this.input.addEventListener("change", () => this.list());
    this.element.addEventListener("submit", (event) => this.send(event));
    this.zoneTarget.addEventListener("dragover", (event) => this.hover(event, true));
    this.zoneTarget.addEventListener("dragleave", (event) => this.hover(event, false));
    this.zoneTarget.addEventListener("drop", (event) => this.drop(event));
  }

  disconnect() {
    this.sending?.abort();
  }

  hover(event, isOver) {
    event.preventDefault();
    this.zoneTarget.toggleAttribute("data-over", isOver);
  }

  drop(event) {
    this.hover(event, false);
    this.choose([...this.input.files, ...event.dataTransfer.files]);
  }

  choose(files) {
    this.input.files = filesAsList(files);
    this.list();
  }

  list() {
    const files = [...this.input.files];
    this.listTarget.replaceChildren(...files.map((file) => chosenRow(file, () => this.choose(files.filter((other) => other !== file)))));
    this.limitTarget.hidden = this.isWithinLimits(files);
    this.submitTarget.disabled = !this.limitTarget.hidden;
  }

  /** What is over is refused before it is sent: the server would only say so after the last byte. */
  isWithinLimits(files) {
    return files.length <= this.maxFilesValue && files.reduce((sum, { size }) => sum + size, 0) <= this.maxBytesValue;
  }

  async send(event) {
    event.preventDefault();
    const { signal } = (this.sending = new AbortController());
    addEventListener("beforeunload", (leaving) => leaving.preventDefault(), { signal });
    document.addEventListener("turbo:before-visit", (leaving) => confirm(this.question) || leaving.preventDefault(), { signal });
    this.submitTarget.disabled = true;
    this.statusTarget.hidden = false;
    this.show(0);

    const answer = await sendForm(this.element, { signal, onProgress: (percent) => this.show(percent) });
    if (signal.aborted) return;
    this.sending.abort();
    this.submitTarget.disabled = false;
    if (!answer || !renderAnswer(answer)) this.labelTarget.textContent = this.failure;
  }

  show(percent) {
    this.progressTarget.value = percent;
    // The label is read aloud: in steps of ten, not of one.
    const tens = percent - (percent % 10);
    this.labelTarget.textContent = percent < 100 ? `Uploading: ${tens}%` : "Uploaded. Reading the music…";
  }

  question = "The upload is still running. Leave this page and stop it?";
  failure = "The upload did not get through. Please try again.";
}
