/** What plays stands before the page's own title while it plays: among many tabs one finds it. */
export function showInTitle(engine, document) {
  let [own, shown] = [document.title, null];
  const paint = () => {
    if (document.title !== shown) own = document.title;
    const { track } = engine;
    shown = engine.isPlaying ? `${track.title} · ${track.artist} · ${own}` : own;
    if (document.title !== shown) document.title = shown;
  };
  engine.addEventListener("change", paint);
  document.addEventListener("turbo:load", paint);
  // A page that is kept to come back to is kept under its own title.
  document.addEventListener("turbo:before-cache", () => (document.title = own));
  paint();
}
