let pageHeld = null;

// Turbo tells nobody before it follows Back and Forward; it must hear of them second, so app.js
// imports this module before Turbo, which listens from its import on.
addEventListener("popstate", (event) => pageHeld?.(event));

/** Asks before this page is left, by a link, by Back or by closing it, until the signal aborts. */
export function holdPage(mayLeave, signal) {
  addEventListener("beforeunload", (event) => event.preventDefault(), { signal });
  document.addEventListener("turbo:before-visit", (event) => mayLeave() || event.preventDefault(), { signal });

  const here = indexOf(history.state);
  pageHeld = (event) => {
    const steps = here - indexOf(event.state);
    if (Number.isNaN(steps) || (steps && mayLeave())) return;
    event.stopImmediatePropagation();
    // This is heard too, as no step at all.
    if (steps) history.go(steps);
  };
  signal.addEventListener("abort", () => (pageHeld = null));
}

/** Turbo numbers the entries of the history. */
function indexOf(state) {
  return state?.turbo?.restorationIndex;
}
