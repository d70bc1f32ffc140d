// Where records lie on this device: IndexedDB, or localStorage. Only those of one person and one attempt are read.

import { fromBase64, toBase64 } from "./exam-wire.js";

export const DATABASE = "quizapp-outbox";
export const RECORDS = "sealed";
export const TABS = "tabs";
export const UNTIL = `${DATABASE}-until`;
const VERSION = 2;
const OPENING = 3_000; // some browsers never answer

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
      const owner = ["person", "attempt"];
      database.createObjectStore(RECORDS, { keyPath: [...owner, "q"] }).createIndex("kept_until", "kept_until");
      database.createObjectStore(TABS, { keyPath: owner }).createIndex("kept_until", "kept_until");
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

export function got(request) {
  return new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(undefined);
  });
}

const everything = (person, attempt) =>
  IDBKeyRange.bound([person, attempt, 0], [person, attempt, Infinity]);

export class DatabaseShelf {
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

  keepTab(name, kept_until) {
    const transaction = this.database.transaction(TABS, "readwrite", { durability: "strict" });
    transaction.objectStore(TABS).put({ ...this.owner, name, kept_until });
  }

  // Whoever it was: by its date alone, without looking at it.
  async forgetOld() {
    const transaction = this.database.transaction([RECORDS, TABS], "readwrite");
    for (const store of [RECORDS, TABS].map((name) => transaction.objectStore(name))) {
      const old = store.index("kept_until").openKeyCursor(IDBKeyRange.upperBound(Date.now()));
      old.onsuccess = () => {
        if (!old.result) return;
        store.delete(old.result.primaryKey);
        old.result.continue();
      };
    }
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

export function localShelf(owner) {
  try {
    localStorage.setItem(`${DATABASE}-try`, "1");
    localStorage.removeItem(`${DATABASE}-try`);
    return new LocalShelf(owner);
  } catch {
    return null; // forbidden or full
  }
}
