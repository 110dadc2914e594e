import { gettext, inDigits, ngettext } from "../words.js";

/** 5349120 -> "5.1 MB" */
export function sizeInWords(bytes) {
  if (bytes < 1024 ** 2) return gettext("%(number)s KB", { number: inDigits(Math.ceil(bytes / 1024)) });
  if (bytes < 1024 ** 3) return gettext("%(number)s MB", { number: short(bytes / 1024 ** 2) });
  return gettext("%(number)s GB", { number: short(bytes / 1024 ** 3) });
}

export function percentOf(sent, size) {
  return size ? Math.floor((100 * sent) / size) : 0;
}

/** 80 -> "about 1 min left" */
export function timeLeftInWords(seconds) {
  if (seconds < 60) return gettext("less than a minute left");
  const minutes = Math.round(seconds / 60);
  if (seconds < 3600) return gettext("about %(minutes)s min left", { minutes: inDigits(minutes) });
  return gettext("about %(hours)s h %(minutes)s min left", { hours: inDigits(Math.floor(minutes / 60)), minutes: inDigits(minutes % 60) });
}

/** "Uploading 3 of 12": the third is the one that goes now. */
export function headline({ files, arrived, failed }, hold) {
  if (arrived === files) return ngettext("%(number)s file uploaded", "%(number)s files uploaded", files);
  if (arrived + failed === files) return ngettext("%(number)s file did not get through", "%(number)s files did not get through", failed);
  const all = inDigits(files);
  if (hold) return gettext("Paused at %(number)s of %(all)s", { number: inDigits(arrived), all });
  return gettext("Uploading %(number)s of %(all)s", { number: inDigits(Math.min(arrived + 1, files)), all });
}

/** "34.0 MB of 120.0 MB · 5.2 MB/s · about 2 min left" */
export function detail({ size, sent, bytesPerSecond, secondsLeft }) {
  const parts = [partInWords(sent, size)];
  if (bytesPerSecond) parts.push(gettext("%(size)s/s", { size: sizeInWords(bytesPerSecond) }), timeLeftInWords(secondsLeft));
  return parts.join(" · ");
}

/** For the ears: no figure that changes all the time. */
export function summary({ files, arrived, failed }) {
  const named = { arrived: inDigits(arrived), all: inDigits(files) };
  if (!failed) return gettext("%(arrived)s of %(all)s uploaded", named);
  return ngettext(
    "%(arrived)s of %(all)s uploaded, %(number)s did not get through",
    "%(arrived)s of %(all)s uploaded, %(number)s did not get through",
    failed,
    named,
  );
}

/** How far one file is, and what it waits for. */
export function progressInWords({ state, sent, size, reason, isStumbling }, hold) {
  const done = partInWords(sent, size);
  if (state === "failed") return reason;
  if (state === "paused" || (hold && sent)) return gettext("Paused · %(done)s", { done });
  if (state === "waiting") return gettext("Waiting · %(size)s", { size: sizeInWords(size) });
  if (isStumbling) return gettext("Connection lost, trying again · %(done)s", { done });
  return `${percentInWords(percentOf(sent, size))} · ${done}`;
}

/** 34 -> "34%" */
export function percentInWords(percent) {
  return inDigits(percent / 100, { style: "percent" });
}

function short(number) {
  return inDigits(number, { maximumFractionDigits: 1 });
}

function partInWords(sent, size) {
  return gettext("%(part)s of %(whole)s", { part: sizeInWords(sent), whole: sizeInWords(size) });
}
