// The countdown to the server's deadline. The difference between the clocks is measured at every answer, and
// the time left is computed anew each time: timers sleep in background tabs.

const TEN_MINUTES = 600;
const SPOKEN = [10, 5, 1];

export class Clock extends EventTarget {
  #deadline;
  #offset = 0;
  #timer = 0;
  #last = Infinity;

  constructor(serverTime, deadline) {
    super();
    this.sync(serverTime, deadline);
  }

  sync(serverTime, deadline) {
    if (serverTime) this.#offset = Date.parse(serverTime) - Date.now();
    if (deadline) this.#deadline = Date.parse(deadline);
  }

  now() {
    return Date.now() + this.#offset;
  }

  get deadline() {
    return this.#deadline;
  }

  // Whole seconds, at least 0; the last second counts until it is over.
  left() {
    return Math.max(0, Math.ceil((this.#deadline - this.now()) / 1000));
  }

  run() {
    const tick = () => {
      const left = this.left();
      this.dispatchEvent(new CustomEvent("tick", { detail: { left } }));
      const due = SPOKEN.find((minutes) => left <= minutes * 60 && this.#last > minutes * 60 && left > (minutes - 1) * 60);
      if (due && this.#last !== Infinity) this.dispatchEvent(new CustomEvent("spoken", { detail: { minutes: due } }));
      this.#last = left;
      if (left === 0) {
        this.stop();
        this.dispatchEvent(new CustomEvent("over"));
      }
    };
    this.stop();
    this.#timer = setInterval(tick, 500);
    tick();
  }

  stop() {
    clearInterval(this.#timer);
  }
}

export function words(left, texts, fill) {
  if (left > TEN_MINUTES) return { text: fill(texts.minutes, { count: Math.ceil(left / 60) }), mood: "" };
  const seconds = String(left % 60).padStart(2, "0");
  return { text: `${Math.floor(left / 60)}:${seconds}`, mood: left <= 60 ? "last" : "soon" };
}

const AT = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });

export function hoursAndMinutes(moment) {
  return AT.format(moment);
}
