/** Says nothing new in silence: also one that stays as it was is told to whoever observes the document. */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
