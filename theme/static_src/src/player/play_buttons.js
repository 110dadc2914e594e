import { setAttribute } from "../attributes.js";
import { Queue } from "./queue.js";

const PLAY = "[data-play]";
const PLAY_ALL = "[data-play-all]";

/** Every play button of every page, by delegation: pages come and go, document stays. */
export function bindPlayButtons(engine, document) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest(`${PLAY}, ${PLAY_ALL}`);
    if (!button) return;
    event.preventDefault();
    button.closest("details")?.removeAttribute("open");
    if (event.detail > 1) return; // the second half of a double click would pause again
    if (button.matches(PLAY)) playFrom(engine, button);
    else playAll(engine, button);
  });
}

export function paintPlayButtons(engine, document) {
  for (const button of document.querySelectorAll(PLAY)) {
    const isCurrent = button.dataset.trackId === engine.track?.id;
    setAttribute(button, "aria-pressed", String(isCurrent && engine.isHeard));
    button.closest("[data-track]")?.toggleAttribute("data-current", isCurrent);
  }
  for (const button of document.querySelectorAll(PLAY_ALL)) {
    button.toggleAttribute("data-playing", engine.isHeard && isToggle(engine, button));
  }
}

function playFrom(engine, button) {
  if (button.dataset.trackId === engine.track?.id) return engine.toggle();
  const list = button.closest("[data-queue]");
  const buttons = list ? playButtonsIn(list) : [button];
  engine.play(Queue.of(buttons.map(trackOf), buttons.indexOf(button), originOf(list)));
}

function playAll(engine, button) {
  if (engine.canGoOn && isToggle(engine, button)) return toggleInOrder(engine);
  const list = listOf(button);
  const tracks = tracksIn(list);
  const isShuffled = isShuffling(button);
  const first = isShuffled ? Math.floor(Math.random() * tracks.length) : 0;
  engine.play(Queue.of(tracks, first, originOf(list)), { isShuffled });
}

/** "Play" pauses and goes on with the list that is playing; "Shuffle" always shuffles it anew. */
function isToggle(engine, button) {
  const list = listOf(button);
  return !isShuffling(button) && engine.queue.isSameListAs({ ...originOf(list), tracks: tracksIn(list) });
}

function toggleInOrder(engine) {
  if (!engine.isHeard && engine.queue.isShuffled) engine.toggleShuffle();
  engine.toggle();
}

function isShuffling({ dataset }) {
  return "shuffle" in dataset;
}

export function listOf(button) {
  const selector = button.dataset.playAll ?? button.dataset.list;
  return (selector ? document.querySelector(selector) : null) ?? button.closest("[data-queue]");
}

function tracksIn(list) {
  return list ? playButtonsIn(list).map(trackOf) : [];
}

export function playButtonsIn(list) {
  return [...list.querySelectorAll(PLAY)];
}

export function trackOf(button) {
  const { dataset } = button;
  const album = button.closest("[data-track]")?.querySelector(".track-album a");
  return {
    id: dataset.trackId,
    src: dataset.src,
    title: dataset.title,
    artist: dataset.artist,
    artistHref: dataset.artistHref ?? "",
    album: dataset.album ?? album?.textContent ?? "",
    albumHref: dataset.albumHref ?? album?.getAttribute("href") ?? "",
    cover: dataset.cover ?? "",
    href: dataset.href ?? "",
    durationMs: Number(dataset.durationMs) || 0,
  };
}

export function originOf(list) {
  const { source = "", sourceLabel = "", sourceHref, radio } = list?.dataset ?? {};
  const origin = { source, sourceLabel, sourceHref: sourceHref ?? location.pathname + location.search };
  return radio ? { ...origin, radio: { ...origin, href: radio } } : origin;
}
