import { sizeInWords } from "../uploads/words.js";
import { gettext, language, ngettext } from "../words.js";

export { sizeInWords };

/** [180_000, now] -> "3 minutes ago" */
export function agoInWords(at, now = Date.now()) {
  const minutes = Math.round((now - at) / 60_000);
  const said = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  if (minutes < 1) return gettext("just now");
  if (minutes < 60) return said.format(-minutes, "minute");
  if (minutes < 24 * 60) return said.format(-Math.round(minutes / 60), "hour");
  return said.format(-Math.round(minutes / 60 / 24), "day");
}

export function tracksInWords(number) {
  return ngettext("%(number)s track", "%(number)s tracks", number);
}

/** "3 tracks · 14.2 MB" */
export function amountInWords(number, bytes) {
  return `${tracksInWords(number)} · ${sizeInWords(bytes)}`;
}

/** What the meter says beside the bar; browsers round what they tell, and a device may have less. */
export function roomInWords({ quota, usage }) {
  return quota === undefined ? "" : gettext("about %(size)s left for more", { size: sizeInWords(Math.max(0, quota - usage)) });
}
