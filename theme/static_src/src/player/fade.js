/** What is left of a track that fades at its end is still enough to have completed it (listening/rules.py asks for 80 %). */
const MOST_OF_A_TRACK = 1 / 6;

/** How long the end of the current track and the beginning of the following one sound together, in ms; 0: not at all. */
export function fadeBetween(queue, following, wantedMs) {
  const shorterMs = Math.min(queue.current.durationMs, following.current.durationMs);
  if (shorterMs < 2 * wantedMs || isAlbumGoingOn(queue, following)) return 0;
  return Math.min(wantedMs, shorterMs * MOST_OF_A_TRACK);
}

/** Neighbours on a record may be meant to run into each other. */
function isAlbumGoingOn(queue, following) {
  const { source } = queue.origin;
  const isNeighbour = !queue.isShuffled && following.position === queue.position + 1;
  return isNeighbour && source.startsWith("album:") && following.origin.source === source;
}
