import { Queue } from "./queue.js";

const PLAY = "[data-play]";
const PLAY_ALL = "[data-play-all]";

/** Every play button of every page, by delegation: pages come and go, document stays. */
export function bindPlayButtons(engine, document) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest(`${PLAY}, ${PLAY_ALL}`);
    if (!button) return;
    event.preventDefault();
    if (button.matches(PLAY)) playFrom(engine, button);
    else playAll(engine, button);
  });
}

export function paintPlayButtons(engine, document) {
  for (const button of document.querySelectorAll(PLAY)) {
    const isCurrent = button.dataset.trackId === engine.track?.id;
    button.setAttribute("aria-pressed", String(isCurrent && engine.isPlaying));
    button.closest("[data-track]")?.toggleAttribute("data-current", isCurrent);
  }
}

function playFrom(engine, button) {
  if (button.dataset.trackId === engine.track?.id) return engine.toggle();
  const list = button.closest("[data-queue]");
  const buttons = list ? playButtonsIn(list) : [button];
  engine.play(Queue.of(buttons.map(trackOf), buttons.indexOf(button), originOf(list)));
}

function playAll(engine, button) {
  const selector = button.dataset.playAll;
  const list = (selector ? document.querySelector(selector) : null) ?? button.closest("[data-queue]");
  const tracks = list ? playButtonsIn(list).map(trackOf) : [];
  const isShuffled = "shuffle" in button.dataset;
  const first = isShuffled ? Math.floor(Math.random() * tracks.length) : 0;
  const queue = Queue.of(tracks, first, originOf(list));
  engine.play(isShuffled ? queue.shuffle() : queue);
}

function playButtonsIn(list) {
  return [...list.querySelectorAll(PLAY)];
}

function trackOf({ dataset }) {
  return {
    id: dataset.trackId,
    src: dataset.src,
    title: dataset.title,
    artist: dataset.artist,
    artistHref: dataset.artistHref ?? "",
    cover: dataset.cover ?? "",
    href: dataset.href ?? "",
    durationMs: Number(dataset.durationMs) || 0,
  };
}

function originOf(list) {
  const { source = "", sourceLabel = "", sourceHref } = list?.dataset ?? {};
  return { source, sourceLabel, sourceHref: sourceHref ?? location.pathname + location.search };
}
