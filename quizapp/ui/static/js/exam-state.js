// What the page says about saving: one place for the word, one banner on top, one note over the question.

const ICONS = { ok: 0, warn: 1, err: 2, info: 3, clock: 4 };

function icon(kind) {
  return document.querySelectorAll("#marks svg")[ICONS[kind]].cloneNode(true);
}

// Saved 12:03, saving, 3 not saved, offline: always in the same place, and nothing before anything was done.
// It is read out when it settles, not while it changes.
export class SaveWords {
  touched = false;

  constructor(sync, outbox, { texts, fill, at }) {
    Object.assign(this, { sync, outbox, texts, fill, at, said: "" });
    this.place = document.getElementById("save-state");
    this.spoken = document.getElementById("save-spoken");
  }

  #words() {
    const { sync, outbox, texts, fill } = this;
    const well = sync.network === "ok" && !sync.stopped && !sync.paused;
    if (!this.touched && well) return null;
    if (outbox.unsaved && sync.busy && well) return ["", null, texts.saving];
    if (outbox.unsaved) return ["save-wait", "warn", fill(texts.unsaved, { count: outbox.unsaved })];
    if (sync.network === "offline") return ["save-off", "err", texts.offline];
    if (!sync.savedAt) return null;
    return ["save-ok", "ok", fill(texts.saved, { time: this.at(new Date(sync.savedAt)) })];
  }

  draw() {
    const words = this.#words();
    const text = words ? words[2] : "";
    if (text === this.said) return;
    this.said = text;
    this.place.replaceChildren();
    if (!words) return;
    const [kind, sign] = words;
    const line = document.createElement("span");
    line.className = `save ${kind}`;
    if (sign) line.append(icon(sign));
    line.append(text);
    this.place.append(line);
    if (sign && this.spoken.textContent !== text) this.spoken.textContent = text;
  }
}

function write(place, { kind, fact, text, sign }) {
  place.classList.remove("notice-ok", "notice-warn", "notice-err", "notice-info");
  place.classList.add(`notice-${kind}`);
  place.querySelector("svg").replaceWith(icon(sign ?? kind));
  place.querySelector("strong").textContent = fact;
  place.querySelector("p").textContent = text;
  place.hidden = false;
}

// The banner shows the weightiest of what is the case; when that is over, the next one, or how it ended.
const WEIGHT = ["late", "taken", "signedOut", "stale", "over", "paused", "offline", "server"];

export class Banner {
  #cases = new Map();
  #shown = null;
  #timer = 0;

  constructor() {
    this.place = document.getElementById("banner");
    this.buttons = [...this.place.querySelectorAll("button")]; // what to do; the file
  }

  // `message`: { kind, fact, text, sign }, and perhaps `act` and `file`: { label, run } each.
  set(name, message) {
    this.#cases.set(name, message);
    this.#draw();
  }

  // `afterwards`: said for a moment when nothing else is the case.
  clear(name, afterwards = null) {
    if (!this.#cases.delete(name)) return;
    this.#draw(afterwards);
  }

  has(name) {
    return this.#cases.has(name);
  }

  #draw(afterwards = null) {
    const name = WEIGHT.find((one) => this.#cases.has(one));
    const message = this.#cases.get(name) ?? afterwards;
    if (JSON.stringify(message) === this.#shown) return;
    this.#shown = JSON.stringify(message);
    clearTimeout(this.#timer);
    if (!message) {
      this.place.hidden = true;
      return;
    }
    write(this.place, message);
    this.#offer(message);
    if (!name) {
      this.#timer = setTimeout(() => {
        this.#shown = null;
        this.place.hidden = true;
      }, 4_000);
    }
  }

  #offer({ act, file }) {
    [act, file].forEach((one, index) => {
      const button = this.buttons[index];
      button.hidden = !one;
      if (!one) return;
      button.textContent = one.label;
      button.onclick = one.run;
    });
    this.place.querySelector(".btn-row").hidden = !act && !file;
  }
}

// One line over the question. Good news goes by itself, the rest when the person moves on.
export class Note {
  #timer = 0;
  #until = 0;

  constructor() {
    this.place = document.getElementById("note");
  }

  say(kind, fact, text) {
    clearTimeout(this.#timer);
    write(this.place, { kind, fact, text });
    this.#until = performance.now() + 4_000;
    if (kind === "ok" || kind === "info") this.#timer = setTimeout(() => (this.place.hidden = true), 8_000);
  }

  // Moved on: what stood there long enough to be read goes.
  pass() {
    if (performance.now() > this.#until) this.place.hidden = true;
  }
}
