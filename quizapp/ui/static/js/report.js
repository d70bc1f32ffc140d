// Folding of the unit table and copying of a paragraph. Without script everything is open and can be selected.

const MANY_ROWS = 30;

function rowsBelow(table, key) {
  return [...table.querySelectorAll("tr[data-parent]")].filter((row) => row.dataset.parent === key);
}

function setOpen(table, row, open) {
  const button = row.querySelector(".twist");
  if (!button) return;
  button.setAttribute("aria-expanded", String(open));
  for (const child of rowsBelow(table, row.dataset.key)) {
    child.hidden = !open;
    // what lies deeper is shown again only where it was open before
    const inner = child.querySelector(".twist");
    if (inner) showBelow(table, child, open && inner.getAttribute("aria-expanded") === "true");
  }
}

function showBelow(table, row, visible) {
  for (const child of rowsBelow(table, row.dataset.key)) {
    child.hidden = !visible;
    const inner = child.querySelector(".twist");
    if (inner) showBelow(table, child, visible && inner.getAttribute("aria-expanded") === "true");
  }
}

for (const table of document.querySelectorAll("table[data-fold]")) {
  const folding = [...table.querySelectorAll("tr[data-key]")].filter((row) => row.querySelector(".twist"));
  for (const row of folding) {
    const button = row.querySelector(".twist");
    button.hidden = false;
    button.addEventListener("click", () => {
      setOpen(table, row, button.getAttribute("aria-expanded") !== "true");
      word();
    });
  }
  const all = document.querySelector("[data-fold-all]");
  const anyOpen = () => folding.some((row) => row.querySelector(".twist").getAttribute("aria-expanded") === "true");
  const word = () => { if (all) all.textContent = anyOpen() ? all.dataset.closeWord : all.dataset.openWord; };
  if (all && folding.length) {
    all.hidden = false;
    all.addEventListener("click", () => {
      const open = !anyOpen();
      for (const row of folding) setOpen(table, row, open);
      word();
    });
  }
  const narrow = window.matchMedia("(max-width: 47.99em)").matches;
  if (narrow || table.querySelectorAll("tbody tr").length > MANY_ROWS) {
    for (const row of folding.reverse()) setOpen(table, row, false);
  }
  word();
}

// the selects send the form by themselves
for (const button of document.querySelectorAll("[data-plain]")) {
  button.hidden = true;
  button.parentElement.hidden = button.parentElement.children.length === 1;
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.parentElement.querySelector("[role=status]").textContent = button.dataset.done;
  });
}
