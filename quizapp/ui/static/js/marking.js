// Marking one answer: the sum while typing, half marks by the arrow keys. The server adds up by itself.
const form = document.getElementById("marks");
const fields = [...form.querySelectorAll("input[data-most]")];
const points = fields.filter((field) => field.name !== "total");
const sum = document.getElementById("sum");
const STEP = 0.5;

// full-width digits and points come from Chinese input methods
function read(field) {
  const typed = field.value.normalize("NFKC").replace("。", ".").trim();
  return /^(\d+\.?\d*|\.\d+)$/.test(typed) ? Number(typed) : 0;
}

function round(value) {
  return Math.round(value * 100) / 100;
}

function refresh() {
  if (!sum) return;
  const total = form.elements.total;
  sum.textContent = round(total.value.trim() ? read(total) : points.reduce((whole, field) => whole + read(field), 0));
}

form.addEventListener("input", refresh);
form.addEventListener("keydown", (event) => {
  const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!direction || !fields.includes(event.target) || event.isComposing) return;
  event.preventDefault();
  const most = Number(event.target.dataset.most);
  event.target.value = round(Math.min(most, Math.max(0, read(event.target) + direction * STEP)));
  refresh();
});

if (sum) document.getElementById("sum-line").hidden = false;
// keys are for those who have them; a phone would open its keyboard over the answer
if (window.matchMedia("(pointer: fine)").matches) {
  // a proposal that waits leaves nothing to type
  const keys = form.querySelector(".mark-keys");
  if (keys) keys.hidden = false;
  if (!document.querySelector("[data-focus]")) points[0]?.focus({ preventScroll: true });
}
refresh();
