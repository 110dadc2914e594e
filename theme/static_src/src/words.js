/**
 * The reader's language: `django` is put there by the catalogue that a page in another language than English loads first
 * (music_streamer/words.py). A text's places look like %(name)s, as in Django's own.
 */
export function gettext(text, named) {
  return filled(globalThis.django?.gettext(text) ?? text, named);
}

export const UNREACHABLE = gettext("The server cannot be reached. Try again in a moment.");

export const SIGNED_OUT = gettext("You are signed out. Sign in again: the queue and the place in it are kept.");

/** By number, which the text may show as %(number)s. */
export function ngettext(one, many, number, named) {
  const text = globalThis.django?.ngettext(one, many, number) ?? (number === 1 ? one : many);
  return filled(text, { number: inDigits(number), ...named });
}

/** 1234.5 -> "1,234.5", as the page's language writes it. */
export function inDigits(number, options) {
  return number.toLocaleString(language(), options);
}

/** For Intl; the digits are those that the server writes. */
export function language() {
  return `${globalThis.document?.documentElement.lang || "en"}-u-nu-latn`;
}

function filled(text, named = {}) {
  return text.replace(/%\((\w+)\)s/g, (place, name) => named[name] ?? place);
}
