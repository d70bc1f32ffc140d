// What has not been acknowledged yet: kept in memory, and on disk so that a reload or a crash loses nothing.
// One record a question, the newest. Holds answers only, never questions.

const DATABASE = "quizapp-outbox";
const STORE = "saves";

function openDatabase() {
  return new Promise((resolve) => {
    let request;
    try {
      request = indexedDB.open(DATABASE, 1);
    } catch {
      resolve(null); // forbidden, as in some private windows
      return;
    }
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["attempt", "q"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
}

function done(transaction) {
  return new Promise((resolve) => {
    transaction.oncomplete = () => resolve(true);
    transaction.onabort = () => resolve(false);
    transaction.onerror = () => resolve(false);
  });
}

export class Outbox {
  #database;
  #attempt;
  #entries = new Map();

  static async open(attempt) {
    const outbox = new Outbox();
    outbox.#attempt = attempt;
    outbox.#database = await openDatabase();
    for (const entry of await outbox.#stored()) outbox.#entries.set(entry.q, entry);
    return outbox;
  }

  get size() {
    return this.#entries.size;
  }

  get(q) {
    return this.#entries.get(q);
  }

  all() {
    return [...this.#entries.values()].sort((a, b) => a.seq - b.seq);
  }

  put(entry) {
    this.#entries.set(entry.q, entry);
    this.#write(entry);
  }

  // Only what was acknowledged goes: a newer change of the same question stays until its own turn.
  acknowledge(q, seq) {
    const entry = this.#entries.get(q);
    if (entry && entry.seq <= seq) {
      this.#entries.delete(q);
      this.#erase(q, entry.seq);
    }
  }

  async clear() {
    const entries = this.all();
    this.#entries.clear();
    await Promise.all(entries.map((entry) => this.#erase(entry.q, entry.seq)));
  }

  #key(q) {
    return `${DATABASE}:${this.#attempt}:${q}`;
  }

  async #stored() {
    const found = new Map();
    for (const entry of [...this.#fromLocalStorage(), ...(await this.#fromDatabase())]) {
      if (!found.has(entry.q) || entry.seq > found.get(entry.q).seq) found.set(entry.q, entry);
    }
    return found.values();
  }

  #fromLocalStorage() {
    try {
      const prefix = this.#key("");
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(prefix))
        .map((key) => JSON.parse(localStorage.getItem(key)));
    } catch {
      return [];
    }
  }

  #fromDatabase() {
    if (!this.#database) return [];
    return new Promise((resolve) => {
      const range = IDBKeyRange.bound([this.#attempt, 0], [this.#attempt, Infinity]);
      const request = this.#database.transaction(STORE).objectStore(STORE).getAll(range);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve([]);
    });
  }

  // localStorage first: it is written before this function returns, so that even a reload in the same
  // instant finds the answer. Then IndexedDB, which is on disk once its transaction is complete.
  async #write(entry) {
    const record = { ...entry, attempt: this.#attempt };
    const kept = JSON.stringify(record);
    try {
      localStorage.setItem(this.#key(entry.q), kept);
    } catch {
      // full or forbidden: the database alone; without either it is memory, and beforeunload warns
    }
    if (!this.#database) return;
    const transaction = this.#database.transaction(STORE, "readwrite", { durability: "strict" });
    transaction.objectStore(STORE).put(record);
    if (await done(transaction)) this.#drop(entry.q, kept);
  }

  // The copy in localStorage, unless a newer change has taken its place.
  #drop(q, kept) {
    try {
      if (localStorage.getItem(this.#key(q)) === kept) localStorage.removeItem(this.#key(q));
    } catch {
      // nothing was there
    }
  }

  async #erase(q, seq) {
    try {
      localStorage.removeItem(this.#key(q));
    } catch {
      // nothing was there
    }
    if (!this.#database) return;
    const transaction = this.#database.transaction(STORE, "readwrite");
    const store = transaction.objectStore(STORE);
    const request = store.get([this.#attempt, q]);
    request.onsuccess = () => {
      if (request.result && request.result.seq <= seq) store.delete([this.#attempt, q]);
    };
    await done(transaction);
  }
}
