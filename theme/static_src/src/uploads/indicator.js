import { headline, percentOf } from "./words.js";

const REPAINT_ON = ["turbo:load", "turbo:render"];

/** The note (templates/jinja/shell/uploading.jinja) that leads back to the uploads from every other page. */
export function showIndicator(queue, document) {
  let frame = 0;
  const repaint = () => (frame ||= requestAnimationFrame(() => ((frame = 0), paint(queue, document))));
  queue.addEventListener("change", repaint);
  for (const type of REPAINT_ON) document.addEventListener(type, () => paint(queue, document));
}

function paint({ totals, hold }, document) {
  const note = document.getElementById("uploading");
  if (!note) return;
  note.hidden = !totals.files || Boolean(document.querySelector("[data-controller=upload]"));
  if (note.hidden) return;
  note.dataset.state = hold || totals.failed ? "stopped" : totals.arrived === totals.files ? "arrived" : "sending";
  note.querySelector("[data-part=words]").textContent = headline(totals, hold);
  note.querySelector("[data-part=bar]").value = percentOf(totals.sent, totals.size);
}
