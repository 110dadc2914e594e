/** The browser's storage, or one that lasts as long as the page where storage is forbidden. */
export function storageOrMemory(open) {
  try {
    const storage = open();
    storage.getItem("");
    return storage;
  } catch {
    return new MemoryStorage();
  }
}

export class MemoryStorage {
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, String(value));
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}

/** A storage that may be full: what does not fit lasts as long as the page. */
export class OverflowingStorage {
  #kept;
  #overflow = new MemoryStorage();

  constructor(kept) {
    this.#kept = kept;
  }

  get length() {
    return this.#kept.length + this.#overflow.length;
  }

  /** A key whose newer value did not fit is there twice. */
  key(index) {
    return index < this.#kept.length ? this.#kept.key(index) : this.#overflow.key(index - this.#kept.length);
  }

  getItem(key) {
    return this.#overflow.getItem(key) ?? this.#kept.getItem(key);
  }

  setItem(key, value) {
    try {
      this.#kept.setItem(key, value);
      this.#overflow.removeItem(key);
    } catch {
      this.#overflow.setItem(key, value);
    }
  }

  removeItem(key) {
    this.#kept.removeItem(key);
    this.#overflow.removeItem(key);
  }
}
