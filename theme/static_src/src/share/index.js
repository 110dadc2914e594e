import "../styles/share.css";
import { clock, lengthClock } from "../player/clock.js";
import { followMediaSession } from "../player/media_session.js";
import { Gone, SharedPlayer } from "./player.js";

/** The page of a link, and the small player in other sites' pages (templates/sharing/). */

document.documentElement.classList.remove("no-js");
const bar = document.querySelector("[data-share-bar]");
if (bar) start();

function start() {
  const rows = [...document.querySelectorAll("[data-share-track]")];
  const player = new SharedPlayer({ audio: new Audio(), tracks: rows.map(trackOf), renew, tell, album: document.body.dataset.album });
  document.addEventListener("click", (event) => press(event, player, rows));
  part("seek").addEventListener("input", ({ target }) => player.seek(target.value * player.durationMs));
  for (const type of ["load", "change", "playing"]) player.addEventListener(type, () => paint(player, rows));
  player.addEventListener("time", () => paintTime(player));
  player.addEventListener("playing", () => player.isLast && goOn(player, rows));
  player.addEventListener("trouble", ({ detail }) => say(part("message").dataset[detail]));
  followMediaSession(player);
}

/** While the last one plays the next page's rows are put below it, so that it goes on by itself. */
async function goOn(player, rows) {
  const link = document.querySelector("[data-share-more]");
  if (!link || link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  const page = await pageAt(link.href).catch(() => null);
  link.ariaBusy = null;
  if (!page) return;
  const added = [...page.querySelectorAll(".share-rows > [data-share-track]")];
  document.querySelector(".share-rows").append(...added);
  link.parentElement.replaceWith(page.querySelector(".share-note"));
  rows.push(...added);
  player.append(added.map(trackOf));
}

async function pageAt(href) {
  const response = await fetch(href);
  if (!response.ok) throw new Error(response.statusText);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function trackOf({ dataset }) {
  const { shareTrack: id, sound, title, artist, cover, durationMs } = dataset;
  return { id, sound, title, artist, cover, durationMs: Number(durationMs) };
}

async function renew(id) {
  const response = await fetch(`${new URL(document.body.dataset.share).pathname}sounds/${id}/`);
  if (response.status === 403 || response.status === 404) throw new Gone();
  if (!response.ok) throw new Error(response.statusText);
  return (await response.json()).sound;
}

/** Kept alive, for who leaves in that moment; nothing hangs on the answer. */
function tell(sound, playedMs) {
  fetch(`${sound}played/`, { method: "POST", body: new URLSearchParams({ played_ms: playedMs }), keepalive: true }).catch(() => {});
}

function press(event, player, rows) {
  const pressed = (name) => event.target.closest(`[data-share-${name}]`);
  if (pressed("play")) {
    event.preventDefault(); // without this script the title is a link to the sound
    player.choose(rows.indexOf(event.target.closest("[data-share-track]")));
  } else if (pressed("all") || pressed("toggle")) player.toggle();
  else if (pressed("next")) player.next();
  else if (pressed("previous")) player.previous();
}

function paint(player, rows) {
  const { track } = player;
  bar.hidden = false;
  say("");
  part("cover").src = track.cover;
  part("title").textContent = track.title;
  part("artist").textContent = track.artist;
  part("duration").textContent = lengthClock(track.durationMs);
  for (const button of document.querySelectorAll("[data-share-toggle], [data-share-all]")) button.setAttribute("aria-pressed", player.isPlaying);
  for (const [index, row] of rows.entries()) {
    row.toggleAttribute("data-current", index === player.index);
    row.querySelector("button[data-share-play]")?.setAttribute("aria-pressed", index === player.index && player.isPlaying);
  }
  paintTime(player);
}

function paintTime({ positionMs, durationMs }) {
  const share = durationMs ? Math.min(1, positionMs / durationMs) : 0;
  part("position").textContent = clock(positionMs);
  part("seek").value = share;
  part("seek").style.setProperty("--fill", `${share * 100}%`);
  part("seek").setAttribute("aria-valuetext", clock(positionMs));
}

function say(text) {
  part("message").textContent = text;
}

function part(name) {
  return bar.querySelector(`[data-share-${name}]`);
}
