// The countdown to the server's deadline. It runs on the browser's steady clock, so that setting the time of the
// device moves nothing; the server's time is taken over with every answer, the quickest answers counting most.
// What is left is computed anew each time: timers sleep in background tabs and on phones.

const TEN_MINUTES = 600;
const SPOKEN = [10, 5, 1];
const JUMP = 2_000; // how far the device's two clocks may part before one of them is believed to have moved
const FRESH = 300_000;

export class Clock extends EventTarget {
  #deadline = 0;
  #zero = 0; // the server's time when the steady clock stood at 0
  #trip = Infinity;
  #taken = -Infinity;
  #wall = 0;
  #timer = 0;
  #last = Infinity;
  #stands = null; // the moment at which a pause stopped it
  sure = true;

  // `sent` and `came`: when the question went out and when its answer was there, by the steady clock.
  // Tells "paused" and "resumed", and "moved" where the deadline did so without a pause that accounts for it.
  sync({ server_time, deadline, paused }, { sent, came }) {
    const before = { paused: this.paused, deadline: this.#deadline };
    if (server_time) this.#take(Date.parse(server_time), sent, came);
    if (deadline) this.#deadline = Date.parse(deadline);
    if (paused !== undefined) this.#stand(paused);
    if (this.paused !== before.paused) this.#tell(this.paused ? "paused" : "resumed");
    else if (before.deadline && this.#deadline !== before.deadline) this.#tell("moved", { by: this.#deadline - before.deadline });
  }

  #take(serverTime, sent, came) {
    const trip = came - sent;
    if (this.sure && trip > this.#trip && came - this.#taken < FRESH) return;
    this.#zero = serverTime - (sent + came) / 2;
    this.#trip = trip;
    this.#taken = came;
    this.#wall = Date.now() - performance.now();
    this.sure = true;
  }

  // The server says since when, or only that.
  #stand(paused) {
    if (!paused) this.#stands = null;
    else this.#stands = Date.parse(paused) || this.#stands || this.now();
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  now() {
    return this.#zero + performance.now();
  }

  get deadline() {
    return this.#deadline;
  }

  get paused() {
    return this.#stands !== null;
  }

  // Whole seconds, at least 0; the last second counts until it is over.
  left() {
    return Math.max(0, Math.ceil((this.#deadline - (this.#stands ?? this.now())) / 1000));
  }

  run() {
    this.stop();
    this.#timer = setInterval(() => this.tick(), 500);
    this.tick();
  }

  tick() {
    this.#watch();
    const left = this.left();
    this.#tell("tick", { left });
    const due = SPOKEN.find((minutes) => left <= minutes * 60 && this.#last > minutes * 60 && left > (minutes - 1) * 60);
    if (due && this.#last !== Infinity) this.#tell("spoken", { minutes: due });
    this.#last = left;
    if (left === 0 && !this.paused) {
      this.stop();
      this.#tell("over");
    }
  }

  // Either somebody set the time of the device, or it slept and the steady clock stood still: only the server
  // knows which, so it is asked.
  #watch() {
    const wall = Date.now() - performance.now();
    if (Math.abs(wall - this.#wall) < JUMP) return;
    this.#wall = wall;
    this.sure = false;
    this.#tell("jump");
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
