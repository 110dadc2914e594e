/**
 * `act`, once within the next frames however often it is asked for; a hidden page has none until it is seen again.
 * What is due already goes first: a frame that is drawn after a press would hold up the request for the sound.
 */
export function onceAFrame(act, nextFrame = (run) => setTimeout(() => requestAnimationFrame(run))) {
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
