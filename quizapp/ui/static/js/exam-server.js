// What the server says, or that it says nothing, and what the page tells about it.

import { post } from "./exam-wire.js";

const LONG = 120_000; // without the server: from here on the page offers the file

export function server(exam) {
  const { data, texts, fill, sync, outbox, answers, clock, banner, note, notes, locks, saveWords } = exam;
  const byId = (id) => document.getElementById(id);
  let troubledAt = 0;

  sync.addEventListener("state", drawSaving);
  sync.addEventListener("claimed", ({ detail: { body } }) => {
    exam.store.keepTab(exam.identity.client_id);
    answers.merge(body.answers);
    exam.see();
    exam.redraw();
  });
  sync.addEventListener("standing", ({ detail }) => {
    banner.clear("signedOut");
    clock.sync(detail.body, detail);
    if (!locks.has("over")) return;
    if (exam.isOver()) exam.submission.timeIsUp();
    else exam.timeIsBack();
  });
  sync.addEventListener("newer", () => sync.reclaim());
  sync.addEventListener("rejected", ({ detail: { q, error } }) => {
    note.say("warn", fill(texts.rejectedFact, { number: q }), error);
  });
  sync.addEventListener("signed-out", () => {
    const act = { label: texts.signIn, run: () => exam.leaveFor(data.urls.signIn) };
    banner.set("signedOut", { kind: "err", fact: texts.signedOutFact, text: kept(texts.signedOutText), act });
    drawSaving();
  });
  sync.addEventListener("stale", ({ detail: { error } }) => {
    const act = { label: texts.reload, run: () => exam.leaveFor(location.href) };
    banner.set("stale", { kind: "err", fact: texts.staleFact, text: kept(error ?? ""), act });
    drawSaving();
  });
  sync.addEventListener("refused", ({ detail }) => refused(detail));
  sync.addEventListener("network", ({ detail: { network } }) => {
    if (network === "offline") notes.begin("offline");
    else notes.end("offline");
    if (network === "ok") {
      troubledAt = 0;
      notes.flush();
    } else {
      troubledAt ||= performance.now();
      setTimeout(drawSaving, LONG);
    }
    drawSaving();
  });

  function drawSaving() {
    saveWords.draw();
    drawTrouble();
    const wanted = exam.canSeal && outbox.unsaved > 0 && (sync.network !== "ok" || sync.stopped);
    for (const place of document.querySelectorAll("[data-seal]")) place.hidden = !wanted;
  }

  // The server cannot be reached: after a while, the file is offered for what waits.
  function drawTrouble() {
    const { network } = sync;
    const well = network === "ok";
    const back = { kind: "ok", fact: texts.onlineFact, text: outbox.size ? texts.onlineSaving : texts.onlineText };
    for (const name of ["offline", "server"]) if (name !== network) banner.clear(name, well ? back : null);
    if (well) return;
    const [fact, text] = network === "offline" ? [texts.offlineFact, texts.offlineText] : [texts.serverFact, texts.serverText];
    const offer = outbox.unsaved > 0 && exam.canSeal && performance.now() - troubledAt >= LONG;
    banner.set(network, { kind: "err", fact, text: kept(text) + (offer ? texts.sealText : ""), file: offer ? exam.file : null });
  }

  // Where the browser keeps nothing, that has to be said before anything else.
  function kept(text) {
    return outbox.kept ? text : texts.memoryText;
  }

  function refused({ reason, error, address, count = 0 }) {
    if (reason === "taken") {
      exam.lock("taken");
      banner.set("taken", { kind: "warn", fact: texts.takenFact, text: error, act: { label: texts.takeOver, run: takeOver } });
      if (!exam.began) byId("taken").showModal();
    } else if (count) {
      // what came too late is told before the page goes
      exam.lock("late");
      clock.stop();
      exam.leaving = true;
      const act = { label: texts.toReceipt, run: () => exam.handedIn(address) };
      banner.set("late", { kind: "warn", sign: "clock", fact: fill(texts.lateFact, { count }), text: texts.lateText, act });
    } else {
      exam.handedIn(address);
    }
  }

  // A fresh name, so that what this tab sent before and what it sends now are told apart.
  async function takeOver() {
    const payload = { ticket: exam.identity.ticket, client_id: await exam.tab.rename() };
    const { status, body } = await post(data.urls.takeOver, payload);
    if (status === 200) {
      exam.leaveFor(location.href);
    } else if (status === 409) {
      refused(body);
    } else {
      const problem = byId("taken-problem");
      problem.hidden = false;
      problem.querySelector("strong").textContent = body.error ?? texts.takeOverLater;
      if (!byId("taken").open) note.say("warn", texts.takenFact, body.error ?? texts.takeOverLater);
    }
  }

  byId("take-over").addEventListener("click", takeOver);
  byId("taken").addEventListener("cancel", (event) => event.preventDefault());

  return { drawSaving, refused };
}
