// The answer card and the slip strip: five states, counts, filters, a sheet on phones.

const SVG = "http://www.w3.org/2000/svg";
const DRAWN = { done: ["done", 4, 20], both: ["done", 4, 20], open: ["open", 14, 10], flag: ["open", 14, 10], unseen: ["unseen", 20, 4] };
const CAPS = { both: 0, flag: 9 };

export function stateOf({ seen, response, flagged }) {
  const answered = response.some((text) => text.trim());
  if (answered) return flagged ? "both" : "done";
  if (flagged) return "flag";
  return seen ? "open" : "unseen";
}

function rect(kind, x, y, width, height) {
  const made = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ class: kind, x, y, width, height })) made.setAttribute(name, value);
  return made;
}

export class Card {
  #filter = "all";
  #opener = null;

  constructor(element, strip, { states, texts, fill }) {
    this.element = element;
    this.strip = strip;
    this.words = states;
    this.texts = texts;
    this.fill = fill;
    this.cells = [...element.querySelectorAll("[data-cell]")];
    this.current = this.cells.map(() => "unseen");
    for (const button of element.querySelectorAll("[data-filter]")) {
      button.addEventListener("click", () => this.filter(button.dataset.filter));
    }
    for (const button of element.querySelectorAll("[data-close-card]")) button.addEventListener("click", () => this.close());
  }

  counts() {
    const tally = { unseen: 0, open: 0, done: 0, flag: 0, both: 0 };
    for (const state of this.current) tally[state] += 1;
    const done = tally.done + tally.both;
    return { ...tally, total: this.current.length, answered: done, unanswered: this.current.length - done,
      flagged: tally.flag + tally.both };
  }

  firstOf(...states) {
    return this.current.findIndex((state) => states.includes(state)) + 1;
  }

  update(states, here) {
    this.current = states;
    this.cells.forEach((cell, index) => {
      cell.className = `cell cell-${states[index]}`;
      cell.querySelector("span").textContent = this.words[states[index]];
      cell.toggleAttribute("aria-current", index + 1 === here);
      if (index + 1 === here) cell.setAttribute("aria-current", "true");
    });
    this.#draw(here);
    this.#say();
    this.filter(this.#filter);
  }

  #draw(here) {
    const slips = this.current.flatMap((state, index) => {
      const [kind, y, height] = DRAWN[state];
      const x = index * 8;
      const drawn = [rect(kind, x, y, 5, height)];
      if (state in CAPS) drawn.push(rect("cap", x, CAPS[state], 5, 4));
      if (index + 1 === here) drawn.push(rect("here", x - 1.5, 26, 8, 2.5));
      return drawn;
    });
    this.strip.replaceChildren(...slips);
  }

  #say() {
    const { total, answered: done, unanswered: open, flagged } = this.counts();
    document.getElementById("card-summary").textContent = this.fill(this.texts.cardSummary, { done, open, flagged });
    document.getElementById("strip-label").textContent = this.fill(this.texts.stripLabel, { total, done, open, flagged });
    const labels = { all: [this.texts.filterAll, total], open: [this.texts.filterOpen, open], flagged: [this.texts.filterFlagged, flagged] };
    for (const button of this.element.querySelectorAll("[data-filter]")) {
      const [text, count] = labels[button.dataset.filter];
      button.textContent = this.fill(text, { count });
    }
    document.getElementById("first-open").disabled = open === 0;
  }

  filter(wanted) {
    this.#filter = wanted;
    const shown = { all: () => true, open: (s) => !["done", "both"].includes(s), flagged: (s) => ["flag", "both"].includes(s) }[wanted];
    this.cells.forEach((cell, index) => (cell.hidden = !shown(this.current[index])));
    for (const section of this.element.querySelectorAll(".card-section")) {
      section.hidden = ![...section.querySelectorAll("[data-cell]")].some((cell) => !cell.hidden);
    }
    document.getElementById("card-empty").hidden = this.cells.some((cell) => !cell.hidden);
    for (const button of this.element.querySelectorAll("[data-filter]")) {
      button.setAttribute("aria-pressed", String(button.dataset.filter === wanted));
    }
  }

  get isSheet() {
    return getComputedStyle(this.element).position !== "sticky";
  }

  get isOpen() {
    return this.element.classList.contains("is-open");
  }

  open() {
    if (!this.isSheet) {
      (this.element.querySelector(".cell[aria-current]") ?? this.cells[0]).focus();
      return;
    }
    this.#opener = document.activeElement;
    this.element.classList.add("is-open");
    this.#shutOut(true);
    this.element.querySelector("h2").focus();
  }

  close() {
    if (!this.isOpen) return;
    this.element.classList.remove("is-open");
    this.#shutOut(false);
    this.#opener?.focus();
  }

  #shutOut(out) {
    for (const part of document.querySelectorAll(".exam-top, .exam-main, .exam-foot")) part.inert = out;
  }
}
