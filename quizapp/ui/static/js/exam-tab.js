// Who this tab is. The server lets one tab at a time write; a reload or a tab that was killed and opened again
// is still the same one, a second tab beside it is not.

function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return "tab-" + [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Whoever holds the lock under a name is the one of that name: it goes with the page, however that ends.
function holds(name) {
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock && new Promise(() => {}); // held as long as the page lives
    });
  });
}

const guarded = (act) => {
  try {
    return act();
  } catch {
    return null; // forbidden: a reload then counts as another window
  }
};

export class Tab {
  #prefix;
  #store;

  constructor(person, attempt, store) {
    this.#prefix = `quizapp-tab:${person}:${attempt}`;
    this.#store = store;
  }

  // The name from before, if nobody else goes by it. Without locks only the tab's own storage can tell: a
  // name from the whole browser might be that of a tab which is still open.
  async name() {
    const own = guarded(() => sessionStorage.getItem(this.#prefix));
    if (!navigator.locks) return own ?? this.rename();
    for (const kept of [own, await this.#store.tab()]) {
      if (kept && (await holds(kept))) return this.#take(kept);
    }
    return this.rename();
  }

  async rename() {
    const name = newName();
    if (navigator.locks) await holds(name);
    return this.#take(name);
  }

  #take(name) {
    guarded(() => sessionStorage.setItem(this.#prefix, name));
    return name;
  }

  get place() {
    return Number(guarded(() => sessionStorage.getItem(`${this.#prefix}:place`)));
  }

  set place(number) {
    guarded(() => sessionStorage.setItem(`${this.#prefix}:place`, String(number)));
  }

  forget() {
    for (const key of [this.#prefix, `${this.#prefix}:place`]) guarded(() => sessionStorage.removeItem(key));
  }
}
