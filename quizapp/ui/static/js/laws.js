// The table of contents says where the reader is.
const contents = document.getElementById("toc");
const lines = [...(contents?.querySelectorAll("a") ?? [])].map((link) => ({
  link,
  heading: document.getElementById(link.hash.slice(1)),
}));
let current = null;

function follow() {
  const passed = lines.filter(({ heading }) => heading.getBoundingClientRect().top < 140);
  const found = (passed[passed.length - 1] ?? lines[0]).link;
  if (found === current) return;
  current?.removeAttribute("aria-current");
  found.setAttribute("aria-current", "location");
  current = found;
  const { top, bottom } = found.getBoundingClientRect();
  const box = contents.getBoundingClientRect();
  if (top < box.top || bottom > box.bottom) contents.scrollTop += top - box.top - box.height / 3;
}

if (lines.length) {
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      follow();
    });
  }, { passive: true });
  follow();
}
