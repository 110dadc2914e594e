/* global BUILD */
import { answer } from "./ranges.js";
import { KeptStore, forgetEverything, reader, setReader } from "./store.js";

/**
 * The service worker, served at /sw.js with BUILD {version, assets} before it. Pages come from the network and are never
 * kept, but one: the page of what is kept, which opens where there is no network. Sound that is kept comes from the
 * device, covers do when the network fails, and nothing else is touched. It makes nothing for somebody not signed in.
 */

const KEPT_PAGE = "/offline/";
const SHELL = `shell-${BUILD.version}`;
const SHELL_FOR_MS = 60 * 60_000;
const ASSETS = new Set(BUILD.assets);
const HASHED = /\.[0-9a-f]{12}\./;
const SOUND = /^\/stream\/\d+\/$/;
const PICTURE = /^\/covers\/|^\/tracks\/\d+\/waveform\.svg$/;
const SIGN_OUT = new Set(["/accounts/logout/", "/admin/logout/", "/profile/delete/"]);

addEventListener("install", (event) => event.waitUntil(fill()));
addEventListener("activate", (event) => event.waitUntil(begin()));
addEventListener("message", (event) => {
  // A page that was on its way while this worker began is nobody's until it is claimed.
  if (event.data === "prepare") event.waitUntil(Promise.all([clients.claim(), prepare()]));
  if (event.data === "take over") event.waitUntil(skipWaiting());
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.matchAll({ type: "window" }).then(([page]) => page?.focus()));
});
addEventListener("fetch", (event) => {
  const answered = answerTo(event);
  if (answered) event.respondWith(answered);
});

function answerTo(event) {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== location.origin) return null;
  if (request.mode === "navigate") return page(event);
  if (request.method !== "GET") return null;
  if (ASSETS.has(pathname)) return asset(request);
  // Who asks past every cache asks past this one: what is to be kept, or to be kept anew.
  if (SOUND.test(pathname)) return search || request.cache === "no-store" ? null : sound(request, pathname);
  if (PICTURE.test(pathname)) return picture(request, pathname);
  return pathname === KEPT_PAGE && !search ? keptPage(request) : null;
}

async function page(event) {
  const { request } = event;
  try {
    const response = (await event.preloadResponse) ?? (await fetch(request));
    await note(request, response).catch(() => {});
    return response;
  } catch (error) {
    if (request.method !== "GET") throw error;
    return (await shellPage()) ?? Response.error();
  }
}

/** Whose pages the browser is shown now. A proxy's page says nothing about it, and a redirect does not let itself be read. */
async function note(request, response) {
  const isDone = response.ok || response.type === "opaqueredirect";
  const user = response.headers.get("X-User-Id");
  if (request.method === "POST" && SIGN_OUT.has(new URL(request.url).pathname) && isDone) await forgetEverything();
  else if (user !== null) await setReader(user);
}

/** When Turbo asks for it. */
async function keptPage(request) {
  try {
    return await fetch(request);
  } catch {
    return (await shellPage()) ?? Response.error();
  }
}

async function asset(request) {
  const kept = await caches.match(request.url);
  if (kept && HASHED.test(request.url)) return kept;
  return fetch(request).catch(() => kept ?? Response.error());
}

async function sound(request, path) {
  const file = await fileOf(path);
  return file ? answer(file, request.headers) : fetch(request);
}

async function picture(request, path) {
  try {
    return await fetch(request);
  } catch {
    const file = await fileOf(path);
    return file ? answer(file, new Headers()) : Response.error();
  }
}

async function fileOf(path) {
  try {
    const user = await reader();
    return user ? await new KeptStore(user).file(path) : undefined;
  } catch {
    return undefined;
  }
}

async function begin() {
  const names = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== SHELL);
  await Promise.all(names.map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
  await clients.claim();
}

async function fill() {
  if (!(await reader())) return;
  const cache = await caches.open(SHELL);
  const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  await cache.addAll(BUILD.assets.filter((path) => !kept.has(path)));
}

/** So that the next time may be without a network. */
async function prepare() {
  const user = await reader();
  if (!user) return;
  await fill();
  const cache = await caches.open(SHELL);
  const kept = await cache.match(shellOf(user));
  if (kept && Date.now() - Date.parse(kept.headers.get("Date")) < SHELL_FOR_MS) return;
  const response = await fetch(`${KEPT_PAGE}?shell`, { redirect: "error", cache: "no-store" });
  if (response.ok && response.headers.get("X-User-Id") === user && (await reader()) === user) await cache.put(shellOf(user), response);
}

async function shellPage() {
  const user = await reader();
  return user ? (await caches.open(SHELL)).match(shellOf(user)) : undefined;
}

function shellOf(user) {
  return `${KEPT_PAGE}?user=${user}`;
}
