// Answering, and going from one question to the next: by finger, mouse and keyboard.

import { stateOf } from "./exam-card.js";
import { onKeys } from "./exam-keys.js";
import { onSwipe } from "./exam-paper.js";

const TYPING = 800; // a pause in typing is a change

export function answering(exam) {
  const { paper, answers, card, sync, texts, fill, locks, saveWords, note, tab } = exam;
  const byId = (id) => document.getElementById(id);
  const typing = new Map();

  for (let number = 1; number <= paper.total; number += 1) paper.count(number, fill, texts.characters);

  function change(number, changes) {
    if (locks.size) return;
    saveWords.touched = true;
    answers.change(number, changes);
    redraw();
    sync.flush();
  }

  // That a question was looked at is worth keeping, and not worth a request of its own.
  function see() {
    if (locks.size || answers.get(paper.here).seen) return;
    answers.change(paper.here, { seen: true }, { quiet: true });
    sync.soon();
  }

  function redraw() {
    card.update(answers.all().map(stateOf), paper.here);
    const { flagged, response } = answers.get(paper.here);
    byId("flag").setAttribute("aria-pressed", String(flagged));
    byId("clear").disabled = locks.size > 0 || !response.length;
    byId("previous").disabled = paper.here === 1;
    byId("next").disabled = paper.here === paper.total;
    exam.drawSaving();
  }

  function readIn(number) {
    clearTimeout(typing.get(number));
    typing.delete(number);
    const response = paper.read(number);
    if (JSON.stringify(response) === JSON.stringify(answers.get(number).response)) return;
    change(number, { response, seen: true });
  }

  function readAll() {
    for (const number of [...typing.keys()]) readIn(number);
  }

  function go(number, options) {
    readAll();
    card.close();
    note.pass();
    paper.show(number, options);
    tab.place = paper.here;
    see();
    redraw();
  }

  function clear() {
    paper.write(paper.here, []);
    readIn(paper.here);
    paper.section(paper.here).querySelector("legend").focus({ preventScroll: true });
  }

  function flag() {
    if (locks.size) return;
    const flagged = !answers.get(paper.here).flagged;
    change(paper.here, { flagged, seen: true });
    byId("announce").textContent = flagged ? texts.flagged : texts.unflagged;
  }

  const previous = () => paper.here > 1 && go(paper.here - 1);
  const next = () => paper.here < paper.total && go(paper.here + 1);
  const help = () => byId("help").showModal();

  paper.form.addEventListener("submit", (event) => event.preventDefault());
  paper.form.addEventListener("change", (event) => readIn(paper.numberOf(event.target)));
  paper.form.addEventListener("input", (event) => {
    if (!event.target.matches("textarea, input[type=text]")) return;
    const number = paper.numberOf(event.target);
    paper.count(number);
    clearTimeout(typing.get(number));
    typing.set(number, setTimeout(() => readIn(number), TYPING));
  });
  byId("previous").addEventListener("click", previous);
  byId("next").addEventListener("click", next);
  byId("clear").addEventListener("click", clear);
  byId("flag").addEventListener("click", flag);
  byId("open-help").addEventListener("click", help);
  byId("open-card").addEventListener("click", () => card.open());
  byId("open-card-strip").addEventListener("click", () => card.open());
  byId("first-open").addEventListener("click", () => go(card.firstOf("unseen", "open", "flag") || paper.here));
  for (const cell of card.cells) {
    cell.addEventListener("click", (event) => {
      event.preventDefault();
      go(Number(cell.dataset.cell));
    });
  }
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  onSwipe(document.querySelector(".exam-main"), (step) => (step > 0 ? next() : previous()));
  onKeys(paper, {
    previous, next, flag, help, card: () => (card.isOpen ? card.close() : card.open()), close: () => card.close(),
  });

  return { readAll, redraw, see, go };
}
