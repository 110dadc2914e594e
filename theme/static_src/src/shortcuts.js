import { isTaken } from "./player/keyboard.js";

/** "/" goes to the search box; "?" and every [data-shortcuts] open the list, the <dialog id="shortcuts"> of _player.html. */
export function bindShortcuts(document) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || isTaken(event)) return;
    if (event.key === "?") show(document);
    if (event.key === "/") search(event);
  });
  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-shortcuts]");
    if (!opener) return;
    // The dialog gives the focus back to where it was: a menu that closes behind it cannot take it.
    opener.closest("details")?.querySelector("summary").focus();
    show(document);
  });
  document.addEventListener("turbo:before-cache", () => document.getElementById("shortcuts")?.close());
}

function search(event) {
  const box = document.getElementById("top-search");
  if (!box) return;
  // Firefox would open its own search.
  event.preventDefault();
  box.select();
}

function show(document) {
  const dialog = document.getElementById("shortcuts");
  if (dialog && !dialog.open) dialog.showModal();
}
