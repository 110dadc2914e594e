/** 63000 -> "1:03", 3725000 -> "1:02:05". */
export function clock(ms) {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A track's length as the lists of the pages say it, which Python rounds: halves to the even second. */
export function lengthClock(ms) {
  const seconds = ms / 1000;
  const isHalf = seconds % 1 === 0.5;
  return clock(1000 * (isHalf ? 2 * Math.round(seconds / 2) : Math.round(seconds)));
}
