import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Engine } from "../src/player/engine.js";
import { followMediaSession } from "../src/player/media_session.js";
import { Queue } from "../src/player/queue.js";
import { FakeAudio, settle, track } from "./support.js";

const UNKNOWN = "seekto";

let audio, engine, position, handlers, mediaSession;

class MediaMetadata {
  constructor(said) {
    Object.assign(this, said);
  }
}

beforeEach(() => {
  audio = new FakeAudio();
  engine = new Engine({ audio, wait: () => Promise.resolve() });
  [handlers, position] = [{}, null];
  mediaSession = {
    setActionHandler: (action, handle) => (handlers[action] = handle),
    setPositionState: (state) => (position = state),
  };
});

const follow = (scope = {}) => followMediaSession(engine, { mediaSession, MediaMetadata, origin: "https://music.example", ...scope });

async function play(...ids) {
  engine.play(Queue.of(ids.map((id) => track(id, { cover: `/covers/${id}-320.webp`, album: `Album ${id}` }))));
  await settle();
  audio.arrive(60);
}

test("the lock screen shows each track with its cover, whether it plays and where it is", async () => {
  follow();
  await play(1, 2);
  assert.deepEqual({ ...mediaSession.metadata }, {
    title: "Title 1", artist: "Artist", album: "Album 1",
    artwork: [{ src: "https://music.example/covers/1-320.webp", sizes: "320x320", type: "image/webp" }],
  });
  assert.equal(mediaSession.playbackState, "playing");
  assert.deepEqual(position, { duration: 60, position: 0, playbackRate: 1 });
  engine.seek(20_000);
  audio.tell("playing");
  assert.equal(position.position, 20);
  handlers.pause();
  assert.equal(mediaSession.playbackState, "paused");
  audio.end();
  await settle();
  assert.equal(mediaSession.metadata.title, "Title 2");
});

test("what plays already is shown at once, and a track without a cover has none", async () => {
  engine.play(Queue.of([track(1)]));
  follow();
  assert.deepEqual([mediaSession.metadata.title, mediaSession.metadata.artwork], ["Title 1", []]);
});

test("what is played from an album's page is of that album, and a drawn cover is of any size", () => {
  engine.play(Queue.of([track(1, { cover: "/covers/album-1.svg" })], 0, { source: "album:1", sourceLabel: "A Record" }));
  follow();
  const { album, artwork } = mediaSession.metadata;
  assert.deepEqual([album, artwork], ["A Record", [{ src: "https://music.example/covers/album-1.svg", sizes: "any", type: "image/svg+xml" }]]);
});

test("the buttons of the system play, pause, skip and seek", async () => {
  follow();
  await play(1, 2);
  handlers.play();
  assert.equal(engine.isPlaying, true);
  handlers.stop();
  assert.equal(engine.isPlaying, false);
  handlers.play();
  await settle();
  assert.equal(engine.isPlaying, true);
  handlers.seekto({ seekTime: 30 });
  assert.equal(audio.currentTime, 30);
  handlers.seekforward({});
  assert.equal(audio.currentTime, 40);
  handlers.seekbackward({ seekOffset: 25 });
  assert.equal(audio.currentTime, 15);
  handlers.nexttrack();
  await settle();
  audio.arrive(60);
  assert.equal(engine.track.id, "2");
  handlers.previoustrack();
  await settle();
  assert.equal(engine.track.id, "1");
});

test("a browser that does not know an action has the others", () => {
  const setActionHandler = (action, handle) => {
    if (action === UNKNOWN) throw new TypeError(action);
    handlers[action] = handle;
  };
  follow({ mediaSession: { setActionHandler } });
  assert.ok(handlers.nexttrack && !handlers[UNKNOWN]);
});

test("a browser without any of it plays on", async () => {
  follow({ mediaSession: undefined });
  await play(1);
  assert.equal(engine.isPlaying, true);
});
