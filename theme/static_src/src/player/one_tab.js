/** Where one tab begins to play the others stop, before there is a sound: nobody wants to hear two. */
export function playInOneTabOnly(engine, open = () => new BroadcastChannel("player")) {
  if (!globalThis.BroadcastChannel) return;
  const channel = open();
  let wasPlaying = false;
  engine.addEventListener("change", () => {
    if (engine.isPlaying && !wasPlaying) channel.postMessage("playing");
    wasPlaying = engine.isPlaying;
  });
  channel.addEventListener("message", () => engine.isPlaying && engine.pause());
}
