// Sends the outbox, one batch at a time, until everything is acknowledged. Failures wait with full jitter.

const BATCH = 50;
const TIMEOUT = 15_000;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

const token = () => document.querySelector('meta[name="csrf-token"]').content;

// Answers { status, body }; status 0 means that no answer came.
export async function post(url, payload, { keepalive = false } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(payload),
      signal: stop.signal,
      keepalive,
    });
    const body = await response.json().catch(() => ({}));
    return { status: response.status, body };
  } catch {
    return { status: 0, body: {} };
  } finally {
    clearTimeout(timer);
  }
}

export class Sync extends EventTarget {
  #outbox;
  #url;
  #running = null;
  #timer = 0;
  #failures = 0;
  #stopped = false;

  constructor(outbox, url, identity) {
    super();
    this.#outbox = outbox;
    this.#url = url;
    this.identity = identity; // { client_id, epoch }
    this.offline = false;
    this.savedAt = null;
  }

  get busy() {
    return this.#running !== null;
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  start() {
    this.#stopped = false;
  }

  // Everything that waits, sent now. Resolves true when nothing is left.
  async flush() {
    if (this.#stopped) return false;
    clearTimeout(this.#timer);
    if (!this.#running) {
      this.#running = this.#drain().finally(() => {
        this.#running = null;
        this.#tell("state");
      });
      this.#tell("state");
    }
    await this.#running;
    if (this.#outbox.size && !this.offline && !this.#stopped && !this.#failures) return this.flush();
    return this.#outbox.size === 0;
  }

  // Asks how the attempt stands, without saving anything.
  async ask() {
    if (this.#stopped || this.busy) return;
    this.#handle(await post(this.#url, { ...this.identity, saves: [] }), []);
  }

  // The page is being left: one last try that outlives it. Its answer may never be seen.
  farewell() {
    if (this.#stopped || !this.#outbox.size) return;
    post(this.#url, { ...this.identity, saves: this.#wire(this.#outbox.all().slice(0, BATCH)) }, { keepalive: true });
  }

  async #drain() {
    while (this.#outbox.size && !this.#stopped) {
      const batch = this.#outbox.all().slice(0, BATCH);
      const answer = await post(this.#url, { ...this.identity, saves: this.#wire(batch) });
      if (!this.#handle(answer, batch)) return;
    }
  }

  #wire(entries) {
    return entries.map(({ q, seq, response, flagged, seen }) => ({ q, seq, response, flagged, seen }));
  }

  #handle({ status, body }, batch) {
    if (status === 200) {
      this.#failures = 0;
      this.#setOffline(false);
      for (const { q, seq } of body.acks) this.#outbox.acknowledge(q, seq);
      for (const { q, seq, error } of body.rejected) {
        this.#outbox.acknowledge(q, seq);
        this.#tell("rejected", { q, error });
      }
      if (batch.length && body.acks.length) this.savedAt = body.saved_at;
      this.#tell("clock", body);
      return true;
    }
    if (status === 409 && body.reason) {
      this.stop();
      this.#tell("refused", body);
      return false;
    }
    if (status === 401 || status === 400 || status === 403) {
      this.stop();
      this.#tell("signed-out", body);
      return false;
    }
    this.#setOffline(status === 0);
    this.#again();
    return false;
  }

  #again() {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    this.#failures += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), Math.random() * longest + 200);
  }

  #setOffline(offline) {
    if (offline === this.offline) return;
    this.offline = offline;
    this.#tell("network", { offline });
  }

  // The browser says that the network is gone or back; only an answer of the server proves the latter.
  networkChanged(online) {
    if (!online) {
      this.#setOffline(true);
      return;
    }
    this.#failures = 0;
    if (this.#outbox.size) this.flush();
    else this.ask();
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
