// The page of a running job asks every second how far it is; when the server does not answer, less often.
const panel = document.querySelector("#job");
const SOONEST = 1000;
const LATEST = 30000;

function show(facts) {
  const bar = panel.querySelector("progress");
  bar.max = facts.total || 1;
  bar.value = facts.done;
  panel.querySelector("#job-words").textContent = facts.progress;
  document.querySelector("#job-state .tag").textContent = facts.state_name;
}

async function follow(wait) {
  let next = SOONEST;
  try {
    const response = await fetch(panel.dataset.address, { headers: { Accept: "application/json" } });
    if (response.status === 401 || response.status === 404) {
      window.location.reload(); // signed out, or no longer there: the page says so in words
      return;
    }
    if (!response.ok) throw new Error(String(response.status));
    const facts = await response.json();
    if (facts.state === "done" || facts.state === "failed") {
      window.location.reload();
      return;
    }
    show(facts);
    panel.querySelector("#job-lost").hidden = true;
  } catch {
    next = Math.min(wait * 2, LATEST);
    panel.querySelector("#job-lost").hidden = false;
  }
  setTimeout(follow, next, next);
}

if (panel) setTimeout(follow, SOONEST, SOONEST);
