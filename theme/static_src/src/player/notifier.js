const KEY = "player:notify";

/** Says on the desktop which track begins, while nobody sees the page: only for who has switched it on. */
export class Notifier {
  #engine;
  #local;
  #document;
  #Notification;
  #isNew = false;

  constructor({ engine, local, document, Notification = globalThis.Notification }) {
    [this.#engine, this.#local, this.#document, this.#Notification] = [engine, local, document, Notification];
    engine.addEventListener("load", () => (this.#isNew = true));
    engine.addEventListener("playing", () => this.#began());
  }

  get isPossible() {
    return Boolean(this.#Notification);
  }

  get isOn() {
    return this.#local.getItem(KEY) === "true" && this.#Notification?.permission === "granted";
  }

  /** Asks the browser for permission where it was never asked; false where it is refused. */
  async set(isWanted) {
    const permission = isWanted ? await this.#Notification.requestPermission() : "";
    const isOn = permission === "granted";
    try {
      this.#local.setItem(KEY, isOn);
    } catch {
      // A full storage: off again with the next page.
    }
    return isOn === isWanted;
  }

  #began() {
    if (this.#isNew && this.#document.hidden && this.isOn) this.#show(this.#engine.track);
    this.#isNew = false;
  }

  #show({ title, artist, cover }) {
    const options = { body: artist, icon: cover || undefined, tag: "playing", silent: true };
    try {
      const shown = new this.#Notification(title, options);
      shown.onclick = () => {
        globalThis.focus();
        shown.close();
      };
    } catch {
      // Phones leave it to the service worker.
      navigator.serviceWorker?.getRegistration().then((registration) => registration?.showNotification(title, options));
    }
  }
}
