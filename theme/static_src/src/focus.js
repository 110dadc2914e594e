/** After a render that says what went wrong, the keyboard is there and not at the top of the page. */
export function focusWhatIsWrong(document) {
  document.addEventListener("turbo:render", ({ detail }) => {
    const wrong = detail.isPreview ? null : whatIsWrong(document);
    // Turbo scrolls to the top after this event.
    if (wrong) requestAnimationFrame(() => wrong.focus());
  });
}

function whatIsWrong(document) {
  const field = document.querySelector("main [aria-invalid=true]:not([type=hidden])");
  if (field) return field;
  const alert = document.querySelector("main [role=alert]:not([hidden])");
  if (alert) alert.tabIndex = -1;
  return alert;
}

const CONTROLS = "main :is(a[href], button, summary, select, input)";

/**
 * After a page change the keyboard, and with it a screen reader's voice, is at the heading of the page; back again, and
 * where a list was filtered, it is where one had left it.
 */
export function followWithFocus(document) {
  const left = new Map();
  let [here, action, isSameList] = [document.location.href, "", false];
  document.addEventListener("turbo:visit", ({ detail }) => {
    action = detail.action;
    left.set(here, placeOf(document.activeElement));
    isSameList = detail.url.split("?")[0] === here.split("?")[0] && !document.activeElement.matches("a");
  });
  document.addEventListener("turbo:render", ({ detail }) => {
    if (detail.isPreview || detail.renderMethod === "morph" || !action) return;
    const isElsewhere = action === "advance" && !isSameList;
    const place = isElsewhere ? null : left.get(action === "advance" ? here : document.location.href);
    here = document.location.href;
    const { activeElement } = document;
    requestAnimationFrame(() => {
      // Whoever was quicker, and has begun to type, stays there.
      if (document.activeElement !== activeElement) return;
      if (whatIsWrong(document) || activeElement?.matches("[autofocus]")) return;
      const target = controlAt(document, place) ?? document.querySelector("main h1");
      if (!target) return;
      if (target.matches("h1")) target.tabIndex = -1;
      target.focus({ preventScroll: true });
    });
  });
}

function placeOf(control) {
  const at = [...document.querySelectorAll(CONTROLS)].indexOf(control);
  return at < 0 ? null : { at, name: nameOf(control) };
}

function controlAt(document, place) {
  const control = place && document.querySelectorAll(CONTROLS)[place.at];
  return control && nameOf(control) === place.name ? control : null;
}

function nameOf({ tagName, id, name, ariaLabel, textContent }) {
  return [tagName, id, name, ariaLabel ?? textContent].join();
}
