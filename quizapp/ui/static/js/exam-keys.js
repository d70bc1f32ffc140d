// The keyboard. Options first: a letter that names an option chooses it.

export function onKeys(paper, act) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      act.close();
      return;
    }
    if (event.target.matches("textarea, input[type=text]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (choose(paper, key, event) || command(key, act)) event.preventDefault();
  });
}

function choose(paper, key, event) {
  if (event.repeat) return false;
  const choices = paper.choices(paper.here);
  const place = /^[1-9]$/.test(key) ? Number(key) - 1 : /^[a-f]$/.test(key) ? key.charCodeAt(0) - 97 : -1;
  const field = choices[place];
  if (!field || field.matches(":disabled")) return false;
  field.focus();
  field.click();
  return true;
}

function command(key, act) {
  const commands = {
    ArrowLeft: act.previous, p: act.previous, ArrowRight: act.next, n: act.next,
    f: act.flag, m: act.flag, c: act.card, t: act.card, "?": act.help,
  };
  commands[key]?.();
  return key in commands;
}
