// Taking a paper: puts the parts together. Without this script the page is a plain form that works.

import { Card, stateOf } from "./exam-card.js";
import { Clock, hoursAndMinutes, words } from "./exam-clock.js";
import { onKeys } from "./exam-keys.js";
import { Outbox } from "./exam-outbox.js";
import { onSwipe, Paper } from "./exam-paper.js";
import { Notices, SaveWords } from "./exam-state.js";
import { Submission } from "./exam-submit.js";
import { post, Sync } from "./exam-sync.js";

const data = JSON.parse(document.getElementById("exam-data").textContent);
const texts = data.texts;
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
const byId = (id) => document.getElementById(id);

// ---------------------------------------------------------------- who this tab is

function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return "tab-" + [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const NAME = `quizapp-tab:${data.attempt}`;
const PLACE = `quizapp-place:${data.attempt}`;

function remember(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // a reload then counts as another window
  }
}

function recall(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

// A duplicated tab copies the session storage and with it the name: whoever holds the lock keeps it.
function holds(name) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock && new Promise(() => {}); // held as long as the page lives
    });
  });
}

async function ownName() {
  const kept = recall(NAME);
  if (kept && (await holds(kept))) return kept;
  return takeName();
}

async function takeName() {
  const name = newName();
  await holds(name);
  remember(NAME, name);
  return name;
}

// ---------------------------------------------------------------- the parts

const paper = new Paper(byId("paper"));
const clock = new Clock(data.server_time, data.deadline);
const card = new Card(byId("card"), byId("strip"), { states: data.states, texts, fill });
const notices = new Notices(texts, fill);
const outbox = await Outbox.open(data.attempt);
const sync = new Sync(outbox, data.urls.save, { client_id: await ownName(), epoch: data.epoch });
const saveWords = new SaveWords(sync, outbox, { texts, fill, at: hoursAndMinutes });
const state = new Map(); // number -> { response, flagged, seen, seq }
let readOnly = false;
let taken = false;
let leaving = false;
let lastSeq = 0;

for (let number = 1; number <= paper.total; number += 1) {
  state.set(number, { response: [], flagged: false, seen: false, seq: 0 });
  paper.count(number, fill, texts.characters);
}

// The greater sequence wins, wherever it comes from.
function merge(answers) {
  for (const [number, answer] of Object.entries(answers)) {
    const q = Number(number);
    const waiting = outbox.get(q);
    if (waiting && waiting.seq > answer.seq) continue;
    if (waiting) outbox.acknowledge(q, answer.seq);
    if (answer.seq >= state.get(q).seq) adopt(q, answer);
  }
}

function adopt(q, { response, flagged, seen, seq }) {
  state.set(q, { response, flagged, seen, seq });
  lastSeq = Math.max(lastSeq, seq);
  paper.write(q, response);
}

// Rises with every change, and above what another device may have used: milliseconds since the start.
function nextSeq() {
  lastSeq = Math.max(lastSeq + 1, Math.round(clock.now() - Date.parse(data.started_at)));
  return lastSeq;
}

function change(number, changes, { send = true } = {}) {
  if (readOnly) return;
  const next = { ...state.get(number), ...changes, seq: nextSeq() };
  state.set(number, next);
  outbox.put({ q: number, seq: next.seq, response: next.response, flagged: next.flagged, seen: next.seen });
  redraw();
  if (send) sync.flush();
}

function redraw() {
  card.update([...state.values()].map(stateOf), paper.here);
  const { flagged, response } = state.get(paper.here);
  byId("flag").setAttribute("aria-pressed", String(flagged));
  byId("clear").disabled = readOnly || !response.length;
  byId("previous").disabled = paper.here === 1;
  byId("next").disabled = paper.here === paper.total;
  saveWords.draw();
}

// ---------------------------------------------------------------- answering

const typing = new Map();

function readIn(number) {
  clearTimeout(typing.get(number));
  typing.delete(number);
  const response = paper.read(number);
  if (JSON.stringify(response) === JSON.stringify(state.get(number).response)) return;
  saveWords.touched = true;
  change(number, { response, seen: true });
}

paper.form.addEventListener("submit", (event) => event.preventDefault());
paper.form.addEventListener("change", (event) => readIn(paper.numberOf(event.target)));
paper.form.addEventListener("input", (event) => {
  if (!event.target.matches("textarea, input[type=text]")) return;
  const number = paper.numberOf(event.target);
  paper.count(number);
  clearTimeout(typing.get(number));
  typing.set(number, setTimeout(() => readIn(number), 800));
});

function readAll() {
  for (const number of [...typing.keys()]) readIn(number);
}

function go(number, options) {
  readAll();
  card.close();
  paper.show(number, options);
  remember(PLACE, String(paper.here));
  if (!state.get(paper.here).seen && !readOnly) change(paper.here, { seen: true });
  else redraw();
}

function clear() {
  paper.write(paper.here, []);
  readIn(paper.here);
  paper.section(paper.here).querySelector("legend").focus({ preventScroll: true });
}

function flag() {
  if (readOnly) return;
  saveWords.touched = true;
  const flagged = !state.get(paper.here).flagged;
  change(paper.here, { flagged });
  byId("announce").textContent = flagged ? texts.flagged : texts.unflagged;
}

const previous = () => paper.here > 1 && go(paper.here - 1);
const next = () => paper.here < paper.total && go(paper.here + 1);

byId("previous").addEventListener("click", previous);
byId("next").addEventListener("click", next);
byId("clear").addEventListener("click", clear);
byId("flag").addEventListener("click", flag);
byId("open-card").addEventListener("click", () => card.open());
byId("open-card-strip").addEventListener("click", () => card.open());
byId("first-open").addEventListener("click", () => go(card.firstOf("unseen", "open", "flag") || paper.here));
for (const cell of card.cells) {
  cell.addEventListener("click", (event) => {
    event.preventDefault();
    go(Number(cell.dataset.cell));
  });
}
onSwipe(document.querySelector(".exam-main"), (step) => (step > 0 ? next() : previous()));
byId("open-keys").addEventListener("click", () => byId("keys").showModal());
onKeys(paper, {
  previous, next, flag, card: () => (card.isOpen ? card.close() : card.open()), close: () => card.close(),
  help: () => byId("keys").showModal(),
});
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

// ---------------------------------------------------------------- the clock

const clockFace = byId("clock");
let clockHidden = false;

clock.addEventListener("tick", ({ detail: { left } }) => {
  const { text, mood } = words(left, texts, fill);
  clockFace.className = `clock${mood ? ` clock-${mood}` : ""}`;
  clockFace.querySelector("b").textContent = clockHidden ? texts.timeHidden : text;
  clockFace.querySelector("span").textContent =
    mood && !clockHidden ? texts.underTen : fill(texts.submitsAt, { time: hoursAndMinutes(clock.deadline) });
});
clock.addEventListener("spoken", ({ detail: { minutes } }) => {
  byId("spoken").textContent = fill(texts.minutesLeft, { count: minutes });
});
byId("toggle-clock").addEventListener("click", (event) => {
  clockHidden = !clockHidden;
  event.currentTarget.setAttribute("aria-pressed", String(clockHidden));
  event.currentTarget.textContent = clockHidden ? texts.showTime : texts.hideTime;
  clock.run();
});

// ---------------------------------------------------------------- handing in

const submission = new Submission({
  data, texts, fill, sync, outbox, card, post,
  before: readAll,
  manifest: () => Object.fromEntries([...state].filter(([, s]) => s.seq).map(([q, s]) => [q, s.seq])),
  resend: (q) => {
    const { seq, response, flagged, seen } = state.get(q);
    outbox.put({ q, seq, response, flagged, seen });
  },
  go,
  leave: (address) => {
    leaving = true;
    location.assign(address);
  },
});
clock.addEventListener("over", () => {
  readAll();
  stopAnswering();
  submission.timeIsUp(notices);
});

function stopAnswering() {
  readOnly = true;
  paper.lock();
  byId("flag").disabled = true;
  redraw();
}

// ---------------------------------------------------------------- what the server says

sync.addEventListener("state", () => saveWords.draw());
sync.addEventListener("clock", ({ detail }) => clock.sync(detail.server_time, detail.deadline));
sync.addEventListener("network", ({ detail: { offline } }) => {
  saveWords.draw();
  if (offline) notices.offline();
  else notices.online();
});
sync.addEventListener("rejected", ({ detail: { q, error } }) => {
  notices.note("warn", fill(texts.rejectedFact, { number: q }), error);
});
sync.addEventListener("signed-out", () => {
  notices.signedOut(data.urls.signIn);
  saveWords.draw();
});
sync.addEventListener("refused", ({ detail }) => refused(detail));

function refused({ reason, error, address }) {
  if (reason === "taken") {
    taken = true;
    stopAnswering();
    notices.taken(error, byId("take-over").textContent, takeOver);
    return;
  }
  leaving = true;
  outbox.clear().then(() => location.assign(address));
}

// A fresh name, so that what this tab sent before and what it sends now are told apart.
async function takeOver() {
  const { status, body } = await post(data.urls.takeOver, { client_id: await takeName() });
  if (status === 0) notices.offline();
  else if (status === 409) refused(body);
  else location.reload();
}

byId("take-over").addEventListener("click", takeOver);
byId("taken").addEventListener("cancel", (event) => event.preventDefault());

window.addEventListener("online", () => sync.networkChanged(true));
window.addEventListener("offline", () => sync.networkChanged(false));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    readAll();
    sync.farewell();
  } else {
    if (!readOnly) clock.run();
    if (outbox.size) sync.flush();
    else sync.ask();
  }
});
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
window.addEventListener("beforeunload", (event) => {
  readAll();
  if (outbox.size && !leaving && !taken) event.preventDefault();
});
setInterval(() => document.visibilityState === "visible" && !outbox.size && sync.ask(), 60_000);

// ---------------------------------------------------------------- begin

const restored = outbox.all();
const early = paper.early();
merge(data.answers);
for (const entry of restored) if (outbox.get(entry.q)) adopt(entry.q, entry);
for (const [number, response] of early) {
  paper.write(number, response);
  saveWords.touched = true;
  // sent once this tab holds the attempt
  change(number, { response, seen: true }, { send: false });
}
// Where to begin is settled before anybody can answer: nothing may move under a finger once the page is live.
redraw();
const place =
  Number(location.hash.slice(2)) || Number(recall(PLACE)) || Math.max(0, ...early.keys()) ||
  card.firstOf("unseen", "open") || 1;
paper.show(place, { focus: false });
remember(PLACE, String(paper.here));
redraw();
document.body.classList.add("live");
navigator.storage?.persist?.();

const { status, body } = await post(data.urls.claim, { client_id: sync.identity.client_id });
if (status === 409 && body.reason === "taken") {
  stopAnswering();
  sync.stop();
  byId("taken").showModal();
} else if (status === 409) {
  refused(body);
} else if (status === 200) {
  sync.identity.epoch = body.epoch;
  clock.sync(body.server_time, body.deadline);
  merge(body.answers);
}
if (outbox.size && !readOnly) {
  saveWords.touched = true;
  notices.note("ok", fill(texts.restoredFact, { count: outbox.size }), texts.restoredText);
}
if (!state.get(paper.here).seen) change(paper.here, { seen: true }, { send: false });
redraw();
if (status === 0) sync.networkChanged(false);
if (outbox.size && !readOnly) sync.flush();
clock.run();
