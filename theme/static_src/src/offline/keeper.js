import { missingBytes, pathsOf, toFree, totalBytes } from "./bookkeeping.js";
import { NotTheFile, download } from "./download.js";

const TELL_EVERY_MS = 200;

const ASKED_AT_ONCE = 200; // a line of a request has an end

/** Chromium counts what was removed as free only after half a minute. */
const ROOM_COMES_WITHIN_MS = 60_000;
const ASK_AGAIN_AFTER_MS = 3_000;

/** There is not so much room: `missingBytes` more are needed, as far as one can tell. */
export class NoRoom extends Error {
  constructor(missingBytes) {
    super("no room");
    this.missingBytes = missingBytes;
  }
}

/**
 * Keeps lists of tracks, one after the other, and tells how far each is. No DOM in here.
 *
 * "change"                 what is kept, or is being kept, is different
 * "failed" {key, error}    a list was not kept, or not all of it; the tracks that came before are whole and stay
 */
export class Keeper extends EventTarget {
  #store;
  #storage;
  #fetch;
  #now;
  #wait;
  #roomMadeAt = -Infinity;
  #jobs = new Map();
  #turn = Promise.resolve();
  #toldAt = 0;

  /** `storage` is navigator.storage. */
  constructor({ store, storage, fetch = (...request) => globalThis.fetch(...request), now = Date.now, wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }) {
    super();
    this.#store = store;
    this.#storage = storage;
    this.#fetch = fetch;
    this.#now = now;
    this.#wait = wait;
  }

  /** {tracks, lists} as the store has them. */
  async contents() {
    const [tracks, lists] = await Promise.all([this.#store.tracks(), this.#store.lists()]);
    return { tracks, lists };
  }

  /** Percent of what is still to come, or null when the list is not being kept now. */
  percentOf(key) {
    const job = this.#jobs.get(key);
    if (!job) return null;
    return job.sizeBytes ? Math.min(99, Math.floor((100 * job.loadedBytes) / job.sizeBytes)) : 0;
  }

  get isBusy() {
    return this.#jobs.size > 0;
  }

  /** {quota, usage}, or {} where the browser does not tell. */
  async estimate() {
    return (await this.#storage?.estimate?.().catch(() => ({}))) ?? {};
  }

  /** `address` answers with the list, see music/views/keep.py. Never rejects. */
  keep(key, address) {
    if (this.#jobs.has(key)) return this.#jobs.get(key).done;
    const job = { key, address, leaving: new AbortController(), sizeBytes: 0, loadedBytes: 0 };
    this.#jobs.set(key, job);
    this.#tell();
    job.done = this.#turn = this.#turn.then(() => this.#work(job));
    return job.done;
  }

  cancel(key) {
    this.#jobs.get(key)?.leaving.abort();
  }

  async removeList(key) {
    this.cancel(key);
    await this.#jobs.get(key)?.done;
    await this.#store.removeList(key);
    this.#tell();
  }

  async removeTracks(ids) {
    await this.#store.removeTracks(ids);
    this.#tell();
  }

  async removeAll() {
    for (const key of this.#jobs.keys()) this.cancel(key);
    await this.#turn;
    const { tracks } = await this.contents();
    await this.removeTracks(tracks.map(({ id }) => id));
  }

  /** What may no longer be heard here goes, what has changed comes anew, what does not come stays as it is. Never rejects. */
  refresh() {
    this.#turn = this.#turn.then(() => this.#refreshAll()).catch(() => {});
    return this.#turn;
  }

  async #refreshAll() {
    const { tracks } = await this.contents();
    for (let from = 0; from < tracks.length; from += ASKED_AT_ONCE) await this.#refresh(tracks.slice(from, from + ASKED_AT_ONCE));
  }

  async #refresh(tracks) {
    const address = `/offline/tracks/?ids=${tracks.map(({ id }) => id).join()}`;
    const answer = await this.#fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) return;
    const there = new Map((await answer.json()).tracks.map((track) => [track.id, track]));
    const gone = tracks.filter(({ id }) => !there.has(id)).map(({ id }) => id);
    if (gone.length) await this.removeTracks(gone);
    for (const track of tracks.filter(({ id }) => there.has(id))) await this.#renew(track, there.get(track.id)).catch(() => {});
  }

  async #renew(track, { etag, sizeBytes, ...about }) {
    const isSame = (await this.#store.file(track.src))?.etag === etag;
    if (isSame && Object.keys(about).every((name) => about[name] === track[name])) return;
    const sound = isSame ? null : await download(about.src, { kind: "audio", fetch: this.#fetch });
    const pictures = await Promise.all(pathsOf({ ...about, src: "" }).map((path) => this.#picture(path)));
    await this.#store.renewTrack({ ...track, ...about, sizeBytes: sound?.blob.size ?? track.sizeBytes }, [sound, ...pictures].filter(Boolean));
    this.#tell();
  }

  /** The tracks that would go, to free so many bytes for this list, and would be enough; else none. */
  async couldGo(bytes, key) {
    const { tracks, lists } = await this.contents();
    const own = new Set(lists.find((list) => list.key === key)?.ids);
    const chosen = toFree(bytes, tracks.filter(({ id }) => !own.has(id)));
    return totalBytes(chosen) >= bytes ? chosen : [];
  }

  async makeRoom(tracks) {
    await this.removeTracks(tracks.map(({ id }) => id));
    this.#roomMadeAt = this.#now();
  }

  async #work(job) {
    try {
      job.leaving.signal.throwIfAborted();
      await this.#keepAll(job, await this.#listOf(job));
    } catch (error) {
      if (!job.leaving.signal.aborted) this.#fail(job, error);
    } finally {
      this.#jobs.delete(job.key);
      this.#tell();
    }
  }

  async #listOf({ address, leaving }) {
    const answer = await this.#fetch(address, { headers: { Accept: "application/json" }, redirect: "error", signal: leaving.signal });
    if (!answer.ok) throw new NotTheFile(address);
    return answer.json();
  }

  async #keepAll(job, { key, title, href, tracks }) {
    const kept = new Set((await this.#store.tracks()).map(({ id }) => id));
    const missing = tracks.filter(({ id }) => !kept.has(id));
    const list = { key, title, href, ids: tracks.map(({ id }) => id), keptAt: this.#now() };
    job.sizeBytes = totalBytes(missing);
    await this.#askForRoom(job.sizeBytes);
    if (!missing.length) return this.#store.addList(list);
    for (const track of missing) await this.#keepTrack(job, list, track);
  }

  async #askForRoom(bytes) {
    await this.#storage?.persist?.().catch(() => {});
    const missing = missingBytes(bytes, await this.estimate());
    if (missing) throw new NoRoom(missing);
  }

  async #keepTrack(job, list, track) {
    const before = job.loadedBytes;
    const { signal } = job.leaving;
    const onBytes = (bytes) => this.#loaded(job, bytes);
    const sound = await download(track.src, { kind: "audio", signal, onBytes, fetch: this.#fetch });
    const pictures = await Promise.all(pathsOf({ ...track, src: "" }).map((path) => this.#picture(path, signal)));
    signal.throwIfAborted();
    const record = { ...track, sizeBytes: sound.blob.size, keptAt: this.#now() };
    await this.#write(job, [list, record, [sound, ...pictures.filter(Boolean)]], job.sizeBytes - before);
    job.loadedBytes = before + track.sizeBytes;
    this.#tell();
  }

  /** A track without its cover is better than none. */
  async #picture(path, signal) {
    try {
      return await download(path, { kind: "image", signal, fetch: this.#fetch });
    } catch (error) {
      if (error instanceof NotTheFile) return null;
      throw error;
    }
  }

  async #write(job, what, missing) {
    try {
      await this.#store.addTrack(...what);
    } catch (error) {
      if (error?.name !== "QuotaExceededError") throw error;
      if (this.#now() - this.#roomMadeAt > ROOM_COMES_WITHIN_MS) throw new NoRoom(missing);
      await this.#wait(ASK_AGAIN_AFTER_MS);
      job.leaving.signal.throwIfAborted();
      await this.#write(job, what, missing);
    }
  }

  #loaded(job, bytes) {
    job.loadedBytes += bytes;
    if (this.#now() - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = this.#now();
    this.dispatchEvent(new Event("progress"));
  }

  #fail({ key }, error) {
    this.dispatchEvent(new CustomEvent("failed", { detail: { key, error } }));
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
