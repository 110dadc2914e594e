import { Controller } from "@hotwired/stimulus";
import { droppedEntries, extensionsIn } from "../uploads/dropped.js";
import { uploads } from "../uploads/index.js";
import { Panel } from "../uploads/panel.js";
import { gettext } from "../words.js";

/** On the upload form: drop or choose files and folders; they are on their way at once. */
export default class UploadController extends Controller {
  static targets = ["zone", "pick", "folder", "pickFolder", "notes", "status", "panel", "headline", "detail", "bar", "session", "toggleAll", "retryAll", "rows", "row", "more", "moreLabel"];
  static values = { endpoint: String, maxBytes: Number };

  connect() {
    this.input = this.element.querySelector("input[type=file]");
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    for (const input of [this.input, this.folderTarget]) input.addEventListener("change", () => this.takeChosen(input), { signal });
    this.pickFolderTarget.hidden = !("webkitdirectory" in this.folderTarget);
    this.notesTarget.replaceChildren();
    this.panel = new Panel(uploads, (name) => this[`${name}Target`]);
    this.catchDrops(signal);
  }

  disconnect() {
    this.leaving.abort();
    this.panel.close();
    // What arrived before these eyes is no news on the next page.
    if (!uploads.items.length) uploads.forgetArrived();
  }

  pick() {
    this.input.click();
  }

  pickFolder() {
    this.folderTarget.click();
  }

  /** On the whole page: the browser leaves it for a file that is dropped beside the zone. */
  catchDrops(signal) {
    const on = (type, handle) =>
      document.addEventListener(type, (event) => event.dataTransfer?.types.includes("Files") && handle(event), { signal });
    on("dragover", (event) => this.hover(event, true));
    on("dragleave", (event) => event.relatedTarget || this.hover(event, false));
    on("drop", (event) => this.drop(event));
  }

  hover(event, isOver) {
    event.preventDefault();
    this.zoneTarget.toggleAttribute("data-over", isOver);
  }

  drop(event) {
    this.hover(event, false);
    this.take(droppedEntries(event.dataTransfer));
  }

  /** Emptied, so that choosing the same files again is a change. */
  takeChosen(input) {
    this.take([...input.files]);
    input.value = "";
  }

  async take(entries) {
    const limits = { extensions: extensionsIn(this.input.accept), maxBytes: this.maxBytesValue };
    const { fields } = this;
    try {
      const { look } = await import(/* webpackChunkName: "folders" */ "../uploads/folders.js");
      const { folders, sentences } = await look(entries, limits);
      for (const { files, folder } of folders) uploads.add(files, { ...fields, folder });
      this.tell(sentences);
    } catch {
      this.tell([gettext("The server cannot be reached. Choose the files again in a moment.")]);
    }
  }

  tell(sentences) {
    this.notesTarget.replaceChildren(...sentences.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })));
    if (sentences.length) this.panel.say(sentences.join(" "));
  }

  get fields() {
    const { visibility, genre } = Object.fromEntries(new FormData(this.element));
    return { endpoint: new URL(this.endpointValue, location).href, visibility, ...(genre && { genre }) };
  }
}
