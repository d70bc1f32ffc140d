// Where the paper was while its clock stands still: asks whether it still does, and goes back by itself.

const ASK = 10_000;
const page = document.querySelector("#standstill");
const word = document.querySelector("#still-word");
const typed = document.querySelector("#typed");
const left = document.querySelector("#still-left");
let ends = performance.now() + Number(page.dataset.seconds ?? 0) * 1000;

function back() {
  if (typed) typed.requestSubmit(); // with what could not be saved
  else location.reload();
}

async function ask() {
  try {
    const answer = await fetch(page.dataset.address, {
      method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ ticket: page.dataset.ticket }),
    });
    if (answer.status === 401 || answer.status === 404) {
      location.reload(); // signed out: the page says so in words
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const body = await answer.json();
    if (body.stands !== page.dataset.stands) {
      back();
      return;
    }
    ends = performance.now() + body.break_seconds * 1000;
    say(word.dataset.waiting);
  } catch {
    say(word.dataset.lost);
  }
  setTimeout(ask, ASK * (0.8 + Math.random() * 0.4));
}

function say(text) {
  if (word.textContent !== text) word.textContent = text;
}

function tick() {
  const seconds = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (seconds > 0) return;
  clearInterval(timer);
  setTimeout(back, 1000 + Math.random() * 1000);
}

say(word.dataset.waiting);
setTimeout(ask, ASK * Math.random());
const timer = left ? setInterval(tick, 500) : 0;
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
