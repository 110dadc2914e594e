import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { followMediaSession } from "../src/player/media_session.js";
import { Gone, SharedPlayer } from "../src/share/player.js";
import { FakeAudio, settle } from "./support.js";

const MINUTE = 60_000;

let audio, nowMs, renewed, told, troubles, answer, player;

beforeEach(() => {
  audio = new FakeAudio();
  [nowMs, renewed, told, troubles] = [0, [], [], []];
  answer = (id) => `/fresh/${id}/${renewed.length}/`;
  player = new SharedPlayer({
    audio,
    tracks: ["a", "b"].map((id) => ({ id, sound: `/first/${id}/`, title: id, artist: "Nora", durationMs: MINUTE })),
    renew: async (id) => {
      renewed.push(id);
      return answer(id);
    },
    tell: (sound, playedMs) => told.push([sound, playedMs]),
    clock: () => nowMs,
  });
  player.addEventListener("trouble", ({ detail }) => troubles.push(detail));
});

function hear(fromSeconds, toSeconds) {
  for (let second = fromSeconds; second <= toSeconds; second += 0.25) {
    audio.runTo(second);
    nowMs += 250;
  }
}

test("the first play takes the address that came with the page, within the click", () => {
  player.choose(1);
  assert.equal(audio.src, "/first/b/");
  assert.ok(player.isPlaying);
  assert.deepEqual(renewed, []);
});

test("each further play asks for an address of its own", async () => {
  player.choose(0);
  audio.arrive();
  player.choose(1);
  player.choose(0);
  await settle();
  assert.equal(audio.src, "/fresh/a/1/");
});

test("an address that lay too long is not tried", async () => {
  nowMs = 9 * MINUTE;
  player.toggle();
  await settle();
  assert.equal(audio.src, "/fresh/a/1/");
  assert.ok(player.isPlaying);
});

test("a play is told once, when half was heard and not when it was jumped over", () => {
  player.choose(0);
  audio.arrive();
  hear(0, 5);
  audio.seeking = true;
  audio.tell("seeking");
  audio.seeking = false;
  hear(50, 59);
  assert.deepEqual(told, []);
  audio.tell("seeking");
  hear(10, 40);
  assert.equal(told.length, 1);
  assert.equal(told[0][0], "/first/a/");
  assert.ok(told[0][1] >= 30_000 && told[0][1] < 31_000, told[0][1]);
});

test("an address that ends in the middle is renewed at the same place, and it stays one play", async () => {
  player.choose(0);
  audio.arrive();
  hear(0, 20);
  audio.fail();
  await settle();
  assert.equal(audio.src, "/fresh/a/1/");
  assert.equal(audio.currentTime, 20);
  assert.ok(player.isPlaying);
  hear(20, 40);
  assert.deepEqual(told.map(([sound]) => sound), ["/first/a/"]);
});

test("what cannot be mended is said once and tried again by the next press", async () => {
  player.choose(0);
  audio.arrive();
  audio.fail();
  await settle();
  audio.fail();
  assert.deepEqual(troubles, ["failed"]);
  player.choose(0);
  await settle();
  assert.equal(audio.src, "/fresh/a/2/");
});

test("a link that was turned off says so", async () => {
  answer = () => {
    throw new Gone();
  };
  player.choose(0);
  audio.arrive();
  audio.fail();
  await settle();
  assert.deepEqual(troubles, ["gone"]);
});

test("the next track begins by itself, and after the last nothing does", async () => {
  player.choose(0);
  audio.arrive();
  audio.end();
  assert.equal(audio.src, "/first/b/");
  audio.arrive();
  audio.end();
  assert.equal(player.isPlaying, false);
  player.toggle();
  await settle();
  assert.equal(audio.src, "/fresh/b/1/");
});

test("an answer that comes late does not take over what was chosen meanwhile", async () => {
  nowMs = 9 * MINUTE;
  player.choose(0);
  player.choose(1);
  await settle();
  assert.equal(audio.src, "/fresh/b/2/");
});

test("what was fetched later plays on, with addresses that are asked for then", async () => {
  player.choose(1);
  assert.ok(player.isLast);
  player.append([{ id: "c", sound: "/later/c/", title: "c", artist: "Nora", durationMs: MINUTE }]);
  assert.ok(!player.isLast);
  audio.end();
  await settle();
  assert.equal(player.track.id, "c");
  assert.deepEqual(renewed, ["c"]);
  assert.ok(player.isPlaying && player.isLast);
});

test("the lock screen shows what plays, of an album with its name and of a single track without", () => {
  for (const album of ["Tides", undefined]) {
    const shared = new SharedPlayer({ audio: new FakeAudio(), tracks: [{ id: "a", sound: "/a/", title: "Ebb", artist: "Nora", durationMs: MINUTE }], album });
    const mediaSession = { setActionHandler() {} };
    followMediaSession(shared, { mediaSession, MediaMetadata: Object, origin: "https://music.example" });
    shared.choose(0);
    assert.equal(mediaSession.metadata.title, "Ebb");
    assert.equal(mediaSession.metadata.album, album ?? "");
    assert.equal(mediaSession.playbackState, "playing");
  }
});
