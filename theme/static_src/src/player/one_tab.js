/** Where one tab begins to play the others stop: nobody wants to hear two. */
export function playInOneTabOnly(engine, open = () => new BroadcastChannel("player")) {
  if (!globalThis.BroadcastChannel) return;
  const channel = open();
  engine.addEventListener("playing", () => channel.postMessage("playing"));
  channel.addEventListener("message", () => engine.isPlaying && engine.pause());
}
