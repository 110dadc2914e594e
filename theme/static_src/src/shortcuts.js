import { isTaken } from "./player/keyboard.js";

/** "?" and every [data-shortcuts] open the list of shortcuts, the <dialog id="shortcuts"> of _player.html. */
export function bindShortcuts(document) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "?" && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !isTaken(event)) show(document);
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

function show(document) {
  const dialog = document.getElementById("shortcuts");
  if (dialog && !dialog.open) dialog.showModal();
}
