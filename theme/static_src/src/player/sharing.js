import { gettext } from "../words.js";

/** "Copy" of a text to take elsewhere (templates/shared/_to_copy.html), which is selected as soon as one is in it. */
export function bindCopying(document) {
  document.addEventListener("focusin", ({ target }) => target.matches("[data-copied] input") && target.select());
  document.addEventListener("click", async ({ target }) => {
    const copied = target.closest("[data-copy]")?.closest("[data-copied]");
    if (!copied) return;
    const text = copied.querySelector("input");
    text.select();
    const said = copied.querySelector("[data-copy-said]");
    if (await copy(text.value, document)) said.textContent = said.dataset.text;
  });
}

/** "Copy link" and, where the system has a sheet for it, "Send…", of the track that the menu is open for. */
export function bindSharing(document, tell) {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("#track-menu [data-share]");
    if (!button) return;
    const menu = button.closest("#track-menu");
    const { title, artist, href } = menu.of.track;
    const url = new URL(href, location.href).href;
    if (button.dataset.share === "send") return send({ title: `${title} · ${artist}`, url });
    tell((await copy(url, document)) ? gettext("Link copied") : url);
  });
}

async function send(what) {
  try {
    await navigator.share(what);
  } catch {
    // Closed again, and the sheet has said what it had to say.
  }
}

/** Browsers give the clipboard to secure pages only; elsewhere a selection can still be copied. */
async function copy(text, document) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text, document);
  }
}

function copySelected(text, document) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.className = "sr-only";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return isCopied;
}
