// What the server has not acknowledged yet: one entry a question, the newest. In memory, and kept on the device.

export class Outbox {
  #store;
  #entries = new Map();
  #writing = new Set();
  unreadable = [];
  kept = true; // whether the device keeps it: otherwise it lives in this page alone

  static async open(store) {
    const outbox = new Outbox();
    outbox.#store = store;
    outbox.kept = store.keeps;
    const { entries, unreadable } = await store.read();
    for (const entry of entries) outbox.#entries.set(entry.q, entry);
    outbox.unreadable = unreadable;
    return outbox;
  }

  get size() {
    return this.#entries.size;
  }

  // How many questions somebody would miss; that one was only looked at does not count.
  get unsaved() {
    return this.all().filter(({ quiet }) => !quiet).length;
  }

  get(q) {
    return this.#entries.get(q);
  }

  all() {
    return [...this.#entries.values()].sort((a, b) => a.seq - b.seq);
  }

  put(entry) {
    this.#entries.set(entry.q, entry);
    const current = () => this.#entries.get(entry.q) === entry;
    const writing = this.#store.put(entry, current).then((kept) => {
      this.kept = kept;
      this.#writing.delete(writing);
    });
    this.#writing.add(writing);
  }

  // Everything that was put is on the device, as far as it takes it.
  async settled() {
    await Promise.all([...this.#writing]);
  }

  // Goes only on the acknowledgement of exactly its sequence; one that was made since stays until its own turn.
  // A higher sequence says that the server has something newer. Answers "exact", "newer" or "".
  acknowledge(q, seq) {
    const entry = this.#entries.get(q);
    if (!entry || entry.seq > seq) return "";
    this.#entries.delete(q);
    this.#store.remove(q, entry.seq);
    return entry.seq === seq ? "exact" : "newer";
  }

  async clear() {
    this.#entries.clear();
    await this.settled();
    await this.#store.clear();
  }
}
