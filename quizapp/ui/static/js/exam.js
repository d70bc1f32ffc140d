// Taking a paper: puts the parts together. Without this script the page is a plain form that works.

import { answering } from "./exam-answering.js";
import { Answers } from "./exam-answers.js";
import { Card } from "./exam-card.js";
import { Clock, hoursAndMinutes } from "./exam-clock.js";
import { Notes, deviceName } from "./exam-notes.js";
import { Outbox } from "./exam-outbox.js";
import { Paper } from "./exam-paper.js";
import { canSeal, sealedFile } from "./exam-sealed.js";
import { server } from "./exam-server.js";
import { Banner, Note, SaveWords } from "./exam-state.js";
import { Store } from "./exam-store.js";
import { Submission } from "./exam-submit.js";
import { Sync } from "./exam-sync.js";
import { Tab } from "./exam-tab.js";
import { timing } from "./exam-timing.js";

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("exam-data").textContent);

// ---------------------------------------------------------------- the parts

const texts = data.texts;
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
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
const notes = new Notes(data.urls.notes, identity);
const locks = new Set(); // why nothing can be answered at the moment: taken, over, paused, late

// What the other modules are given to work with; they add what they can do.
const exam = {
  data, texts, fill, paper, clock, outbox, tab, store, identity, sync, answers, card, saveWords, notes, locks,
  banner: new Banner(), note: new Note(), leaving: false, began: false, lock, leaveFor, handedIn,
  canSeal: canSeal(data.sealing),
};
Object.assign(exam, answering(exam), timing(exam), server(exam));
exam.submission = new Submission(exam);

function lock(why, locked = true) {
  if (locked) {
    exam.readAll();
    locks.add(why);
  } else {
    locks.delete(why);
  }
  paper.lock(locks.size > 0);
  byId("flag").disabled = locks.size > 0;
  exam.redraw();
}

// Goes once everything is on the device.
async function leaveFor(address) {
  await outbox.settled();
  exam.leaving = outbox.kept;
  if (address === location.href) location.reload();
  else location.assign(address);
}

// On a shared computer nothing stays behind.
async function handedIn(address) {
  exam.leaving = true;
  sync.stop();
  clock.stop();
  await outbox.clear();
  tab.forget();
  location.assign(address);
}

// ---------------------------------------------------------------- the file for the worst case

async function saveFile() {
  exam.readAll();
  const saved_at = new Date(clock.now());
  const content = {
    attempt: data.attempt, candidate: data.person, client_id: identity.client_id, epoch: identity.epoch,
    saved_at: saved_at.toISOString(), saves: answers.saves(),
  };
  await sealedFile(`${texts.sealName}-${hoursAndMinutes(saved_at).replace(":", "")}.quizapp`, data.sealing, content);
  exam.note.say("ok", texts.sealedFact, texts.sealedText);
}

exam.file = { label: texts.sealButton, run: saveFile };
for (const place of document.querySelectorAll("[data-seal]")) {
  place.querySelector("button").addEventListener("click", saveFile);
}

// ---------------------------------------------------------------- coming and going

window.addEventListener("online", () => sync.networkChanged(true));
window.addEventListener("offline", () => sync.networkChanged(false));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    exam.readAll();
    notes.begin("hidden");
    sync.farewell();
    return;
  }
  notes.end("hidden");
  if (exam.banner.has("signedOut")) sync.start(); // signed in again in another tab, perhaps
  if (!exam.leaving && !locks.has("over")) clock.run();
  sync.flush();
});
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
window.addEventListener("beforeunload", (event) => {
  exam.readAll();
  if (!outbox.unsaved || exam.leaving || locks.has("taken")) return;
  event.preventDefault();
  event.returnValue = ""; // browsers before 2023
});
// a form of the page, such as the one that begins a break: what is not saved is on the device
document.addEventListener("submit", (event) => setTimeout(() => {
  if (!event.defaultPrevented) exam.leaving = outbox.kept;
}));
new ResizeObserver(([{ target }]) => {
  document.documentElement.style.setProperty("--exam-top", `${target.offsetHeight}px`);
}).observe(document.querySelector(".exam-top"));

// ---------------------------------------------------------------- begin

const restored = outbox.all();
const early = paper.early();
const again = Object.keys(data.answers).length > 0 || restored.length > 0;

answers.merge(data.answers);
for (const entry of restored) if (outbox.get(entry.q)) answers.adopt(entry.q, entry);
for (const [number, response] of early) {
  paper.write(number, response);
  saveWords.touched = true;
  answers.change(number, { response, seen: true });
}
// Where to begin is settled before anybody can answer: nothing may move under a finger once the page is live.
exam.redraw();
const place = Number(location.hash.slice(2)) || tab.place || Math.max(0, ...early.keys()) || card.firstOf("unseen", "open") || 1;
paper.show(place, { focus: false });
tab.place = paper.here;
exam.redraw();
document.body.classList.add("live");
navigator.storage?.persist?.();

const waiting = restored.filter((entry) => outbox.get(entry.q) && !entry.quiet).length;
if (waiting) {
  saveWords.touched = true;
  exam.note.say("ok", fill(texts.restoredFact, { count: waiting }), texts.restoredText);
}
if (outbox.unreadable.length) {
  exam.note.say("warn", fill(texts.unreadableFact, { count: outbox.unreadable.length }),
    fill(texts.unreadableText, { numbers: outbox.unreadable.join(texts.comma) }));
}
if (!outbox.kept) exam.note.say("warn", texts.memoryFact, texts.memoryText);
notes.add("device", { device: deviceName() });
if (again) notes.add("resumed");
if (clock.paused) exam.pause();
clock.run();
await sync.flush();
exam.began = true;
