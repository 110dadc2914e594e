import { KeepButtons } from "./keep_buttons.js";
import { Keeper } from "./keeper.js";
import { KeptPage } from "./kept_page.js";
import { KeptStore, forgetEverything, setReader } from "./store.js";

const REPAINT_ON = ["turbo:render", "turbo:frame-render", "endless:shown"];

/** Somebody signed in has a device that can keep music. */
export async function start(user, { engine, bar, repaint }) {
  await setReader(user);
  const registration = await register();
  registration.active.postMessage("prepare");
  document.documentElement.dataset.keeps = "yes";

  const tell = (text) => bar.tell(text);
  const store = new KeptStore(user);
  const keeper = new Keeper({ store, storage: navigator.storage });
  const [buttons, page] = [new KeepButtons(keeper, document, tell), new KeptPage(keeper, document, tell)];
  const paint = async () => {
    const contents = await keeper.contents();
    buttons.paint(contents);
    await page.paint(contents);
    repaint();
  };
  for (const type of REPAINT_ON) document.addEventListener(type, paint);
  keeper.addEventListener("change", paint);
  engine.addEventListener("playing", () => store.played(engine.track.id, Date.now()));
  addEventListener("beforeunload", (event) => keeper.isBusy && event.preventDefault());
  addEventListener("online", () => keeper.refresh());
  await paint();
  keeper.refresh();
}

/** Nobody is signed in. Who has just signed out leaves nothing behind; whose session has run out may come back to it. */
export function leave(hasSignedOut) {
  return hasSignedOut ? forgetEverything() : setReader("");
}

/** A worker that waits takes over now, or as soon as no sound comes from the old one; one that comes later waits for the next time. */
async function register() {
  const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  registration.waiting?.postMessage("take over");
  return navigator.serviceWorker.ready;
}
