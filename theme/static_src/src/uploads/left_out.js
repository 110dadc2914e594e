import { gettext, inDigits, ngettext } from "../words.js";
import { sizeInWords } from "./words.js";

/** One sentence for each thing that was left out of what was chosen. */
export function leftOutInWords({ others, needless, tooLarge, empty, unreadable = 0, maxBytes }) {
  const sentences = [];
  const number = [...others.values()].reduce((sum, each) => sum + each, 0);
  if (number) {
    const kinds = kindsInWords(others);
    sentences.push(
      ngettext(
        "Left out %(number)s file that is not MP3, OGG or WAV: %(kinds)s.",
        "Left out %(number)s files that are not MP3, OGG or WAV: %(kinds)s.",
        number,
        { kinds },
      ),
    );
  }
  if (needless.length) sentences.push(gettext("Needed by no track, so not sent: %(names)s.", { names: namesInWords(needless) }));
  if (tooLarge.length) {
    const named = { size: sizeInWords(maxBytes), names: namesInWords(tooLarge) };
    sentences.push(gettext("Larger than %(size)s, so not sent: %(names)s.", named));
  }
  if (empty.length) sentences.push(gettext("Empty, so not sent: %(names)s.", { names: namesInWords(empty) }));
  if (unreadable) {
    sentences.push(
      ngettext("%(number)s file or folder could not be read.", "%(number)s files or folders could not be read.", unreadable),
    );
  }
  return sentences;
}

function kindsInWords(kinds) {
  return [...kinds].sort(([, one], [, other]) => other - one).map(([kind, number]) => `${inDigits(number)} ${kind}`).join(", ");
}

function namesInWords(files) {
  const names = files.slice(0, 3).map(({ name }) => name).join(", ");
  const others = files.length - 3;
  return others > 0 ? ngettext("%(names)s and %(number)s more", "%(names)s and %(number)s more", others, { names }) : names;
}
