import { Controller } from "@hotwired/stimulus";
import { holdPage } from "../leaving.js";
import { renderAnswer, sendForm } from "../upload.js";
import { chosenRow, filesAsList, refusalOf } from "../upload_list.js";

/** On the plain multipart form: drop files anywhere on its page, strike some out again, watch them go. */
export default class UploadController extends Controller {
  static targets = ["zone", "list", "limit", "status", "label", "progress", "submit"];
  static values = { maxFiles: Number, maxBytes: Number, maxFileBytes: Number };

  connect() {
    this.input = this.element.querySelector("input[type=file]");
    this.input.addEventListener("change", () => this.list());
    this.element.addEventListener("submit", (event) => this.send(event));
    this.listTarget.classList.add("max-h-72", "overflow-y-auto");
    this.catchDrops();
  }

  disconnect() {
    this.dropping.abort();
    this.sending?.abort();
  }

  /** On the whole page: the browser leaves it for a file that is dropped beside the zone. */
  catchDrops() {
    this.dropping = new AbortController();
    const on = (type, handle) =>
      document.addEventListener(type, (event) => event.dataTransfer.types.includes("Files") && handle(event), { signal: this.dropping.signal });
    on("dragover", (event) => this.hover(event, true));
    on("dragleave", (event) => event.relatedTarget || this.hover(event, false));
    on("drop", (event) => this.drop(event));
  }

  hover(event, isOver) {
    event.preventDefault();
    this.zoneTarget.toggleAttribute("data-over", isOver && !this.isSending);
  }

  drop(event) {
    this.hover(event, false);
    if (!this.isSending) this.choose([...this.input.files, ...event.dataTransfer.files]);
  }

  choose(files) {
    this.input.files = filesAsList(files);
    this.list();
  }

  list() {
    const files = [...this.input.files];
    this.listTarget.replaceChildren(...files.map((file) => this.row(file, files)));
    this.limitTarget.hidden = this.isWithinLimits(files);
    this.submitTarget.disabled = !this.limitTarget.hidden;
  }

  row(file, files) {
    const refusal = refusalOf(file, { accept: this.input.accept, maxBytes: this.maxFileBytesValue });
    return chosenRow(file, refusal, () => this.choose(files.filter((other) => other !== file)));
  }

  /** What is over is refused before it is sent: the server would only say so after the last byte. */
  isWithinLimits(files) {
    return files.length <= this.maxFilesValue && files.reduce((sum, { size }) => sum + size, 0) <= this.maxBytesValue;
  }

  async send(event) {
    event.preventDefault();
    const { signal } = (this.sending = new AbortController());
    holdPage(() => confirm(this.question), signal);
    this.submitTarget.disabled = true;
    this.statusTarget.hidden = false;
    this.show(0);

    const answer = await sendForm(this.element, { signal, onProgress: (percent) => this.show(percent) });
    if (signal.aborted) return;
    this.sending.abort();
    this.submitTarget.disabled = false;
    if (!answer || !renderAnswer(answer)) this.labelTarget.textContent = this.failure;
  }

  get isSending() {
    return Boolean(this.sending && !this.sending.signal.aborted);
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
