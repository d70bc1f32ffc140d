// What the device keeps until the server has it: in IndexedDB, else in localStorage, else nowhere. Each record is
// sealed with AES-GCM under a key that the server gives to this person's page and that stays in memory; it holds
// an answer, never a question.

import { DatabaseShelf, localShelf, openDatabase } from "./exam-shelves.js";
import { fromBase64 } from "./exam-wire.js";

const KEPT_FOR = 7 * 24 * 3_600_000; // what nobody came back for

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
      this.#database?.keepTab(name, Date.now() + KEPT_FOR);
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
