// The answers as this page knows them, and the one way to change them: number the change, keep it, draw it.

export class Answers {
  #paper;
  #outbox;
  #clock;
  #startedAt;
  #lastSeq = 0;
  #state = new Map(); // number -> { response, flagged, seen, seq }

  constructor({ paper, outbox, clock, startedAt }) {
    this.#paper = paper;
    this.#outbox = outbox;
    this.#clock = clock;
    this.#startedAt = Date.parse(startedAt);
    for (let q = 1; q <= paper.total; q += 1) this.#state.set(q, { response: [], flagged: false, seen: false, seq: 0 });
  }

  get(q) {
    return this.#state.get(q);
  }

  all() {
    return [...this.#state.values()];
  }

  // What the server holds. The greater sequence wins, wherever it comes from.
  merge(answers) {
    for (const [number, answer] of Object.entries(answers ?? {})) {
      const q = Number(number);
      const waiting = this.#outbox.get(q);
      if (waiting && waiting.seq > answer.seq) continue;
      if (waiting) this.#outbox.acknowledge(q, answer.seq);
      if (answer.seq >= this.get(q).seq) this.adopt(q, answer);
    }
  }

  adopt(q, { response, flagged, seen, seq }) {
    this.#state.set(q, { response, flagged, seen, seq });
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    this.#paper.write(q, response);
  }

  // `quiet`: nothing that anybody would miss.
  change(q, changes, { quiet = false } = {}) {
    this.#state.set(q, { ...this.get(q), ...changes, seq: this.#nextSeq() });
    this.#outbox.put({ q, ...this.get(q), ...(quiet && { quiet }) });
  }

  // Puts it into the outbox as it stands.
  resend(q) {
    this.#outbox.put({ q, ...this.get(q) });
  }

  // Rises with every change, and above what another device may have used: milliseconds since the start.
  #nextSeq() {
    this.#lastSeq = Math.max(this.#lastSeq + 1, Math.round(this.#clock.now() - this.#startedAt));
    return this.#lastSeq;
  }

  // Everything that was ever changed, in the words of the save protocol.
  saves() {
    return [...this.#state].filter(([, answer]) => answer.seq).map(([q, { seq, response, flagged, seen }]) => ({ q, seq, response, flagged, seen }));
  }

  manifest() {
    return Object.fromEntries(this.saves().map(({ q, seq }) => [q, seq]));
  }
}
