// The blueprint form: a further row, the total and the stock while typing. Without it the form works as it stands.
const form = document.querySelector(".bp-form");
const rows = document.getElementById("bp-rows");
const total = document.getElementById("bp-total");
const stock = JSON.parse(form.dataset.stock);
const words = JSON.parse(form.dataset.words);

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function refresh() {
  let count = 0;
  let sum = 0;
  for (const row of rows.rows) {
    const value = (name) => row.querySelector(`[name="${name}"]`).value;
    const n = Number.parseInt(value("count"), 10) || 0;
    count += n;
    sum += n * (Number.parseFloat(value("marks")) || 0);
    const held = stock[`${value("subject")}/${value("type")}`] ?? 0;
    row.querySelector(".bp-stock").textContent = fill(words.stock, { n: held });
  }
  total.textContent = fill(words.total, { n: count, total: Math.round(sum * 100) / 100 });
}

const add = document.getElementById("bp-add");
add.hidden = false;
add.addEventListener("click", () => {
  const row = rows.rows[rows.rows.length - 1].cloneNode(true);
  for (const input of row.querySelectorAll("input")) input.value = "";
  rows.append(row);
  refresh();
  row.querySelector("select").focus();
});
form.addEventListener("input", refresh);
refresh();
