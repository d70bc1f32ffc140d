// Signing out: what is unsaved in this browser is sent first, then everything of this person goes.

import { settle } from "./exam-leftover.js";
import { attemptsOf, forget } from "./exam-forgetting.js";

// `person`; `attempts`: the page of their exams; `unsaved`: what is asked where something could not be sent.
// Answers whether to go on.
export async function tidy({ person, attempts, unsaved }) {
  let left = 0;
  for (const [attempt, count] of await attemptsOf(person)) {
    const data = await dataOf(new URL(`my/attempts/${attempt}`, new URL(attempts, location.href)));
    left += data ? (await settle(data)).left : count;
  }
  if (left && !window.confirm(unsaved.replace("{n}", left))) return false;
  for (const [attempt] of await attemptsOf(person)) await forget(person, attempt);
  return true;
}

// The page of the attempt, or that of its receipt; null while the clock stands still, and without a network.
async function dataOf(address) {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    return JSON.parse(page.getElementById("exam-data").textContent);
  } catch {
    return null;
  }
}
