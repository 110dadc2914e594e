const SEEK_MS = 10_000;

/** Where keys already mean something. */
const TAKEN = "input, textarea, select, button, summary, audio, video, dialog, [contenteditable], [role=slider], [role=menu], [tabindex='0']";

export function bindKeyboard(engine, document) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (!engine.track || event.target.closest?.(TAKEN)) return;
    const act = actionFor(event, engine);
    if (!act) return;
    event.preventDefault();
    act();
  });
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
