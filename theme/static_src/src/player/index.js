import { Bar } from "./bar.js";
import { Decks } from "./decks.js";
import { Details } from "./details.js";
import { Engine } from "./engine.js";
import { bindKeyboard } from "./keyboard.js";
import { lazily } from "./lazily.js";
import { ListenReporter } from "./listen_reporter.js";
import { followMediaSession } from "./media_session.js";
import { PlayerMemory } from "./memory.js";
import { playInOneTabOnly } from "./one_tab.js";
import { onceAFrame } from "./once_a_frame.js";
import { Outbox } from "./outbox.js";
import { bindPlayButtons, paintPlayButtons } from "./play_buttons.js";
import { Radio } from "./radio.js";
import { bindRadioLinks } from "./radio_links.js";
import { SharedQueue } from "./shared_queue.js";
import { OverflowingStorage, storageOrMemory } from "./storage.js";
import { troubleWith } from "./trouble.js";
import { UNREACHABLE } from "../words.js";

const REPAINT_ON = ["turbo:load", "turbo:render", "turbo:frame-render", "endless:shown"];

/** Builds the player, once per document. The audio elements are never in the page, so no navigation can stop it. */
export function startPlayer() {
  const local = storageOrMemory(() => localStorage);
  const session = storageOrMemory(() => sessionStorage);
  const decks = new Decks(silentAudio);
  const engine = new Engine({ audio: decks, troubleWith: (src) => troubleWith(src, fetch) });
  const outbox = new Outbox({ storage: new OverflowingStorage(local), fetch: (...request) => fetch(...request), userId, csrfToken });
  const isPrivate = () => document.querySelector("[data-private-session]") !== null;
  const sendBeacon = (...parts) => navigator.sendBeacon(...parts);
  const reporter = new ListenReporter({ outbox, csrfToken, isPrivate, sendBeacon });
  const memory = new PlayerMemory({ engine, session, local, userId });
  const details = new Details((...request) => fetch(...request));
  const bar = new Bar(engine, document);
  const tell = (text, undo) => bar.tell(text, undo);
  const radio = new Radio({ engine, fetch: (...request) => fetch(...request), csrfToken });

  reporter.follow(engine);
  followMediaSession(engine);
  bindPlayButtons(engine, document);
  bindRadioLinks(radio, document);
  const withExtras = lazily({
    load: () => import(/* webpackChunkName: "player" */ "./extras.js"),
    start: ({ startExtras }) => startExtras({ engine, decks, details, local, session, document, tell, csrfToken, userId }),
    missed: () => tell(UNREACHABLE),
    document,
  });
  bindKeyboard(engine, document, { q: () => withExtras(({ panel }) => panel.toggle()), f: () => withExtras(({ fullScreen }) => fullScreen.toggle()) });
  engine.addEventListener("change", onceAFrame(() => paintPlayButtons(engine, document)));
  playInOneTabOnly(engine);
  memory.recall();
  const shared = new SharedQueue({ engine, fetch: (...request) => fetch(...request), csrfToken, session, userId });
  shared.follow();
  if (userId()) shared.takeUp();

  const repaint = () => {
    bar.paint();
    paintPlayButtons(engine, document);
  };
  for (const type of REPAINT_ON) document.addEventListener(type, repaint);

  addEventListener("online", () => {
    outbox.flush();
    engine.retry();
  });
  document.addEventListener("visibilitychange", () => document.hidden && reporter.checkpoint());
  addEventListener("pagehide", () => {
    memory.save();
    shared.save();
    reporter.farewell();
  });
  outbox.flush();
  return { engine, bar, repaint };
}

function silentAudio() {
  const audio = new Audio();
  audio.preload = "metadata";
  return audio;
}

/** Whose page this is. A page that does not say, such as a proxy's error page, changes nothing. */
let lastUserId = "";
function userId() {
  lastUserId = document.querySelector('meta[name="user-id"]')?.content || lastUserId;
  return lastUserId;
}

function csrfToken() {
  return document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";
}
