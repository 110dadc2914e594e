/** `act`, once before the next frame however often it is asked for; a hidden page has none until it is seen again. */
export function onceAFrame(act, nextFrame = (run) => requestAnimationFrame(run)) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    nextFrame(() => {
      isDue = false;
      act();
    });
  };
}
