const SEEK_MS = 10_000;

const TYPED_IN = "textarea, select, audio, video, dialog:modal, [contenteditable], [role=menu], input:not([type=range], [type=checkbox], [type=radio], [type=file])";
const PRESSED = "button, summary, input:not([type=range]), [role=button], [tabindex='0']";
const MOVED = "input, [role=slider], [tabindex='0']";

/** `others` are what the player itself does not do, by their keys. */
export function bindKeyboard(engine, document, others = {}) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (isTaken(event)) return;
    const act = others[event.key] ?? (engine.track && actionFor(event, engine));
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Does the focused element, or what it stands in, need the key for itself? */
export function isTaken({ key, target }) {
  if (!target.closest) return false;
  if (target.closest(TYPED_IN)) return true;
  if (key === " ") return Boolean(target.closest(PRESSED));
  return key.startsWith("Arrow") && Boolean(target.closest(MOVED));
}

/** What the key does, or null. Held down, a key may seek on but toggles nothing. */
export function actionFor({ key, shiftKey, repeat }, engine) {
  const name = (shiftKey ? "shift+" : "") + key.toLowerCase();
  const seeks = {
    arrowleft: () => engine.seekBy(-SEEK_MS),
    j: () => engine.seekBy(-SEEK_MS),
    arrowright: () => engine.seekBy(SEEK_MS),
    l: () => engine.seekBy(SEEK_MS),
  };
  const presses = {
    " ": () => engine.toggle(),
    k: () => engine.toggle(),
    m: () => engine.toggleMute(),
    "shift+n": () => engine.next(),
    "shift+p": () => engine.previous(),
  };
  return seeks[name] ?? (repeat ? null : (presses[name] ?? null));
}
