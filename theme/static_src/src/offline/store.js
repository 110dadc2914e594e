import { leftBehind, onlyIn, pathsOf } from "./bookkeeping.js";

const NAME = "offline";
const VERSION = 1;
const SHELLS = "shell-";
const KEPT = ["tracks", "lists", "files"];

/**
 * What one person keeps on this device. A track's record and its sound are written in one transaction, so that there is
 * never half of one; where the browser has no room for it, nothing has changed.
 */
export class KeptStore {
  #user;

  constructor(user) {
    this.#user = user;
  }

  tracks() {
    return inStores(["tracks"], "readonly", ({ tracks }) => all(tracks, this.#mine));
  }

  lists() {
    return inStores(["lists"], "readonly", ({ lists }) => all(lists, this.#mine));
  }

  /** {blob, etag}, or undefined. */
  file(path) {
    return inStores(["files"], "readonly", ({ files }) => asked(files.get([this.#user, path])));
  }

  /** `files` are {path, blob, etag}. Rejects with QuotaExceededError where there is no room. */
  addTrack(list, track, files) {
    return inStores(KEPT, "readwrite", (stores) => {
      for (const file of files) stores.files.put({ ...file, user: this.#user });
      stores.tracks.put({ ...track, user: this.#user });
      stores.lists.put({ ...list, user: this.#user });
    });
  }

  /** A track that is here already, as it is now. Rejects with QuotaExceededError, and is as it was, where there is no room. */
  renewTrack(track, files) {
    return inStores(KEPT, "readwrite", async (stores) => {
      const tracks = await all(stores.tracks, this.#mine);
      const before = tracks.find(({ id }) => id === track.id);
      if (!before) return; // removed meanwhile
      const needed = new Set([...tracks.filter((each) => each !== before), track].flatMap(pathsOf));
      for (const path of pathsOf(before)) if (!needed.has(path)) stores.files.delete([this.#user, path]);
      for (const file of files) stores.files.put({ ...file, user: this.#user });
      stores.tracks.put({ ...track, user: this.#user });
    });
  }

  /** A list whose tracks are here already. */
  addList(list) {
    return inStores(["lists"], "readwrite", ({ lists }) => void lists.put({ ...list, user: this.#user }));
  }

  removeTracks(ids) {
    return inStores(KEPT, "readwrite", (stores) => this.#remove(stores, ids));
  }

  /** And those of its tracks that no other list has. */
  removeList(key) {
    return inStores(KEPT, "readwrite", async (stores) => {
      const ids = onlyIn(key, await all(stores.lists, this.#mine));
      stores.lists.delete([this.#user, key]);
      await this.#remove(stores, ids);
    });
  }

  played(id, at) {
    return inStores(["tracks"], "readwrite", async ({ tracks }) => {
      const track = await asked(tracks.get([this.#user, id]));
      if (track) tracks.put({ ...track, playedAt: at });
    });
  }

  async #remove(stores, ids) {
    const [tracks, lists] = [await all(stores.tracks, this.#mine), await all(stores.lists, this.#mine)];
    const { keys, paths } = leftBehind(ids, { tracks, lists });
    for (const id of ids) stores.tracks.delete([this.#user, id]);
    for (const key of keys) stores.lists.delete([this.#user, key]);
    for (const path of paths) stores.files.delete([this.#user, path]);
  }

  get #mine() {
    return IDBKeyRange.bound([this.#user], [this.#user, []]);
  }
}

/** Whose the page is that was seen last: "" for nobody's. */
export function reader() {
  return inStores(["state"], "readonly", ({ state }) => asked(state.get("reader"))).then((user) => user ?? "");
}

/** A page of theirs was seen: what somebody else kept here is no longer here. Nobody's page takes nothing away. */
export async function setReader(user) {
  // On a full device nothing can be written, and the page is to work all the same.
  if ((await reader()) === user) return;
  await inStores(["state", ...KEPT], "readwrite", (stores) => {
    stores.state.put(user, "reader");
    if (!user) return;
    for (const name of KEPT) {
      stores[name].delete(IDBKeyRange.upperBound([user], true));
      stores[name].delete(IDBKeyRange.lowerBound([user, []], true));
    }
  });
}

/** At sign-out. */
export async function forgetEverything() {
  const names = (await caches.keys()).filter((name) => name.startsWith(SHELLS));
  await Promise.all(names.map((name) => caches.delete(name)));
  await inStores(["state", ...KEPT], "readwrite", (stores) => Object.values(stores).forEach((store) => store.clear()));
}

let opened = null;

/** Runs `act` on the named stores and resolves with its answer once it is on the disk. */
async function inStores(names, mode, act) {
  const database = await (opened ??= open());
  const transaction = database.transaction(names, mode);
  const done = finished(transaction);
  done.catch(() => {}); // where the act itself fails nobody waits for it
  try {
    const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
    const [answer] = await Promise.all([act(stores), done]);
    return answer;
  } catch (error) {
    abort(transaction);
    throw transaction.error ?? error;
  }
}

function open() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    const { result } = request;
    result.createObjectStore("tracks", { keyPath: ["user", "id"] });
    result.createObjectStore("lists", { keyPath: ["user", "key"] });
    result.createObjectStore("files", { keyPath: ["user", "path"] });
    result.createObjectStore("state");
  };
  return asked(request).then(
    (database) => {
      database.onclose = database.onversionchange = () => {
        database.close();
        opened = null;
      };
      return database;
    },
    (error) => {
      opened = null;
      throw error;
    },
  );
}

function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

function all(store, range) {
  return asked(store.getAll(range));
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}
