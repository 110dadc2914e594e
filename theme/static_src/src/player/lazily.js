const NEEDS_EXTRAS = "[data-open-queue], [data-enqueue], [data-track-menu], [data-player=full], [data-copy]";

/** Loads once: when the browser is idle, or at the first press of something that needs it, which is then pressed again. */
export function lazily(load, document, whenIdle = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 1000))) {
  let loading = null;
  let isLoaded = false;
  const loaded = () => (loading ??= load().then((extras) => ((isLoaded = true), extras)));
  document.addEventListener("click", async ({ target }) => {
    const pressed = isLoaded ? null : target.closest(NEEDS_EXTRAS);
    if (!pressed) return;
    await loaded();
    pressed.click();
  });
  whenIdle(() => loaded());
  return loaded;
}
