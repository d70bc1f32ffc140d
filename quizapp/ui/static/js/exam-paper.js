// The questions in the page: what is answered, what is shown, going from one to the next.

export class Paper {
  constructor(form) {
    this.form = form;
    this.sections = [...form.querySelectorAll(".question")];
    this.total = this.sections.length;
    this.here = 1;
  }

  section(number) {
    return this.sections[number - 1];
  }

  #fields(number) {
    return [...this.section(number).querySelectorAll("input, textarea")];
  }

  choices(number) {
    return this.#fields(number).filter((field) => field.type === "radio" || field.type === "checkbox");
  }

  read(number) {
    const choices = this.choices(number);
    if (choices.length) return choices.filter((field) => field.checked).map((field) => field.value);
    const texts = this.#fields(number).map((field) => field.value);
    return texts.some((text) => text.trim()) ? texts : [];
  }

  // What was answered before this script was ready to listen: fields that differ from the page as it came.
  early() {
    const differs = (field) =>
      field.type === "radio" || field.type === "checkbox"
        ? field.checked !== field.defaultChecked
        : field.value !== field.defaultValue;
    const numbers = this.sections.map((_, index) => index + 1).filter((number) => this.#fields(number).some(differs));
    return new Map(numbers.map((number) => [number, this.read(number)]));
  }

  write(number, response) {
    this.#fields(number).forEach((field, index) => {
      if (field.type === "radio" || field.type === "checkbox") field.checked = response.includes(field.value);
      else field.value = response[index] ?? "";
    });
    this.count(number);
  }

  // The length of a text, under it.
  count(number, fill, text) {
    if (text) this.countText = (length, limit) => fill(text, { count: length, limit });
    const place = this.section(number).querySelector("[data-count]");
    const area = this.section(number).querySelector("textarea");
    if (place && area && this.countText) place.textContent = this.countText(area.value.length, area.maxLength);
  }

  numberOf(element) {
    const section = element.closest?.(".question");
    return section ? Number(section.dataset.number) : 0;
  }

  show(number, { focus = true } = {}) {
    this.here = Math.min(Math.max(1, number), this.total);
    this.sections.forEach((section, index) => section.classList.toggle("is-here", index + 1 === this.here));
    window.scrollTo({ top: 0 });
    if (focus) this.section(this.here).querySelector("legend").focus({ preventScroll: true });
  }

  lock(locked) {
    for (const section of this.sections) section.querySelector("fieldset").disabled = locked;
  }
}

// A swipe is far, quick to one side, and does not begin where a finger has other work.
export function onSwipe(element, move) {
  let start = null;
  element.addEventListener("touchstart", (event) => {
    const idle = event.touches.length === 1 && !event.target.closest("textarea, input[type=text]");
    start = idle ? { x: event.touches[0].clientX, y: event.touches[0].clientY } : null;
  }, { passive: true });
  element.addEventListener("touchend", (event) => {
    if (!start) return;
    const dx = event.changedTouches[0].clientX - start.x;
    const dy = event.changedTouches[0].clientY - start.y;
    start = null;
    // the outermost pixels belong to the system's own back gesture
    if (Math.abs(dx) > 70 && Math.abs(dx) > 2.5 * Math.abs(dy)) move(dx < 0 ? 1 : -1);
  }, { passive: true });
}
