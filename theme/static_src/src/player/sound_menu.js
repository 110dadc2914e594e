/** Loudness and sleep (templates/jinja/shell/sound.jinja): native fields in a popover, so keys and Escape are the browser's. */
export function bindSoundMenu({ loudness, sleepTimer, document, tell }) {
  const menu = () => document.getElementById("sound-menu");
  const paint = () => {
    if (!menu()) return;
    for (const field of menu().querySelectorAll("[name=loudness]")) field.checked = field.value === loudness.mode;
    menu().querySelector("[name=sleep]").value = sleepTimer.choice;
    for (const button of document.querySelectorAll("[popovertarget=sound-menu]")) button.toggleAttribute("data-asleep-soon", sleepTimer.choice !== "");
  };
  document.addEventListener("change", ({ target }) => {
    if (!menu()?.contains(target)) return;
    if (target.name === "loudness") loudness.set(target.value);
    if (target.name === "sleep") sleepTimer.set(target.value);
    if (target.name === "sleep" && target.value) tell(menu().dataset.sleep);
  });
  document.addEventListener("turbo:load", paint);
  sleepTimer.addEventListener("change", paint);
  paint();
}
