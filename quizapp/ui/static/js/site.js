// Behaviour shared by all pages. Every page works without it, up to taking an exam.

// A refused form shows its summary first.
document.querySelector("[data-focus]")?.focus();

// Forms that change much ask once, in words.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset?.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  const button = event.submitter;
  if (button && event.target.method === "post") {
    // after the browser has taken the form's values
    setTimeout(() => button.setAttribute("aria-busy", "true"), 0);
  }
});

// Signing out leaves nothing of an exam on the device. Where that cannot be looked up, signing out goes on.
document.querySelector("form[data-attempts]")?.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  const { tidy } = await import("./exam-leaving.js").catch(() => ({ tidy: () => true }));
  if (await tidy(form.dataset).catch(() => true)) form.submit();
});

// An open menu closes on Escape and on a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open], details.tab-more[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open], details.tab-more[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A filter that is a select sends its form when it changes.
for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Printing is a button only where there is script to do it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
