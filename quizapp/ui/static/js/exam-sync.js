// Claims the attempt for this tab, then sends the outbox, one batch at a time, until everything is acknowledged.
// Failures wait with full jitter and are tried again for ever: what is not acknowledged may or may not have
// arrived, and sending the same sequence again does no harm.
//
// Tells: "state" (something began or ended), "claimed" and "standing" (what the server says), "network" (ok,
// offline, server), "rejected", "newer", "refused", "signed-out", "stale" (this page can save no more, a fresh one may).

import { post } from "./exam-wire.js";

const BATCH = 50;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
const IDLE = 60_000;
const PAUSED = 15_000;
const SOON = 5_000;
const FAREWELL_BYTES = 48_000; // browsers send about 64 KB after a page has gone
const PATIENCE = 3; // errors of the server before the page speaks of them

const isOver = ({ reason }) => reason === "late" || reason === "closed";

export class Sync extends EventTarget {
  #outbox;
  #urls;
  #running = null;
  #timer = 0;
  #failures = 0;
  #stopped = false;
  #claimed = false;
  #batch = BATCH;
  #goneAt = -Infinity; // when the browser said that the network is gone
  #late = null; // what the server said when it took answers as evidence only
  network = "ok";
  savedAt = null;

  constructor(outbox, urls, identity) {
    super();
    this.#outbox = outbox;
    this.#urls = urls;
    this.identity = identity; // { ticket, client_id, epoch }
    this.paused = false;
  }

  get busy() {
    return this.#running !== null;
  }

  get stopped() {
    return this.#stopped;
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  start() {
    this.#stopped = false;
    this.#failures = 0;
  }

  // Everything that waits, sent now; where nothing waits, only asked how things stand.
  // Resolves true when the server answered and nothing is left.
  async flush() {
    if (this.#stopped) return false;
    clearTimeout(this.#timer);
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      this.#tell("state");
    });
    this.#tell("state");
    const answered = await this.#running;
    // what came in while the last batch was under way
    if (answered && this.#outbox.size && !this.#stopped && !this.paused) return this.flush();
    return answered && this.#outbox.size === 0;
  }

  // What can wait goes with the next change, or by itself in a while.
  soon() {
    if (this.#claimed && !this.busy && this.#failures === 0 && !this.paused) this.#later(SOON);
  }

  // The server has something newer than this page: its answers are fetched again.
  reclaim() {
    this.#claimed = false;
    return this.flush();
  }

  // The page is being left: one last try that outlives it. Whether its answer is ever seen is open.
  async farewell() {
    if (this.#stopped || this.paused || !this.#claimed || !this.#outbox.size) return;
    const batch = [];
    let bytes = 0;
    for (const entry of this.#outbox.all().slice(0, this.#batch)) {
      bytes += new TextEncoder().encode(JSON.stringify(entry)).length;
      if (bytes > FAREWELL_BYTES) break;
      batch.push(entry);
    }
    const answer = await this.#post(batch, { keepalive: true });
    if (answer.status === 200) this.#acknowledge(answer.body, batch);
  }

  // The browser says that the network is gone or back; only an answer of the server proves the latter.
  networkChanged(online) {
    if (!online) {
      this.#goneAt = performance.now();
      this.#setNetwork("offline");
      return;
    }
    // a whole building comes back at the same moment
    this.#failures = 0;
    this.#later(Math.random() * 500);
  }

  async #run() {
    if (!this.#claimed && !(await this.#claim())) return false;
    let answered = false;
    while (!this.#stopped && (!answered || (this.#outbox.size && !this.paused))) {
      const batch = this.paused ? [] : this.#outbox.all().slice(0, this.#batch);
      answered = await this.#handle(await this.#post(batch), batch);
      if (!answered) return false;
    }
    if (this.#late) this.#over();
    this.#batch = BATCH;
    return !this.#stopped;
  }

  async #claim() {
    const { ticket, client_id } = this.identity;
    const answer = await post(this.#urls.claim, { ticket, client_id });
    if (answer.status === 409 && isOver(answer.body) && this.#outbox.size) {
      this.#claimed = true; // nothing to claim any more, but something that the server should have as evidence
      return true;
    }
    if (answer.status !== 200) return this.#refuse(answer);
    this.#well(answer);
    this.#claimed = true;
    this.identity.epoch = answer.body.epoch;
    if (answer.body.ticket) this.identity.ticket = answer.body.ticket;
    this.#tell("claimed", answer);
    this.#stand(answer);
    return true;
  }

  #post(batch, options) {
    const saves = batch.map(({ q, seq, response, flagged, seen }) => ({ q, seq, response, flagged, seen }));
    return post(this.#urls.save, { ...this.identity, saves }, options);
  }

  #handle(answer, batch) {
    const { status, body } = answer;
    if (status === 200) {
      this.#acknowledge(body, batch);
      // an answer that acknowledges nothing of what was sent would be asked for again without end
      if (batch.length && batch.every((entry) => this.#outbox.get(entry.q) === entry)) return this.#refuse({ status: 500, body: {} });
      this.#well(answer);
      this.#stand(answer);
      return true;
    }
    if (status === 409 && isOver(body)) return this.#evidence(body, batch);
    if (status === 422 && batch.length) return this.#unreadable(answer, batch);
    return this.#refuse(answer);
  }

  #acknowledge(body, batch) {
    for (const { q, seq } of body.acks ?? []) {
      if (this.#outbox.acknowledge(q, seq) === "newer") this.#tell("newer", { q });
    }
    for (const { q, seq, error } of body.rejected ?? []) {
      this.#outbox.acknowledge(q, seq);
      this.#tell("rejected", { q, error });
    }
    if (body.acks?.length) this.savedAt = body.saved_at ?? body.server_time;
  }

  // It came too late to count: the server has it as evidence, so it goes; the rest follows in the same way.
  #evidence(body, batch) {
    for (const { q, seq } of batch) this.#outbox.acknowledge(q, seq);
    const missed = batch.filter(({ quiet }) => !quiet).length;
    this.#late = { ...body, count: (this.#late?.count ?? 0) + missed };
    return true;
  }

  #over() {
    this.stop();
    this.#tell("refused", this.#late);
  }

  // A batch that the server cannot read is cut until the one entry is found that is at fault. It goes only where
  // the server reads the same request without it: otherwise the fault lies elsewhere, and everything stays.
  async #unreadable(answer, batch) {
    if (batch.length > 1) {
      this.#batch = 1;
      return true;
    }
    const bare = await this.#post([]);
    if (bare.status !== 200) return this.#refuse(bare);
    const [{ q, seq }] = batch;
    this.#outbox.acknowledge(q, seq);
    this.#tell("rejected", { q, error: answer.body.error ?? "" });
    return true;
  }

  #refuse(answer) {
    const { status, body, retryAfter } = answer;
    if (status === 409 && body.reason === "paused") {
      this.#well(answer);
      this.#stand({ ...answer, body: { ...body, paused: body.paused ?? true } });
    } else if (status === 409 && body.reason) {
      this.stop();
      this.#tell("refused", { count: 0, ...body });
    } else if (status === 401 || status === 403) {
      this.stop();
      this.#tell("signed-out", body);
    } else if (status === 404 || status === 422) {
      this.stop();
      this.#tell("stale", body);
    } else {
      this.#failures += 1;
      if (status === 0) this.#setNetwork("offline");
      else if (this.#failures >= PATIENCE) this.#setNetwork("server");
      const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (this.#failures - 1));
      this.#later(Math.max(retryAfter ?? 0, Math.random() * longest));
    }
    return false;
  }

  // What was asked before the network went and answered since proves nothing about now.
  #well({ sent }) {
    this.#failures = 0;
    if (sent >= this.#goneAt) this.#setNetwork("ok");
  }

  #stand(answer) {
    this.paused = Boolean(answer.body.paused);
    this.#tell("standing", answer);
    this.#later((this.paused ? PAUSED : IDLE) * (0.9 + Math.random() * 0.2));
  }

  #later(wait) {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => this.flush(), wait);
  }

  #setNetwork(network) {
    if (network === this.network) return;
    this.network = network;
    this.#tell("network", { network });
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
