// Without the key: what lies on this device of a person, and taking it away.

import { DATABASE, DatabaseShelf, RECORDS, TABS, got, openDatabase } from "./exam-shelves.js";

// Attempt -> how many records of it lie here; attempts of which only the tab's name is known count 0.
export async function attemptsOf(person) {
  const found = new Map();
  const add = (attempt, count) => found.set(attempt, (found.get(attempt) ?? 0) + count);
  const database = await openDatabase();
  if (database) {
    const transaction = database.transaction([RECORDS, TABS]);
    const range = IDBKeyRange.bound([person], [person, []]);
    const [records, tabs] = await Promise.all([RECORDS, TABS].map((name) => got(transaction.objectStore(name).getAllKeys(range))));
    for (const [, attempt] of records ?? []) add(attempt, 1);
    for (const [, attempt] of tabs ?? []) add(attempt, 0);
    database.close();
  }
  for (const storage of storages()) {
    for (const key of Object.keys(storage)) {
      const [name, owner, attempt, q] = key.split(":");
      if (name.startsWith("quizapp-") && owner === person && attempt) add(attempt, name === DATABASE && q ? 1 : 0);
    }
  }
  return found;
}

// Everything of one person and one attempt.
export async function forget(person, attempt) {
  const owner = { person: String(person), attempt };
  const database = await openDatabase();
  if (database) {
    await new DatabaseShelf(database, owner).clear();
    database.close();
  }
  for (const storage of storages()) {
    for (const key of Object.keys(storage)) {
      const [name, whose, which] = key.split(":");
      if (name.startsWith("quizapp-") && whose === owner.person && which === attempt) storage.removeItem(key);
    }
  }
}

function storages() {
  const usable = (name) => {
    try {
      window[name].getItem("quizapp-try");
      return window[name];
    } catch {
      return null;
    }
  };
  return ["localStorage", "sessionStorage"].map(usable).filter(Boolean);
}
