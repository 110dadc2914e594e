const CONTROLS = ["[data-play]", "[data-track-menu]", ".offer-dots", "[data-queue-action=jump]", "[data-queue-action=remove]"];
const ROWS = "[data-track], [data-position]";

/** Up and down, Home and End go from row to row, at the same control of each; Tab still goes to all of them. */
export function bindRows(document) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const found = besides(event.target, event.key);
    if (!found) return;
    event.preventDefault();
    found.focus();
  });
}

function besides(control, key) {
  const selector = CONTROLS.find((each) => control.matches?.(each));
  const list = selector && control.closest(ROWS)?.parentElement;
  if (!list?.matches("ol, ul")) return null;
  const controls = [...list.querySelectorAll(selector)];
  const at = controls.indexOf(control);
  return { ArrowDown: controls[at + 1], ArrowUp: controls[at - 1], Home: controls[0], End: controls.at(-1) }[key] ?? null;
}
