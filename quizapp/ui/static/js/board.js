// The invigilator's board: its figures are fetched again every few seconds, unless somebody is just using them.
const SOONEST = 6_000;
const SPREAD = 3_000;
const LONGEST = 60_000;

const board = document.querySelector("#board");
const live = document.querySelector("#board-live");
const lost = document.querySelector("#board-lost");
let wait = SOONEST;

// A field that is being typed into, or a menu that is open, must not be taken away.
const inUse = () => live.querySelector("details[open]") !== null || live.matches(":has(input:focus)") || !getSelection().isCollapsed;

// What had the focus gets it again: figures and names are links, and each address stands once in its part.
function put(html) {
  const focused = live.contains(document.activeElement) ? document.activeElement : null;
  const path = focused && { tag: focused.tagName, href: focused.getAttribute("href"), id: focused.id };
  const scrolled = [...live.querySelectorAll(".scroll-x")].map((part) => part.scrollLeft);
  live.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  live.querySelectorAll(".scroll-x").forEach((part, index) => { part.scrollLeft = scrolled[index] ?? 0; });
  if (!path) return;
  const again = path.id ? document.getElementById(path.id)
    : [...live.querySelectorAll(path.tag)].find((one) => one.getAttribute("href") === path.href);
  again?.focus({ preventScroll: true });
}

async function refresh() {
  try {
    if (document.visibilityState === "visible" && !inUse()) {
      const answer = await fetch(board.dataset.address, { headers: { "Quizapp-Part": "live", Accept: "text/html" } });
      if (answer.redirected || answer.status === 401 || answer.status === 403) {
        location.reload(); // signed out: the page says so in words
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (!inUse()) put(html);
      lost.hidden = true;
      wait = SOONEST;
    }
  } catch {
    wait = Math.min(wait * 2, LONGEST);
    lost.querySelector("strong").textContent = board.dataset.lost;
    lost.hidden = false;
  }
  setTimeout(refresh, wait + Math.random() * SPREAD);
}

setTimeout(refresh, wait);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") wait = SOONEST;
});
