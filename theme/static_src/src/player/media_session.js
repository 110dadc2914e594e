const STEP_MS = 10_000;

/** The lock screen, the headset's buttons and the keyboard's media keys. */
export function followMediaSession(engine, { mediaSession, MediaMetadata, origin } = globalScope()) {
  if (!mediaSession) return;

  const showTrack = () => {
    const { track, album } = engine;
    mediaSession.metadata = new MediaMetadata({ title: track.title, artist: track.artist, album, artwork: artworkOf(track, origin) });
  };
  const showState = () => {
    mediaSession.playbackState = !engine.track ? "none" : engine.isPlaying ? "playing" : "paused";
    const duration = engine.durationMs / 1000;
    const position = Math.min(engine.positionMs / 1000, duration);
    if (duration > 0) mediaSession.setPositionState?.({ duration, position, playbackRate: 1 });
  };

  engine.addEventListener("load", showTrack);
  for (const type of ["change", "playing"]) engine.addEventListener(type, showState);
  if (engine.track) showTrack();

  const actions = {
    play: () => engine.isHeard || engine.toggle(),
    pause: () => engine.pause(),
    stop: () => engine.pause(),
    previoustrack: () => engine.previous(),
    nexttrack: () => engine.next(),
    seekbackward: ({ seekOffset }) => engine.seekBy(-(seekOffset ? seekOffset * 1000 : STEP_MS)),
    seekforward: ({ seekOffset }) => engine.seekBy(seekOffset ? seekOffset * 1000 : STEP_MS),
    seekto: ({ seekTime }) => engine.seek(seekTime * 1000),
  };
  for (const [action, handle] of Object.entries(actions)) offer(mediaSession, action, handle);
}

function offer(mediaSession, action, handle) {
  try {
    mediaSession.setActionHandler(action, handle);
  } catch {
    // Browsers throw at actions they do not know.
  }
}

function artworkOf({ cover }, origin) {
  if (!cover) return [];
  const [, side] = /-(\d+)\.webp$/.exec(cover) ?? [];
  const kind = side ? { sizes: `${side}x${side}`, type: "image/webp" } : { sizes: "any", type: "image/svg+xml" };
  return [{ src: new URL(cover, origin).href, ...kind }];
}

function globalScope() {
  return { mediaSession: navigator.mediaSession, MediaMetadata: window.MediaMetadata, origin: location.origin };
}
