// Reviewing a plan: the report follows the fact in hand, and leaving with unsaved choices asks first.
// Without this module the page works the same; the links beside each fact lead to its words.

const form = document.getElementById("facts");
const paper = document.querySelector(".plan-paper");

function follow(fact) {
  const anchor = document.getElementById(fact.id.replace("fact-", "t-"));
  for (const mark of document.querySelectorAll("mark.is-current")) mark.classList.remove("is-current");
  const mark = anchor?.closest("mark");
  if (!mark || paper.scrollHeight <= paper.clientHeight) return;
  mark.classList.add("is-current");
  const place = mark.getBoundingClientRect().top - paper.getBoundingClientRect().top + paper.scrollTop;
  paper.scrollTo({ top: place - paper.clientHeight / 3 });
}

if (form) {
  let changed = false;
  form.addEventListener("change", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  if (paper) {
    form.addEventListener("focusin", (event) => {
      const fact = event.target.closest(".fact[id]");
      if (fact) follow(fact);
    });
  }
}
