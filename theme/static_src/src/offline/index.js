import { forgetQueues } from "../player/memory.js";
import { storageOrMemory } from "../player/storage.js";

const whenIdle = globalThis.requestIdleCallback ?? setTimeout;
const LEAVING = "offline:leaving";
const SIGN_OUT = /\/accounts\/logout\/$|\/profile\/delete\/$/;

/**
 * Music that is kept on the device, where the browser can do that: a chunk of its own, which nobody waits for.
 * Without it nothing is missing but the buttons.
 */
export function startOffline(player) {
  const local = storageOrMemory(() => localStorage);
  const user = document.querySelector('meta[name="user-id"]')?.content;
  const hasSignedOut = !user && local.getItem(LEAVING) !== null;
  local.removeItem(LEAVING);
  document.addEventListener("submit", ({ target }) => SIGN_OUT.test(target.action) && local.setItem(LEAVING, "1"));
  if (hasSignedOut) forgetQueues(storageOrMemory(() => sessionStorage));
  if (!navigator.serviceWorker || !globalThis.indexedDB) return keepNothing();
  if (user) whenIdle(() => load(({ start }) => start(user, player)));
  else if (hasSignedOut || navigator.serviceWorker.controller) load(({ leave }) => leave(hasSignedOut));
}

/** Where a link leads that cannot be followed: to what is kept, when there is no network; "" when it may be the server. */
export function keptPageInstead() {
  return navigator.onLine || document.documentElement.dataset.keeps !== "yes" ? "" : "/offline/";
}

async function load(act) {
  try {
    await act(await import(/* webpackChunkName: "offline" */ "./start.js"));
  } catch (error) {
    console.warn("Nothing can be kept on this device:", error);
    keepNothing();
  }
}

function keepNothing() {
  document.documentElement.dataset.keeps = "no";
}
