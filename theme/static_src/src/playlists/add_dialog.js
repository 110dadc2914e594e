const MOST = 500;

/** "Add to playlist" asks in a dialog what its page asks (templates/playlists/add.html); where this is not, it leads there. */
export function bindAddDialog(engine, document) {
  document.addEventListener("click", (event) => {
    if (event.target.closest("#playlist-dialog [data-cancel]")) return cancel(event);
    const link = event.target.closest("a[data-add-to-playlist]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(document, link.dataset.addToPlaylist === "queue" ? `${link.href}?tracks=${idsOf(engine.queue)}` : link.href, link.textContent.trim());
  });
  document.addEventListener("turbo:before-cache", () => document.getElementById("playlist-dialog")?.remove());
}

function cancel(event) {
  event.preventDefault();
  event.target.closest("dialog").close();
}

function open(document, href, label) {
  const opener = document.activeElement;
  const dialog = document.createElement("dialog");
  dialog.id = "playlist-dialog";
  dialog.className = "playlist-dialog";
  dialog.setAttribute("aria-label", label);
  const frame = document.createElement("turbo-frame");
  frame.id = "add-to-playlist";
  frame.src = href;
  dialog.append(frame);
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("turbo:submit-end", ({ detail }) => detail.success && dialog.close());
  dialog.addEventListener("turbo:frame-load", () => frame.querySelector("[name=playlist]:not([type=hidden]), [name=twice], [name=name]")?.focus());
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function idsOf({ tracks, order }) {
  return [...new Set(order.slice(0, MOST).map((index) => tracks[index].id))].join(",");
}
