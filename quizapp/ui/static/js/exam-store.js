// Where answers lie on this device until the server has them: IndexedDB, else localStorage, else nowhere.
// Only records of one person and one attempt are ever read. Each is sealed with AES-GCM under a key that the
// server gives to this person's page and that stays in memory; a record holds an answer, never a question.

import { fromBase64, toBase64 } from "./exam-wire.js";

export const DATABASE = "quizapp-outbox";
export const RECORDS = "sealed";
export const TABS = "tabs";
export const UNTIL = `${DATABASE}-until`;
const VERSION = 2;
const OPENING = 3_000; // some browsers never answer
const KEPT_FOR = 7 * 24 * 3_600_000; // what nobody came back for

export function openDatabase() {
  return new Promise((resolve) => {
    let request;
    try {
      request = indexedDB.open(DATABASE, VERSION);
    } catch {
      resolve(null); // forbidden, as in some private windows
      return;
    }
    setTimeout(() => resolve(null), OPENING);
    request.onupgradeneeded = () => {
      const database = request.result;
      for (const old of [...database.objectStoreNames]) database.deleteObjectStore(old);
      database.createObjectStore(RECORDS, { keyPath: ["person", "attempt", "q"] }).createIndex("kept_until", "kept_until");
      database.createObjectStore(TABS, { keyPath: ["person", "attempt"] });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
}

function done(transaction) {
  return new Promise((resolve) => {
    transaction.oncomplete = () => resolve(true);
    transaction.onabort = () => resolve(false);
  });
}

function got(request) {
  return new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(undefined);
  });
}

export const everything = (person, attempt) =>
  IDBKeyRange.bound([person, attempt, 0], [person, attempt, Infinity]);

class DatabaseShelf {
  constructor(database, owner) {
    this.database = database;
    this.owner = owner;
  }

  async all() {
    const range = everything(this.owner.person, this.owner.attempt);
    return (await got(this.database.transaction(RECORDS).objectStore(RECORDS).getAll(range))) ?? [];
  }

  // True once it is on disk. Asked to commit at once: a page that goes away takes what is still open with it.
  put(record) {
    const transaction = this.database.transaction(RECORDS, "readwrite", { durability: "strict" });
    transaction.objectStore(RECORDS).put(record);
    transaction.commit?.();
    return done(transaction);
  }

  async remove(q, seq) {
    const transaction = this.database.transaction(RECORDS, "readwrite");
    const store = transaction.objectStore(RECORDS);
    const key = [this.owner.person, this.owner.attempt, q];
    const found = await got(store.get(key));
    if (found && found.seq <= seq) store.delete(key);
    await done(transaction);
  }

  async clear() {
    const transaction = this.database.transaction([RECORDS, TABS], "readwrite");
    transaction.objectStore(RECORDS).delete(everything(this.owner.person, this.owner.attempt));
    transaction.objectStore(TABS).delete([this.owner.person, this.owner.attempt]);
    await done(transaction);
  }

  async tab() {
    const key = [this.owner.person, this.owner.attempt];
    return (await got(this.database.transaction(TABS).objectStore(TABS).get(key)))?.name;
  }

  keepTab(name) {
    this.database.transaction(TABS, "readwrite", { durability: "strict" }).objectStore(TABS).put({ ...this.owner, name });
  }

  // Whoever it was: by its date alone, without looking at it.
  async forgetOld() {
    const transaction = this.database.transaction(RECORDS, "readwrite");
    const old = transaction.objectStore(RECORDS).index("kept_until").openKeyCursor(IDBKeyRange.upperBound(Date.now()));
    old.onsuccess = () => {
      if (!old.result) return;
      transaction.objectStore(RECORDS).delete(old.result.primaryKey);
      old.result.continue();
    };
    await done(transaction);
  }
}

class LocalShelf {
  constructor({ person, attempt }) {
    this.prefix = `${DATABASE}:${person}:${attempt}:`;
  }

  #keys() {
    return Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
  }

  async all() {
    return this.#keys().map((key) => {
      const { iv, data, ...record } = JSON.parse(localStorage.getItem(key));
      return { ...record, iv: fromBase64(iv), data: fromBase64(data) };
    });
  }

  async put(record) {
    localStorage.setItem(this.prefix.replace(DATABASE, UNTIL), String(record.kept_until));
    const text = JSON.stringify({ ...record, iv: toBase64(record.iv), data: toBase64(record.data) });
    localStorage.setItem(this.prefix + record.q, text);
    return true;
  }

  async remove(q, seq) {
    const kept = localStorage.getItem(this.prefix + q);
    if (kept && JSON.parse(kept).seq <= seq) localStorage.removeItem(this.prefix + q);
  }

  async clear() {
    for (const key of this.#keys()) localStorage.removeItem(key);
    localStorage.removeItem(this.prefix.replace(DATABASE, UNTIL));
  }

  async forgetOld() {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(`${UNTIL}:`))) {
      if (Number(localStorage.getItem(key)) > Date.now()) continue;
      const prefix = key.replace(UNTIL, DATABASE);
      for (const one of [key, ...Object.keys(localStorage).filter((name) => name.startsWith(prefix))]) {
        localStorage.removeItem(one);
      }
    }
  }
}

function localShelf(owner) {
  try {
    localStorage.setItem(`${DATABASE}-try`, "1");
    localStorage.removeItem(`${DATABASE}-try`);
    return new LocalShelf(owner);
  } catch {
    return null; // forbidden or full
  }
}

export class Store {
  #owner;
  #key = null;
  #database = null;
  #shelves = [];

  // Without WebCrypto, which browsers give only to safe addresses, nothing is written to the device.
  static async open({ person, attempt, key }) {
    const store = new Store();
    store.#owner = { person: String(person), attempt };
    if (!crypto.subtle || !key) return store;
    store.#key = await crypto.subtle.importKey("raw", fromBase64(key), "AES-GCM", false, ["encrypt", "decrypt"]);
    const database = await openDatabase();
    store.#database = database && new DatabaseShelf(database, store.#owner);
    store.#shelves = [store.#database, localShelf(store.#owner)].filter(Boolean);
    for (const shelf of store.#shelves) shelf.forgetOld().catch(() => {});
    return store;
  }

  // The name of the tab that the server knows as the one that writes, from whichever tab of this browser it was.
  async tab() {
    return this.#database?.tab().catch(() => null);
  }

  keepTab(name) {
    try {
      this.#database?.keepTab(name);
    } catch {
      // a tab after this one then asks whether it may take over
    }
  }

  get keeps() {
    return this.#shelves.length > 0;
  }

  // { entries, unreadable }: the newest of each question, and the numbers of what does not open.
  async read() {
    const newest = new Map();
    for (const shelf of this.#shelves) {
      for (const record of await shelf.all().catch(() => [])) {
        if (!newest.has(record.q) || record.seq > newest.get(record.q).seq) newest.set(record.q, record);
      }
    }
    const entries = [];
    const unreadable = [];
    for (const record of newest.values()) {
      const entry = await this.#open(record);
      if (entry) entries.push(entry);
      else unreadable.push(record.q);
    }
    return { entries, unreadable };
  }

  // True once the entry is kept. `current` tells whether it is still wanted: sealing takes a moment, and
  // meanwhile a newer change or the acknowledgement may have come.
  async put(entry, current) {
    if (!this.keeps) return false;
    const record = await this.#seal(entry);
    for (const shelf of this.#shelves) {
      if (!current()) return true;
      try {
        if (await shelf.put(record)) return true;
      } catch {
        // full, forbidden or closed: the next one
      }
    }
    return false;
  }

  async remove(q, seq) {
    await Promise.all(this.#shelves.map((shelf) => shelf.remove(q, seq).catch(() => {})));
  }

  async clear() {
    await Promise.all(this.#shelves.map((shelf) => shelf.clear().catch(() => {})));
  }

  // Bound to its place: a record moved to another question, attempt or person does not open.
  #terms({ q, seq }, iv) {
    const place = new TextEncoder().encode(`${this.#owner.person}/${this.#owner.attempt}/${q}/${seq}`);
    return { name: "AES-GCM", iv, additionalData: place };
  }

  async #seal(entry) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(entry));
    const data = new Uint8Array(await crypto.subtle.encrypt(this.#terms(entry, iv), this.#key, plain));
    return { ...this.#owner, q: entry.q, seq: entry.seq, kept_until: Date.now() + KEPT_FOR, iv, data };
  }

  async #open(record) {
    try {
      const plain = await crypto.subtle.decrypt(this.#terms(record, record.iv), this.#key, record.data);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null; // under another key, or damaged
    }
  }
}
