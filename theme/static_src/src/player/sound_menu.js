import { gettext, inDigits, language } from "../words.js";

const COUNT_EVERY_MS = 1_000;

/** Loudness, crossfade, sleep and notifications (templates/jinja/shell/sound.jinja): native fields in a popover, so keys and Escape are the browser's. */
export function bindSoundMenu({ loudness, crossfade, notifier, sleepTimer, document, tell }) {
  const menu = () => document.getElementById("sound-menu");
  let counting;
  const count = () => (menu().querySelector("[data-sleep-at]").textContent = leftInWords(sleepTimer));
  const paint = () => {
    if (!menu()) return;
    for (const field of menu().querySelectorAll("[name=loudness]")) field.checked = field.value === loudness.mode;
    paintCrossfade(menu().querySelector("[name=crossfade]"), crossfade);
    const notify = menu().querySelector("[name=notify]");
    notify.closest("label").hidden = !notifier.isPossible;
    notify.checked = notifier.isOn;
    menu().querySelector("[name=sleep]").value = sleepTimer.choice;
    for (const button of document.querySelectorAll("[popovertarget=sound-menu]")) {
      button.toggleAttribute("data-asleep-soon", sleepTimer.choice !== "");
      button.title = sleepTimer.choice && sleepInWords(sleepTimer, menu().dataset.sleep);
    }
    count();
  };
  document.addEventListener("change", ({ target }) => {
    if (!menu()?.contains(target)) return;
    if (target.name === "loudness") loudness.set(target.value);
    if (target.name === "sleep") sleepTimer.set(target.value);
    if (target.name === "sleep" && target.value) tell(sleepInWords(sleepTimer, menu().dataset.sleep));
    if (target.name === "notify") notifier.set(target.checked).then((isDone) => isDone || tell(menu().dataset.refused)).then(paint);
  });
  document.addEventListener("input", ({ target }) => {
    if (target.name !== "crossfade" || !menu()?.contains(target)) return;
    crossfade.set(Number(target.value));
    paint();
  });
  document.addEventListener("toggle", ({ target, newState }) => {
    if (target !== menu()) return;
    clearInterval(counting);
    if (newState === "open") counting = setInterval(count, COUNT_EVERY_MS);
    count();
  }, { capture: true });
  document.addEventListener("turbo:load", paint);
  sleepTimer.addEventListener("change", paint);
  paint();
}

function sleepInWords(sleepTimer, otherwise) {
  return sleepTimer.endsAt ? gettext("The music stops at %(time)s", { time: timeOf(sleepTimer.endsAt) }) : otherwise;
}

function timeOf(endsAt) {
  return endsAt.toLocaleTimeString(language(), { timeStyle: "short" });
}

/** "29 min · 11:40 PM" */
function leftInWords({ leftMs, endsAt }) {
  if (leftMs === null) return "";
  const [number, unit] = leftMs > 60_000 ? [Math.ceil(leftMs / 60_000), "minute"] : [Math.ceil(leftMs / 1000), "second"];
  const left = inDigits(number, { style: "unit", unit, unitDisplay: "short" });
  return endsAt ? `${left} · ${timeOf(endsAt)}` : left;
}

function paintCrossfade(field, { seconds, isPossible }) {
  const text = seconds ? field.dataset.text.replace("%d", seconds) : field.dataset.off;
  field.closest("label").hidden = !isPossible;
  field.value = seconds;
  field.style.setProperty("--fill", `${(100 * seconds) / field.max}%`);
  field.setAttribute("aria-valuetext", text);
  field.closest("label").querySelector("[data-crossfade]").textContent = text;
}
