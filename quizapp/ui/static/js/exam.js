// Taking a paper: puts the parts together. Without this script the page is a plain form that works.

import { Answers } from "./exam-answers.js";
import { Card, stateOf } from "./exam-card.js";
import { Clock, hoursAndMinutes, words } from "./exam-clock.js";
import { onKeys } from "./exam-keys.js";
import { Notes, deviceName } from "./exam-notes.js";
import { Outbox } from "./exam-outbox.js";
import { onSwipe, Paper } from "./exam-paper.js";
import { canSeal, download, seal } from "./exam-sealed.js";
import { Banner, Note, SaveWords } from "./exam-state.js";
import { Store } from "./exam-store.js";
import { Submission } from "./exam-submit.js";
import { Sync } from "./exam-sync.js";
import { Tab } from "./exam-tab.js";
import { post } from "./exam-wire.js";

const LONG = 120_000; // without the server: from here on the page offers the file

const data = JSON.parse(document.getElementById("exam-data").textContent);
const texts = data.texts;
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
const byId = (id) => document.getElementById(id);

// ---------------------------------------------------------------- the parts

const paper = new Paper(byId("paper"));
const clock = new Clock();
const [{ requestStart = 0, responseStart = performance.now() } = {}] = performance.getEntriesByType("navigation");
clock.sync(data, { sent: requestStart, came: responseStart });
const store = await Store.open({ person: data.person, attempt: data.attempt, key: data.outbox_key });
const outbox = await Outbox.open(store);
const tab = new Tab(data.person, data.attempt, store);
const identity = { ticket: data.ticket, client_id: await tab.name(), epoch: data.epoch };
const sync = new Sync(outbox, data.urls, identity);
const answers = new Answers({ paper, outbox, clock, startedAt: data.started_at });
const card = new Card(byId("card"), byId("strip"), { states: data.states, texts, fill });
const saveWords = new SaveWords(sync, outbox, { texts, fill, at: hoursAndMinutes });
const banner = new Banner();
const note = new Note();
const notes = new Notes(data.urls.notes, identity);
let leaving = false;

for (let number = 1; number <= paper.total; number += 1) paper.count(number, fill, texts.characters);

// Why nothing can be answered at the moment: taken, over, paused, late.
const locks = new Set();

function lock(why, locked = true) {
  if (locked) {
    readAll();
    locks.add(why);
  } else {
    locks.delete(why);
  }
  paper.lock(locks.size > 0);
  byId("flag").disabled = locks.size > 0;
  redraw();
}

function change(number, changes) {
  if (locks.size) return;
  answers.change(number, changes);
  redraw();
  sync.flush();
}

function redraw() {
  card.update(answers.all().map(stateOf), paper.here);
  const { flagged, response } = answers.get(paper.here);
  byId("flag").setAttribute("aria-pressed", String(flagged));
  byId("clear").disabled = locks.size > 0 || !response.length;
  byId("previous").disabled = paper.here === 1;
  byId("next").disabled = paper.here === paper.total;
  drawSaving();
}

function drawSaving() {
  saveWords.draw();
  drawTrouble();
  const wanted = canSeal(data.sealing) && outbox.size > 0 && (sync.network !== "ok" || sync.stopped);
  for (const place of document.querySelectorAll("[data-seal]")) place.hidden = !wanted;
}

// ---------------------------------------------------------------- answering

const typing = new Map();

function readIn(number) {
  clearTimeout(typing.get(number));
  typing.delete(number);
  const response = paper.read(number);
  if (JSON.stringify(response) === JSON.stringify(answers.get(number).response)) return;
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
  note.pass();
  paper.show(number, options);
  tab.place = paper.here;
  if (!answers.get(paper.here).seen && !locks.size) change(paper.here, { seen: true });
  else redraw();
}

function clear() {
  paper.write(paper.here, []);
  readIn(paper.here);
  paper.section(paper.here).querySelector("legend").focus({ preventScroll: true });
}

function flag() {
  if (locks.size) return;
  saveWords.touched = true;
  const flagged = !answers.get(paper.here).flagged;
  change(paper.here, { flagged });
  byId("announce").textContent = flagged ? texts.flagged : texts.unflagged;
}

const previous = () => paper.here > 1 && go(paper.here - 1);
const next = () => paper.here < paper.total && go(paper.here + 1);
const help = () => byId("help").showModal();

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
byId("open-help").addEventListener("click", help);
onKeys(paper, {
  previous, next, flag, help, card: () => (card.isOpen ? card.close() : card.open()), close: () => card.close(),
});
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

// ---------------------------------------------------------------- the clock

const clockFace = byId("clock");
let clockHidden = false;

clock.addEventListener("tick", ({ detail: { left } }) => {
  const { text, mood } = words(left, texts, fill);
  clockFace.className = `clock${mood && !clock.paused ? ` clock-${mood}` : ""}`;
  clockFace.querySelector("b").textContent = clockHidden ? texts.timeHidden : text;
  clockFace.querySelector("span").textContent = underTheClock(mood);
});

function underTheClock(mood) {
  if (clock.paused) return texts.clockPaused;
  if (!clock.sure && sync.network !== "ok") return texts.clockUnsure;
  if (mood && !clockHidden) return texts.underTen;
  return fill(texts.submitsAt, { time: hoursAndMinutes(clock.deadline) });
}

clock.addEventListener("spoken", ({ detail: { minutes } }) => {
  byId("spoken").textContent = fill(texts.minutesLeft, { count: minutes });
});
clock.addEventListener("jump", () => sync.flush());
clock.addEventListener("paused", () => {
  lock("paused");
  banner.set("paused", { kind: "warn", sign: "clock", fact: texts.pausedFact, text: texts.pausedText });
  clock.tick();
});
clock.addEventListener("resumed", () => {
  lock("paused", false);
  banner.clear("paused");
  note.say("info", texts.resumedFact, fill(texts.resumedText, { time: hoursAndMinutes(clock.deadline) }));
  timeIsBack();
});
clock.addEventListener("moved", ({ detail: { by } }) => {
  const minutes = Math.round(by / 60_000);
  const time = hoursAndMinutes(clock.deadline);
  if (minutes > 0) note.say("info", fill(texts.extendedFact, { count: minutes }), fill(texts.submitsAt, { time }));
  else note.say("info", texts.movedFact, fill(texts.submitsAt, { time }));
  timeIsBack();
});
byId("toggle-clock").addEventListener("click", (event) => {
  clockHidden = !clockHidden;
  event.currentTarget.setAttribute("aria-pressed", String(clockHidden));
  event.currentTarget.textContent = clockHidden ? texts.showTime : texts.hideTime;
  clock.tick();
});

// ---------------------------------------------------------------- handing in

const submission = new Submission({
  url: data.urls.submit, texts, fill, sync, answers, card, go, refused, before: readAll, done: handedIn,
  over: () => clock.left() === 0 && !clock.paused,
  trouble: () => banner.set("over", timeUp({ offline: texts.timeUpOffline, server: texts.timeUpServer }[sync.network] ?? texts.timeUpText)),
});

clock.addEventListener("over", () => {
  lock("over");
  banner.set("over", timeUp(texts.timeUpText));
  submission.timeIsUp();
});

function timeUp(text) {
  const unsaved = outbox.size > 0 && sync.network !== "ok";
  const more = unsaved && canSeal(data.sealing) ? fill(texts.timeUpFile, { count: outbox.size }) : "";
  return { kind: "warn", sign: "clock", fact: texts.timeUpFact, text: text + more, file: more ? file : null };
}

// The invigilator gave more time while this page believed it over.
function timeIsBack() {
  if (clock.left() > 0 && locks.has("over")) {
    lock("over", false);
    banner.clear("over");
  }
  if (!leaving) clock.run();
}

// On a shared computer nothing stays behind.
async function handedIn(address) {
  leaving = true;
  sync.stop();
  clock.stop();
  await outbox.clear();
  tab.forget();
  location.assign(address);
}

// ---------------------------------------------------------------- the file for the worst case

const file = { label: texts.sealButton, run: saveFile };

async function saveFile() {
  readAll();
  const content = {
    attempt: data.attempt, candidate: data.person, client_id: identity.client_id, epoch: identity.epoch,
    saved_at: new Date(clock.now()).toISOString(), saves: answers.saves(),
  };
  download(`${texts.sealName}-${hoursAndMinutes(clock.now()).replace(":", "")}.quizapp`, await seal(data.sealing, content));
  note.say("ok", texts.sealedFact, texts.sealedText);
}

for (const place of document.querySelectorAll("[data-seal]")) {
  place.querySelector("button").addEventListener("click", saveFile);
}

// ---------------------------------------------------------------- what the server says

sync.addEventListener("state", drawSaving);
sync.addEventListener("claimed", ({ detail: { body } }) => {
  store.keepTab(identity.client_id);
  answers.merge(body.answers);
  if (!answers.get(paper.here).seen) answers.change(paper.here, { seen: true });
  redraw();
});
sync.addEventListener("standing", ({ detail }) => {
  banner.clear("signedOut");
  clock.sync(detail.body, detail);
  if (!locks.has("over")) return;
  if (clock.left() > 0) timeIsBack();
  else submission.timeIsUp();
});
sync.addEventListener("newer", () => sync.reclaim());
sync.addEventListener("rejected", ({ detail: { q, error } }) => {
  note.say("warn", fill(texts.rejectedFact, { number: q }), error);
});
sync.addEventListener("signed-out", () => {
  const act = { label: texts.signIn, run: () => leaveFor(data.urls.signIn) };
  banner.set("signedOut", { kind: "err", fact: texts.signedOutFact, text: kept(texts.signedOutText), act });
  drawSaving();
});
sync.addEventListener("stale", ({ detail: { error } }) => {
  const act = { label: texts.reload, run: () => leaveFor(location.href) };
  banner.set("stale", { kind: "err", fact: texts.staleFact, text: kept(error ?? ""), act });
  drawSaving();
});
sync.addEventListener("refused", ({ detail }) => refused(detail));

let troubledAt = 0;

sync.addEventListener("network", ({ detail: { network } }) => {
  if (network === "offline") notes.begin("offline");
  else notes.end("offline");
  if (network !== "ok") {
    troubledAt ||= performance.now();
    setTimeout(drawSaving, LONG);
  } else {
    troubledAt = 0;
    notes.flush();
  }
  drawSaving();
});

// The server cannot be reached: after a while, the file is offered for what waits.
function drawTrouble() {
  const { network } = sync;
  for (const name of ["offline", "server"]) if (name !== network) banner.clear(name, network === "ok" ? back() : null);
  if (network === "ok") return;
  const offline = network === "offline";
  const offer = outbox.size > 0 && canSeal(data.sealing) && performance.now() - troubledAt >= LONG;
  const text = kept(offline ? texts.offlineText : texts.serverText) + (offer ? texts.sealText : "");
  banner.set(network, { kind: "err", fact: offline ? texts.offlineFact : texts.serverFact, text, file: offer ? file : null });
}

const back = () => ({ kind: "ok", fact: texts.onlineFact, text: outbox.size ? texts.onlineSaving : texts.onlineText });

// Where the browser keeps nothing, that has to be said before anything else.
function kept(text) {
  return outbox.kept ? text : texts.memoryText;
}

function refused({ reason, error, address, count = 0 }) {
  if (reason === "taken") {
    lock("taken");
    banner.set("taken", { kind: "warn", fact: texts.takenFact, text: error, act: { label: texts.takeOver, run: takeOver } });
    if (!began) byId("taken").showModal();
    return;
  }
  if (!count) {
    handedIn(address);
    return;
  }
  // what came too late is told before the page goes
  lock("late");
  clock.stop();
  leaving = true;
  const act = { label: texts.toReceipt, run: () => handedIn(address) };
  banner.set("late", { kind: "warn", sign: "clock", fact: fill(texts.lateFact, { count }), text: texts.lateText, act });
}

// A fresh name, so that what this tab sent before and what it sends now are told apart.
async function takeOver() {
  const payload = { ticket: identity.ticket, client_id: await tab.rename() };
  const { status, body } = await post(data.urls.takeOver, payload);
  if (status === 200) leaveFor(location.href);
  else if (status === 409) refused(body);
  else {
    const problem = byId("taken-problem");
    problem.hidden = false;
    problem.querySelector("strong").textContent = body.error ?? texts.takeOverLater;
    if (!byId("taken").open) note.say("warn", texts.takenFact, body.error ?? texts.takeOverLater);
  }
}

// Goes once everything is on the device.
async function leaveFor(address) {
  await outbox.settled();
  leaving = outbox.kept;
  if (address === location.href) location.reload();
  else location.assign(address);
}

byId("take-over").addEventListener("click", takeOver);
byId("taken").addEventListener("cancel", (event) => event.preventDefault());

// ---------------------------------------------------------------- coming and going

window.addEventListener("online", () => sync.networkChanged(true));
window.addEventListener("offline", () => sync.networkChanged(false));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    readAll();
    notes.begin("hidden");
    sync.farewell();
    return;
  }
  notes.end("hidden");
  if (banner.has("signedOut")) sync.start(); // signed in again in another tab, perhaps
  if (!leaving && !locks.has("over")) clock.run();
  sync.flush();
});
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
window.addEventListener("beforeunload", (event) => {
  readAll();
  if (!outbox.size || leaving || locks.has("taken")) return;
  event.preventDefault();
  event.returnValue = ""; // browsers before 2023
});

// ---------------------------------------------------------------- begin

const restored = outbox.all();
const early = paper.early();
const again = Object.keys(data.answers).length > 0 || restored.length > 0;
let began = false;

answers.merge(data.answers);
for (const entry of restored) if (outbox.get(entry.q)) answers.adopt(entry.q, entry);
for (const [number, response] of early) {
  paper.write(number, response);
  saveWords.touched = true;
  answers.change(number, { response, seen: true });
}
// Where to begin is settled before anybody can answer: nothing may move under a finger once the page is live.
redraw();
const place = Number(location.hash.slice(2)) || tab.place || Math.max(0, ...early.keys()) || card.firstOf("unseen", "open") || 1;
paper.show(place, { focus: false });
tab.place = paper.here;
redraw();
document.body.classList.add("live");
navigator.storage?.persist?.();

const waiting = restored.filter((entry) => outbox.get(entry.q)).length;
if (waiting) {
  saveWords.touched = true;
  note.say("ok", fill(texts.restoredFact, { count: waiting }), texts.restoredText);
}
if (outbox.unreadable.length) {
  note.say("warn", fill(texts.unreadableFact, { count: outbox.unreadable.length }),
    fill(texts.unreadableText, { numbers: outbox.unreadable.join(texts.comma) }));
}
if (!outbox.kept) note.say("warn", texts.memoryFact, texts.memoryText);
notes.add("device", { device: deviceName() });
if (again) notes.add("resumed");
if (clock.paused) clock.dispatchEvent(new CustomEvent("paused"));
clock.run();
await sync.flush();
began = true;
