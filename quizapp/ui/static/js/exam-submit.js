// Handing in: asks once, sends what waits, then hands in with a list of what the server must have.

import { post } from "./exam-wire.js";

const SPREAD = 2_000; // everybody's time is up at the same moment
const PAUSE = 3_000;
const NOTHING = { status: 0, body: {} };
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

export class Submission {
  #handingIn = false;

  constructor(exam) {
    const { data, texts, fill, sync, answers, card } = exam;
    Object.assign(this, { exam, texts, fill, sync, answers, card, url: data.urls.submit });
    this.dialog = document.getElementById("submit-sheet");
    this.problem = document.getElementById("submit-problem");
    this.button = document.getElementById("confirm-submit");
    for (const opener of document.querySelectorAll("[data-submit]")) opener.addEventListener("click", () => this.open());
    for (const row of this.dialog.querySelectorAll("[data-state]")) {
      row.querySelector("button").addEventListener("click", () => {
        this.dialog.close();
        exam.go(this.card.firstOf(row.dataset.state));
      });
    }
    this.button.addEventListener("click", () => this.confirm());
  }

  open() {
    this.exam.readAll();
    this.card.close();
    const counts = this.card.counts();
    const { texts, fill } = this;
    document.getElementById("submit-h").textContent = counts.unanswered
      ? fill(texts.submitOpen, { count: counts.unanswered })
      : fill(texts.submitAll, { count: counts.total });
    for (const row of this.dialog.querySelectorAll("[data-state]")) {
      const count = counts[row.dataset.state];
      row.hidden = count === 0;
      const text = row.dataset.state === "both" ? texts.questionCounted : texts.questionCount;
      row.querySelector("b").textContent = fill(text, { count });
    }
    this.#say(this.#hindrance());
    this.#busy(false);
    this.dialog.showModal();
  }

  #hindrance() {
    const { sync, texts } = this;
    if (sync.stopped) return texts.submitStopped;
    if (sync.paused) return texts.submitPaused;
    return { ok: "", offline: texts.submitOffline, server: texts.submitServer }[sync.network];
  }

  async confirm() {
    this.#busy(true);
    const { status, body } = await this.#handIn();
    if (status === 200) return this.exam.handedIn(body.address);
    this.#busy(false);
    if (status === 409 && body.address && body.reason !== "paused") return this.exam.refused(body);
    this.#say(body.error || this.#hindrance() || this.texts.submitServer);
    return undefined;
  }

  // Time is up: nothing to ask any more, and nothing to give up either. What waits goes first and at once, the
  // handing in itself a little later; the server has the clock, so it is asked before each attempt.
  async timeIsUp() {
    if (this.#handingIn) return;
    this.#handingIn = true;
    if (this.dialog.open) this.dialog.close();
    await this.sync.flush();
    await pause(Math.random() * SPREAD);
    while (this.exam.isOver() && !this.sync.stopped) {
      const { status, body } = await this.#handIn();
      if (status === 200) return this.exam.handedIn(body.address);
      if (status === 409 && body.address && body.reason !== "paused") return this.exam.refused(body);
      if (this.exam.isOver()) this.exam.sayTimeIsUp();
      await pause(PAUSE * (0.5 + Math.random()));
    }
    this.#handingIn = false;
  }

  // Nothing is handed in while something waits, or while the server says that there is still time.
  async #handIn() {
    const wasOver = this.exam.isOver();
    if (!(await this.sync.flush()) || (wasOver && !this.exam.isOver())) return NOTHING;
    const { ticket, client_id } = this.sync.identity;
    const send = () => post(this.url, { ticket, client_id, manifest: this.answers.manifest() });
    const answer = await send();
    if (answer.status !== 409 || answer.body.reason !== "missing") return answer;
    // the server lacks something that this page believes saved: it is still here, so it goes again
    for (const q of answer.body.missing) this.answers.resend(q);
    return (await this.sync.flush()) ? send() : NOTHING;
  }

  #busy(busy) {
    this.button.setAttribute("aria-busy", String(busy));
    this.button.disabled = busy;
    this.button.textContent = busy ? this.texts.submitting : this.texts.submit;
  }

  #say(sentence) {
    this.problem.hidden = !sentence;
    this.problem.querySelector("strong").textContent = sentence;
  }
}
