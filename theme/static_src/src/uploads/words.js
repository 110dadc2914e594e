/** 5349120 -> "5.1 MB" */
export function sizeInWords(bytes) {
  if (bytes < 1024 ** 2) return `${Math.ceil(bytes / 1024)} KB`;
  if (bytes < 1024 ** 3) return `${short(bytes / 1024 ** 2)} MB`;
  return `${short(bytes / 1024 ** 3)} GB`;
}

export function percentOf(sent, size) {
  return size ? Math.floor((100 * sent) / size) : 0;
}

/** 80 -> "about 2 min left" */
export function timeLeftInWords(seconds) {
  if (seconds < 60) return "less than a minute left";
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min left`;
  const minutes = Math.round(seconds / 60);
  return `about ${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}

/** "Uploading 3 of 12": the third is the one that goes now. */
export function headline({ files, arrived, failed }, hold) {
  if (arrived === files) return counted(files, "file uploaded", "files uploaded");
  if (arrived + failed === files) return `${counted(failed, "file", "files")} did not get through`;
  if (hold) return `Paused at ${arrived} of ${files}`;
  return `Uploading ${Math.min(arrived + 1, files)} of ${files}`;
}

/** "34.0 MB of 120.0 MB · 5.2 MB/s · about 2 min left" */
export function detail({ size, sent, bytesPerSecond, secondsLeft }) {
  const parts = [`${sizeInWords(sent)} of ${sizeInWords(size)}`];
  if (bytesPerSecond) parts.push(`${sizeInWords(bytesPerSecond)}/s`, timeLeftInWords(secondsLeft));
  return parts.join(" · ");
}

/** For the ears: no figure that changes all the time. */
export function summary({ files, arrived, failed }) {
  const trouble = failed ? `, ${failed} did not get through` : "";
  return `${arrived} of ${files} uploaded${trouble}`;
}

/** How far one file is, and what it waits for. */
export function progressInWords({ state, sent, size, reason, isStumbling }, hold) {
  const done = `${sizeInWords(sent)} of ${sizeInWords(size)}`;
  if (state === "failed") return reason;
  if (state === "paused" || (hold && sent)) return `Paused · ${done}`;
  if (state === "waiting") return `Waiting · ${sizeInWords(size)}`;
  if (isStumbling) return `Connection lost, trying again · ${done}`;
  return `${percentOf(sent, size)}% · ${done}`;
}

/** One sentence for each thing that was left out of what was chosen. */
export function leftOutInWords({ others, tooLarge, empty, unreadable = 0, maxBytes }) {
  const sentences = [];
  const number = [...others.values()].reduce((sum, each) => sum + each, 0);
  if (number) sentences.push(`Left out ${counted(number, "file that is not MP3, OGG or WAV", "files that are not MP3, OGG or WAV")}: ${kindsInWords(others)}.`);
  if (tooLarge.length) sentences.push(`Larger than ${sizeInWords(maxBytes)}, so not sent: ${namesInWords(tooLarge)}.`);
  if (empty.length) sentences.push(`Empty, so not sent: ${namesInWords(empty)}.`);
  if (unreadable) sentences.push(`${counted(unreadable, "file or folder", "files or folders")} could not be read.`);
  return sentences;
}

function short(number) {
  return number.toFixed(1).replace(".0", "");
}

function kindsInWords(kinds) {
  return [...kinds].sort(([, one], [, other]) => other - one).map(([kind, number]) => `${number} ${kind}`).join(", ");
}

function namesInWords(files) {
  const names = files.slice(0, 3).map(({ name }) => name).join(", ");
  return files.length > 3 ? `${names} and ${files.length - 3} more` : names;
}

function counted(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}
