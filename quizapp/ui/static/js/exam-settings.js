// A paper exam has no rules for answering on screen: they step aside while it is chosen.
const kind = document.getElementById("kind");
const online = document.querySelector("[data-online]");
const show = () => {
  online.hidden = kind.value === "paper";
};
kind.addEventListener("change", show);
show();
