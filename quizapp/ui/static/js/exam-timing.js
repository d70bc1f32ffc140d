// What the page does with the time: the clock's face, pauses, more time, and the end of it.

import { hoursAndMinutes, words } from "./exam-clock.js";

export function timing(exam) {
  const { clock, texts, fill, sync, outbox, locks, banner, note } = exam;
  const byId = (id) => document.getElementById(id);
  const face = byId("clock");
  let hidden = false;

  clock.addEventListener("tick", ({ detail: { left } }) => {
    const { text, mood } = words(left, texts, fill);
    face.className = `clock${mood && !clock.paused ? ` clock-${mood}` : ""}`;
    face.querySelector("b").textContent = hidden ? texts.timeHidden : text;
    face.querySelector("span").textContent = under(mood);
  });

  function under(mood) {
    if (clock.paused) return texts.clockPaused;
    if (!clock.sure && sync.network !== "ok") return texts.clockUnsure;
    if (mood && !hidden) return texts.underTen;
    return fill(texts.submitsAt, { time: hoursAndMinutes(clock.deadline) });
  }

  byId("toggle-clock").addEventListener("click", (event) => {
    hidden = !hidden;
    event.currentTarget.setAttribute("aria-pressed", String(hidden));
    event.currentTarget.textContent = hidden ? texts.showTime : texts.hideTime;
    clock.tick();
  });
  clock.addEventListener("spoken", ({ detail: { minutes } }) => {
    byId("spoken").textContent = fill(texts.minutesLeft, { count: minutes });
  });
  clock.addEventListener("jump", () => sync.flush());

  // Nobody reads on while the clock stands still.
  function pause() {
    exam.lock("paused");
    document.body.classList.add("is-paused");
    banner.set("paused", { kind: "warn", sign: "clock", fact: texts.pausedFact, text: texts.pausedText });
    clock.tick();
  }

  clock.addEventListener("paused", pause);
  clock.addEventListener("resumed", () => {
    exam.lock("paused", false);
    document.body.classList.remove("is-paused");
    banner.clear("paused");
    note.say("info", texts.resumedFact, fill(texts.resumedText, { time: hoursAndMinutes(clock.deadline) }));
    timeIsBack();
  });
  clock.addEventListener("moved", ({ detail: { by } }) => {
    const minutes = Math.round(by / 60_000);
    const fact = minutes > 0 ? fill(texts.extendedFact, { count: minutes }) : texts.movedFact;
    note.say("info", fact, fill(texts.submitsAt, { time: hoursAndMinutes(clock.deadline) }));
    timeIsBack();
  });
  clock.addEventListener("over", () => {
    exam.lock("over");
    sayTimeIsUp(texts.timeUpText);
    exam.submission.timeIsUp();
  });

  const isOver = () => clock.left() === 0 && !clock.paused;

  function sayTimeIsUp(text = { offline: texts.timeUpOffline, server: texts.timeUpServer }[sync.network] ?? texts.timeUpText) {
    const unsaved = outbox.unsaved > 0 && sync.network !== "ok" && exam.canSeal;
    const more = unsaved ? fill(texts.timeUpFile, { count: outbox.unsaved }) : "";
    banner.set("over", { kind: "warn", sign: "clock", fact: texts.timeUpFact, text: text + more, file: unsaved ? exam.file : null });
  }

  // The invigilator gave more time while this page believed it over.
  function timeIsBack() {
    if (!isOver() && locks.has("over")) {
      exam.lock("over", false);
      banner.clear("over");
    }
    if (!exam.leaving) clock.run();
  }

  return { pause, isOver, sayTimeIsUp, timeIsBack };
}
