/**
 * What is kept, counted: pure functions over records of the store.
 *   track {id, src, cover, waveform, …, sizeBytes, keptAt, playedAt}
 *   list  {key, title, href, ids, keptAt}; `ids` are all of its tracks, kept or not
 */

/** How much there should be left besides what is to be kept: pages, covers and the browser itself want some. */
export const SPARE_BYTES = 8 * 1024 ** 2;

export function totalBytes(tracks) {
  return tracks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** The one that was not played for longest first; one that never was counts from when it was kept. */
export function leastRecentlyPlayed(tracks) {
  const usedAt = ({ playedAt, keptAt }) => playedAt ?? keptAt;
  return [...tracks].sort((one, other) => usedAt(one) - usedAt(other) || one.keptAt - other.keptAt || Number(one.id) - Number(other.id));
}

/** As few of the least recently played as free so many bytes; all of them may not be enough. */
export function toFree(bytes, tracks) {
  const chosen = [];
  for (const track of leastRecentlyPlayed(tracks)) {
    if (totalBytes(chosen) >= bytes) break;
    chosen.push(track);
  }
  return chosen;
}

/** How many bytes are missing to keep so many more; 0 where they fit, or where the browser does not tell. */
export function missingBytes(bytes, { quota, usage } = {}) {
  return quota === undefined ? 0 : Math.max(0, bytes + SPARE_BYTES - (quota - (usage ?? 0)));
}

/** "none", "some" or "kept". A list may have grown since it was kept: `count` is how many tracks it has now. */
export function stateOf(list, keptIds, count = list?.ids.length) {
  const number = list?.ids.filter((id) => keptIds.has(id)).length ?? 0;
  if (!number) return "none";
  return number < Math.max(count, list.ids.length) ? "some" : "kept";
}

/** Ids of tracks that stand in this list and in no other. */
export function onlyIn(key, lists) {
  const elsewhere = new Set(lists.filter((list) => list.key !== key).flatMap(({ ids }) => ids));
  return (lists.find((list) => list.key === key)?.ids ?? []).filter((id) => !elsewhere.has(id));
}

/** What goes along with these tracks: lists of which nothing is left, and files that no other track needs. */
export function leftBehind(ids, { tracks, lists }) {
  const gone = new Set(ids);
  const staying = tracks.filter(({ id }) => !gone.has(id));
  const [stayingIds, needed] = [new Set(staying.map(({ id }) => id)), new Set(staying.flatMap(pathsOf))];
  return {
    keys: lists.filter((list) => !list.ids.some((id) => stayingIds.has(id))).map(({ key }) => key),
    paths: [...new Set(tracks.filter(({ id }) => gone.has(id)).flatMap(pathsOf))].filter((path) => !needed.has(path)),
  };
}

/** The sound first. */
export function pathsOf({ src, cover, waveform }) {
  return [src, cover, waveform].filter(Boolean);
}
