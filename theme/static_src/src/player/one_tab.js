import { gettext } from "../words.js";

/** Where one tab begins to play the others stop, and say so: nobody wants to hear two. */
export function playInOneTabOnly(engine, tell, open = () => new BroadcastChannel("player")) {
  if (!globalThis.BroadcastChannel) return;
  const channel = open();
  engine.addEventListener("playing", () => channel.postMessage("playing"));
  channel.addEventListener("message", () => {
    if (!engine.isPlaying) return;
    engine.pause();
    tell(gettext("Playing in another tab"));
  });
}
