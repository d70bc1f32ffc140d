// The time left on a resume card, counted by the server's clock.
for (const place of document.querySelectorAll("[data-deadline]")) {
  const offset = Date.parse(place.dataset.now) - Date.now();
  const deadline = Date.parse(place.dataset.deadline);
  const figure = place.querySelector("b");
  const tick = () => {
    const left = Math.max(0, Math.ceil((deadline - Date.now() - offset) / 1000));
    figure.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left === 0) {
      clearInterval(timer);
      location.reload();
    }
  };
  const timer = setInterval(tick, 1000);
  place.querySelector("small").hidden = true;
}
