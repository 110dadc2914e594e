const CUT = '.truncate, [class*="line-clamp"], .track-title, .track-artist, .track-album, .track-genre a, .track-reason, .mix-title, .hero-actions .btn-quiet';

/** What is cut off for want of room, or left out as the words of a button, is told in full to whoever points at it. */
export function tellWhatIsCut(root) {
  root.addEventListener("pointerover", ({ target }) => {
    const text = target.closest?.(CUT);
    if (!text) return;
    const isLeftOut = getComputedStyle(text).fontSize === "0px";
    const isCut = isLeftOut || text.scrollWidth > text.clientWidth || text.scrollHeight > text.clientHeight + 1;
    if (isCut) text.title = text.textContent.trim();
    else text.removeAttribute("title");
  });
}
