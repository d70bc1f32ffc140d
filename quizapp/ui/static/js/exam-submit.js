// Handing in: asks once, sends what waits, then hands in with a list of what the server must have.

const PAUSE = 3_000;

export class Submission {
  constructor(parts) {
    Object.assign(this, parts);
    this.dialog = document.getElementById("submit-sheet");
    this.problem = document.getElementById("submit-problem");
    this.button = document.getElementById("confirm-submit");
    for (const opener of document.querySelectorAll("[data-submit]")) opener.addEventListener("click", () => this.open());
    for (const row of this.dialog.querySelectorAll("[data-state]")) {
      row.querySelector("button").addEventListener("click", () => {
        this.dialog.close();
        this.go(this.card.firstOf(row.dataset.state));
      });
    }
    this.button.addEventListener("click", () => this.confirm());
  }

  open() {
    this.before();
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
    this.#say(this.sync.offline ? texts.submitOffline : "");
    this.#busy(false);
    this.dialog.showModal();
  }

  async confirm() {
    this.#busy(true);
    const answer = await this.#handIn();
    if (answer.status === 200) return this.#leave(answer.body.address);
    this.#busy(false);
    if (answer.status === 0) this.#say(this.texts.submitOffline);
    else if (answer.body.address) this.leave(answer.body.address);
    else this.#say(answer.body.error);
    return undefined;
  }

  // Time is up: nothing to ask any more, and nothing to give up either.
  async timeIsUp(notices) {
    if (this.dialog.open) this.dialog.close();
    notices.timeUp(this.texts.timeUpText);
    for (;;) {
      const answer = await this.#handIn();
      if (answer.status === 200) return this.#leave(answer.body.address);
      if (answer.body.address) return this.leave(answer.body.address);
      notices.timeUp(this.texts.timeUpOffline);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  async #handIn() {
    await this.sync.flush();
    const payload = { client_id: this.sync.identity.client_id, manifest: this.manifest() };
    const answer = await this.post(this.data.urls.submit, payload);
    if (answer.status !== 409 || answer.body.reason !== "missing") return answer;
    // the server lacks something that this page believes saved: it is still here, so it goes again
    for (const q of answer.body.missing) this.resend(q);
    await this.sync.flush();
    return this.post(this.data.urls.submit, payload);
  }

  async #leave(address) {
    this.sync.stop();
    await this.outbox.clear();
    this.leave(address);
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
