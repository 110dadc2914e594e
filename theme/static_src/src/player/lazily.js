const NEEDS_EXTRAS = "[data-open-queue], [data-enqueue], [data-track-menu], [data-player=full], [data-copy]";

/**
 * Loads and starts once: when the browser is idle, or at the first press of something that needs it, which is then pressed
 * again. What does not come is asked for again, by the next page or press; who pressed is told by `missed`.
 */
export function lazily({ load, start, missed, document, whenIdle = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 1000)) }) {
  let loading = null;
  let isLoaded = false;
  const started = (module) => ((isLoaded = true), start(module));
  const lost = () => (loading = null);
  const loaded = () => (loading ??= load().then(started, lost));
  const use = async (act) => {
    // Twice: of two files that come together, the first try may still wait for the one when the other is lost.
    const extras = (await loaded()) ?? (await loaded());
    return extras ? act(extras) : missed();
  };
  const soon = () => isLoaded || whenIdle(() => loaded());
  document.addEventListener("click", ({ target }) => {
    const pressed = isLoaded ? null : target.closest(NEEDS_EXTRAS);
    if (pressed) use(() => pressed.click());
  });
  document.addEventListener("turbo:load", soon);
  soon();
  return use;
}
