// What happens around the answers: the page was out of sight, the network was gone, which device it is. Notes for
// a person to weigh. They are sent when there is a chance, nothing waits for them, and nothing follows by itself.

import { post } from "./exam-wire.js";

const LEAST = 3; // seconds: a glance at a message is not worth a note
const WAIT = 5_000;
const MOST = 20;

export class Notes {
  #url;
  #identity;
  #waiting = [];
  #timer = 0;
  #began = new Map(); // kind -> when the span began

  constructor(url, identity) {
    this.#url = url;
    this.#identity = identity;
  }

  add(kind, details = {}) {
    if (this.#waiting.length < MOST) this.#waiting.push({ kind, ...details });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), WAIT);
  }

  // By the clock of the device: the steady one stands still while a phone sleeps.
  begin(kind) {
    if (!this.#began.has(kind)) this.#began.set(kind, Date.now());
  }

  end(kind) {
    if (!this.#began.has(kind)) return;
    const lasted = Math.round((Date.now() - this.#began.get(kind)) / 1000);
    this.#began.delete(kind);
    if (lasted >= LEAST) this.add(kind, { lasted });
  }

  async flush() {
    clearTimeout(this.#timer);
    if (!this.#url || !this.#waiting.length) return;
    const sent = this.#waiting;
    this.#waiting = [];
    const { ticket, client_id } = this.#identity;
    const { status } = await post(this.#url, { ticket, client_id, notes: sent });
    if (status === 0 || status >= 500) this.#waiting = [...sent, ...this.#waiting].slice(0, MOST);
  }
}

const BROWSERS = [
  ["MicroMessenger", /MicroMessenger\/(\d+)/], ["DingTalk", /DingTalk\/(\d+)/], ["Edge", /Edg\w*\/(\d+)/], ["Opera", /OPR\/(\d+)/],
  ["Firefox", /Firefox\/(\d+)/], ["Chrome", /Chrome\/(\d+)/], ["Safari", /Version\/(\d+).*Safari/],
];
const SYSTEMS = [
  ["HarmonyOS", /HarmonyOS|OpenHarmony/], ["Android", /Android/], ["iOS", /iPhone|iPad/], ["Windows", /Windows/],
  ["macOS", /Mac OS X/], ["Linux", /Linux/],
];

// Browser, system and screen: enough to tell an office computer from a phone, no more.
export function deviceName({ userAgent } = navigator) {
  const [browser, pattern] = BROWSERS.find(([, found]) => found.test(userAgent)) ?? ["?", null];
  const version = pattern ? ` ${userAgent.match(pattern)[1]}` : "";
  const [system] = SYSTEMS.find(([, found]) => found.test(userAgent)) ?? ["?"];
  return `${browser}${version} · ${system} · ${screen.width}×${screen.height}`;
}
