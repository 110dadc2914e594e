const MENU = "details[data-menu]";
const MARGIN_PX = 8;

/**
 * Every <details data-menu>, by delegation: within the window, and closed by Escape, by a click or focus elsewhere, and
 * before the page is left.
 */
export function bindMenus(document) {
  for (const type of ["click", "focusin"]) {
    document.addEventListener(type, ({ target }) => openMenus(document).forEach((menu) => menu.contains(target) || close(menu)));
  }
  document.addEventListener("keydown", ({ key }) => key === "Escape" && openMenus(document).forEach(escape));
  document.addEventListener("turbo:before-cache", () => openMenus(document).forEach(close));
  // It does not bubble.
  document.addEventListener("toggle", ({ target }) => target.open && target.matches(MENU) && stayWithin(target), true);
}

/** After a choice the menu that it was in is closed, and the keyboard where it was opened from. */
export function leaveMenuOf(choice) {
  const menu = choice.closest(MENU);
  if (menu) escape(menu);
}

function openMenus(document) {
  return document.querySelectorAll(`${MENU}[open]`);
}

function close(menu) {
  menu.open = false;
}

function escape(menu) {
  close(menu);
  menu.querySelector("summary").focus();
}

function stayWithin(menu) {
  const panel = menu.querySelector(".menu-panel");
  if (!panel) return;
  panel.style.translate = "";
  const { left, right } = panel.getBoundingClientRect();
  const over = Math.max(right + MARGIN_PX - document.documentElement.clientWidth, 0) || Math.min(left - MARGIN_PX, 0);
  if (over) panel.style.translate = `${-over}px`;
}
