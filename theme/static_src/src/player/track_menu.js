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
 * One menu for all rows, for what is in the queue and for what plays, shown beside the dots or where one pressed the right
 * button. It is made of the row's own data, so that a row of a list carries no more than one button for it.
 */
export function bindTrackMenu(engine, document) {
  let isOnSelection = false;
  document.addEventListener("click", (event) => {
    const dots = event.target.closest("[data-track-menu]");
    if (dots) openAt(document, subjectOf(dots, engine), dots.getBoundingClientRect(), dots.closest("details")?.querySelector("summary") ?? dots);
    else if (event.target.closest("#track-menu")) document.getElementById("track-menu").hidePopover();
  });
  // Before the right button selects the word under it, as it does on a Mac.
  document.addEventListener("pointerdown", ({ target }) => (isOnSelection = !getSelection().isCollapsed && getSelection().containsNode(target, true)));
  document.addEventListener("contextmenu", (event) => {
    const subject = subjectOf(event.target, engine);
    if (!subject || event.shiftKey || isOnSelection || isElsewhere(event.target, subject)) return;
    event.preventDefault();
    openAt(document, subject, { left: event.clientX, right: event.clientX, top: event.clientY, bottom: event.clientY });
  });
  document.addEventListener("keydown", (event) => step(document, event));
}

/** The tracks that a button stands for, each with the list it comes from. */
function tracksFor(button) {
  const menu = button.closest("#track-menu");
  if (menu) return [menu.of.track];
  const row = button.closest("[data-track]");
  const list = row ? row.closest("[data-queue]") : listOf(button);
  const buttons = row ? [row.querySelector("[data-play]")] : list ? playButtonsIn(list) : [];
  return buttons.map((each) => ({ ...trackOf(each), origin: originOf(list) }));
}

/** The track that an element belongs to, and its row where it is one of the page's; null where it belongs to none. */
function subjectOf(element, engine) {
  const place = element.closest("[data-track], #queue [data-position], #player [data-track-menu], #player .player-track");
  if (!place) return null;
  if (place.track) return { track: { ...place.track } };
  if (place.closest("#player")) return engine.track && { track: { ...engine.track } };
  const play = place.querySelector("[data-play]");
  return play && { track: { ...trackOf(play), origin: originOf(place.closest("[data-queue]")) }, row: place };
}

/** What has a menu of the browser's that is of more use: what is typed in, and links to anything but the track. */
function isElsewhere(target, { track }) {
  const own = target.closest("a, input");
  return own && own.getAttribute("href") !== track.href;
}

function openAt(document, subject, place, opener = null) {
  const menu = document.getElementById("track-menu");
  menu.of = subject;
  fill(menu, subject);
  opener?.focus(); // where the browser will put the focus back
  menu.showPopover();
  put(menu, place);
  itemsOf(menu)[0].focus();
}

function fill(menu, { track: { id, title, artist, src, href, artistHref, albumHref }, row }) {
  menu.querySelector("[data-menu-title]").textContent = `${title} · ${artist}`;
  const reason = row?.querySelector("[data-reason]")?.textContent;
  menu.querySelector("[data-menu-reason]").textContent = reason;
  const hrefs = {
    track: href,
    artist: artistHref,
    album: albumHref,
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
  never.hidden = !row?.matches("[data-offered]");
  const remove = menu.querySelector("[data-menu-remove]");
  remove.value = row?.dataset.item ?? "";
  remove.hidden = !remove.value || !remove.form;
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
