// The waiting room: a countdown by the server's clock, a look at the device, and the start, which comes by itself
// for whom has ticked the rules. Each page starts at its own moment within the first minute; the server decides
// whether the exam is open, and a page that comes too early gets this page again.

const ASK = 30_000;
const SLOW = 2_000;
const CLOCK_OFF = 60_000;

const room = document.querySelector("#waiting");
if (room) wait();

function wait() {
  const words = JSON.parse(room.dataset.words);
  const form = document.querySelector("#start");
  const tick = form.querySelector("#understood");
  const button = form.querySelector("button");
  const left = document.querySelector("#waiting-left");
  const word = document.querySelector("#waiting-word");
  const opening = document.querySelector("#waiting-opens");
  const [{ requestStart = 0, responseStart = performance.now() } = {}] = performance.getEntriesByType("navigation");
  const offset = Number(room.dataset.offset);
  let opens = Date.parse(room.dataset.opens);
  let paused = "paused" in room.dataset;
  let zero = Date.parse(room.dataset.now) - (requestStart + responseStart) / 2;
  let trip = responseStart - requestStart;
  let freed = 0; // when this page learnt that the sitting goes on
  let posted = false;

  const now = () => zero + performance.now();
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function draw() {
    const rest = opens - now();
    const isOpen = rest <= 0 && !paused;
    button.disabled = !isOpen;
    if (paused) say(words.paused, words.held);
    else if (!isOpen) say(countdown(Math.ceil(rest / 1000)), tick.checked ? words.wait : words.tick);
    else say(words.opened, tick.checked ? words.soon : words.late);
    if (isOpen && tick.checked && now() >= Math.max(opens, freed) + offset) start();
  }

  function say(figure, sentence) {
    if (left.textContent !== figure) left.textContent = figure;
    if (word.textContent !== sentence) word.textContent = sentence;
  }

  function countdown(seconds) {
    const hours = Math.floor(seconds / 3600);
    if (hours >= 48) return fill(words.days, { d: Math.floor(hours / 24), h: hours % 24 });
    const two = (value) => String(value).padStart(2, "0");
    const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    return hours ? `${hours}:${rest}` : rest;
  }

  function start() {
    if (posted) return;
    posted = true;
    button.disabled = false;
    form.requestSubmit(button);
  }

  // The start may be moved while people wait.
  async function ask() {
    const sent = performance.now();
    try {
      const answer = await fetch(room.dataset.address, {
        method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ ticket: form.elements.ticket.value }),
      });
      if (answer.status === 401 || answer.status === 404) {
        location.reload(); // signed out, or no longer on the roster: the page says so in words
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const body = await answer.json();
      took(body, sent, performance.now());
    } catch {
      check("net", false, words.no_net);
    }
    setTimeout(ask, ASK * (0.9 + Math.random() * 0.2));
  }

  function took(body, sent, came) {
    if (body.closed) {
      location.reload();
      return;
    }
    if (came - sent <= trip * 1.5) {
      zero = Date.parse(body.server_time) - (sent + came) / 2;
      trip = came - sent;
    }
    if (paused && !body.paused) freed = now();
    paused = body.paused;
    if (Date.parse(body.opens_at) !== opens) {
      opens = Date.parse(body.opens_at);
      const at = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Shanghai" });
      opening.textContent = fill(words.moved, { time: at.format(opens) });
    }
    const slow = came - sent > SLOW;
    check("net", !slow, slow ? fill(words.net_slow, { n: Math.round((came - sent) / 1000) }) : words.net);
    const off = Math.abs(Date.now() - now());
    check("clock", off < CLOCK_OFF, off < CLOCK_OFF ? words.clock : fill(words.clock_off, { n: Math.round(off / 60_000) }));
    draw();
  }

  function check(name, good, text) {
    const line = document.querySelector(`#device [data-check=${name}]`);
    line.className = good ? "is-done" : "is-open";
    const span = line.querySelector("span");
    if (span.textContent !== text) span.textContent = text;
  }

  async function store() {
    try {
      await new Promise((done, failed) => {
        const opened = indexedDB.open("quizapp-check", 1);
        opened.onsuccess = () => { opened.result.close(); done(); };
        opened.onerror = failed;
      });
      check("store", true, words.store);
    } catch {
      check("store", false, words.no_store);
    }
  }

  document.querySelector("#device").hidden = false;
  tick.addEventListener("change", draw);
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  store();
  ask();
  draw();
  setInterval(draw, 250);
}
