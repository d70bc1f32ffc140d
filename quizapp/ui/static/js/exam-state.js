// What the page says about saving: one place for the word, one banner on top, one note over the question.

const ICONS = { ok: 0, warn: 1, err: 2, info: 3 };

function icon(kind) {
  return document.querySelectorAll("#marks svg")[ICONS[kind]].cloneNode(true);
}

// 已保存 12:03, 保存中, 未保存 3 题, 网络已断开: always in the same place, and nothing before anything was done.
export class SaveWords {
  touched = false;

  constructor(sync, outbox, { texts, fill, at }) {
    Object.assign(this, { sync, outbox, texts, fill, at, place: document.getElementById("save-state"), said: "" });
  }

  #words() {
    const { sync, outbox, texts, fill } = this;
    if (!this.touched && !sync.offline) return null;
    if (sync.offline) {
      if (outbox.size) return ["save-wait", "warn", fill(texts.unsaved, { count: outbox.size })];
      return ["save-off", "err", texts.offline];
    }
    if (outbox.size && sync.busy) return ["", null, texts.saving];
    if (outbox.size) return ["save-wait", "warn", fill(texts.unsaved, { count: outbox.size })];
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
  }
}

export class Notices {
  #timer = 0;
  #held = false; // a banner that only a reload removes

  constructor(texts, fill) {
    this.texts = texts;
    this.fill = fill;
    this.banner = document.getElementById("banner");
    this.line = document.getElementById("note");
  }

  #show(place, kind, fact, text) {
    place.className = place === this.banner ? `notice notice-top notice-${kind}` : `notice notice-${kind}`;
    place.querySelector("svg").replaceWith(icon(kind));
    place.querySelector("strong").textContent = fact;
    place.querySelector("p").textContent = text;
    place.hidden = false;
  }

  #button(label, act) {
    const row = this.banner.querySelector(".btn-row");
    row.hidden = !label;
    if (label) {
      row.querySelector("button").textContent = label;
      row.querySelector("button").onclick = act;
    }
  }

  offline() {
    if (this.#held) return;
    clearTimeout(this.#timer);
    this.#button("");
    this.#show(this.banner, "err", this.texts.offlineFact, this.texts.offlineText);
  }

  online() {
    if (this.#held) return;
    this.#show(this.banner, "ok", this.texts.onlineFact, this.texts.onlineText);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.banner.hidden = true), 4000);
  }

  taken(sentence, label, act) {
    this.#held = true;
    this.#show(this.banner, "warn", this.texts.takenFact, sentence);
    this.#button(label, act);
  }

  signedOut(address) {
    this.#held = true;
    this.#show(this.banner, "err", this.texts.signedOutFact, this.texts.signedOutText);
    this.#button(this.texts.signIn, () => location.assign(address));
  }

  timeUp(text) {
    this.#held = true;
    this.#button("");
    this.#show(this.banner, "warn", this.texts.timeUpFact, text);
  }

  note(kind, fact, text) {
    this.#show(this.line, kind, fact, text);
    if (kind === "ok") setTimeout(() => (this.line.hidden = true), 8000);
  }
}
