// Reviewing by keyboard: A accepts, R sends back, E edits, J and K go on and back. Off while typing, and at will.
const OFF = "quizapp-review-keys-off";
const acts = new Map([...document.querySelectorAll("[data-key]")].map((element) => [element.dataset.key, element]));
const button = document.getElementById("keys-off");

function recall() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function remember(off) {
  try {
    localStorage.setItem(OFF, off ? "1" : "0");
  } catch {
    // the choice then holds for this page alone
  }
}

let off = recall();

function show() {
  button.setAttribute("aria-pressed", String(off));
  for (const key of document.querySelectorAll(".decide kbd")) key.hidden = off;
}

document.addEventListener("keydown", (event) => {
  if (off || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || event.repeat) return;
  if (event.target.matches("textarea, input, select")) return;
  const act = acts.get(event.key.toLowerCase());
  if (!act) return;
  event.preventDefault();
  act.click();
  if (act.dataset.key === "r") document.getElementById("reason")?.focus();
});

button.addEventListener("click", () => {
  off = !off;
  remember(off);
  show();
});

// keys are for those who have them
if (window.matchMedia("(pointer: fine)").matches) {
  document.querySelector(".decide-keys").hidden = false;
  show();
}
