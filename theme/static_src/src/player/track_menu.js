import { listOf, originOf, playButtonsIn, trackOf } from "./play_buttons.js";
import { leaveMenuOf } from "../menus.js";
import { addedInWords } from "./whole.js";
import { UNREACHABLE } from "../words.js";

/** "Play next" and "Add to queue": for the track one is in, or for a whole list, of which the page may have a part. */
export function bindEnqueue(engine, wholeLists, document, tell) {
  document.addEventListener("click", async ({ target, detail }) => {
    const button = target.closest("[data-enqueue]");
    if (!button || detail > 1) return;
    const { whole } = button.dataset;
    leaveMenuOf(button);
    const added = whole ? await wholeLists.all(whole) : { tracks: tracksFor(button) };
    if (!added) return tell(UNREACHABLE);
    const { tracks } = added;
    if (!tracks.length) return;
    const isNext = button.dataset.enqueue === "next";
    const before = engine.queue;
    if (isNext) engine.playNext(tracks);
    else engine.enqueue(tracks);
    tell(addedInWords(added, isNext), before.isEmpty ? null : () => engine.putBack(before));
  });
}

/**
 * One menu for all rows, shown beside the row's dots or where one pressed the right button. It is made of the row's own
 * data, so that a row of a list carries no more than one button for it.
 */
export function bindTrackMenu(document) {
  document.addEventListener("click", (event) => {
    const dots = event.target.closest("[data-track-menu]");
    if (dots) openAt(document, dots.closest("[data-track]"), dots.getBoundingClientRect(), dots.closest("details")?.querySelector("summary") ?? dots);
    else if (event.target.closest("#track-menu")) document.getElementById("track-menu").hidePopover();
  });
  document.addEventListener("contextmenu", (event) => {
    const row = event.target.closest("[data-track]");
    if (!row || event.target.closest("a, input, #queue") || !row.querySelector("[data-play]")) return;
    event.preventDefault();
    openAt(document, row, { left: event.clientX, right: event.clientX, top: event.clientY, bottom: event.clientY });
  });
  document.addEventListener("keydown", (event) => step(document, event));
}

/** The tracks that a button stands for, each with the list it comes from. */
function tracksFor(button) {
  const menu = button.closest("#track-menu");
  const row = menu ? menu.of : button.closest("[data-track]");
  const list = row ? row.closest("[data-queue]") : listOf(button);
  const buttons = row ? [row.querySelector("[data-play]")] : list ? playButtonsIn(list) : [];
  return buttons.map((each) => ({ ...trackOf(each), origin: originOf(list) }));
}

function openAt(document, row, place, opener = null) {
  const menu = document.getElementById("track-menu");
  fill(menu, row);
  opener?.focus(); // where the browser will put the focus back
  menu.showPopover();
  put(menu, place);
  itemsOf(menu)[0].focus();
}

function fill(menu, row) {
  const { id, title, artist, src, href, artistHref } = trackOf(row.querySelector("[data-play]"));
  menu.of = row;
  menu.querySelector("[data-menu-title]").textContent = `${title} · ${artist}`;
  const reason = row.querySelector("[data-reason]")?.textContent;
  menu.querySelector("[data-menu-reason]").textContent = reason;
  const hrefs = {
    track: href,
    artist: artistHref,
    album: row.querySelector(".track-album a")?.href,
    playlist: `${menu.dataset.playlist}?tracks=${id}`,
    share: href && `${href}share/`,
    download: `${src}?download`,
    why: reason && menu.dataset.taste,
  };
  for (const link of menu.querySelectorAll("[data-menu-link]")) {
    const target = hrefs[link.dataset.menuLink];
    link.hidden = !target;
    if (target) link.href = target;
  }
  for (const button of menu.querySelectorAll("[data-share]")) button.hidden = !href || (button.dataset.share === "send" && !navigator.share);
  const never = menu.querySelector("[data-menu-never]");
  never.value = `track:${id}:0`;
  never.hidden = !row.matches("[data-offered]");
  const remove = menu.querySelector("[data-menu-remove]");
  remove.value = row.dataset.item ?? "";
  remove.hidden = !row.dataset.item || !remove.form;
  const radio = menu.querySelector("[data-start-radio]");
  radio.href = `/radio/track/${id}/`;
  radio.dataset.startRadio = `${radio.href}more/`;
}

/** Below the place and inside the window; a narrow one shows it as a sheet, which its style sees to. */
function put(menu, { left, right, top, bottom }) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const isBelow = bottom + height < innerHeight;
  menu.style.setProperty("--left", `${Math.max(8, Math.min(right - width < 8 ? left : right - width, innerWidth - width - 8))}px`);
  menu.style.setProperty("--top", `${Math.max(8, isBelow ? bottom : top - height)}px`);
}

function step(document, event) {
  const menu = event.target.closest?.("#track-menu");
  if (!menu) return;
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length).focus();
}

function itemsOf(menu) {
  return [...menu.querySelectorAll("[role^=menuitem]:not([hidden])")];
}
