import { visit } from "@hotwired/turbo";
import { leaveMenuOf } from "../menus.js";

/**
 * "Start radio" plays at once and stays on the page; where that fails, and without JavaScript, it leads to the radio's page,
 * and a button on a card to where its card leads.
 */
export function bindRadioLinks(radio, document) {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-start-radio]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    leaveMenuOf(link);
    const isPlaying = await radio.start(link.dataset.startRadio).catch(() => false);
    link.ariaBusy = null;
    if (!isPlaying) visit(link.href ?? link.closest("li").querySelector("h3 a").href);
  });
}
