// What a browser still holds of an attempt, outside its page: sent, where the server takes it, and taken off the
// device. `data` is what the page of the attempt, or that of its receipt, gives to its script.

import { Outbox } from "./exam-outbox.js";
import { Store } from "./exam-store.js";
import { Sync } from "./exam-sync.js";
import { Tab } from "./exam-tab.js";

// Answers { late, left }: how many questions came too late to count, and how many are still here.
export async function settle(data) {
  const store = await Store.open({ person: data.person, attempt: data.attempt, key: data.outbox_key });
  const outbox = await Outbox.open(store);
  let late = 0;
  if (outbox.size) {
    const tab = new Tab(data.person, data.attempt, store);
    const sync = new Sync(outbox, data.urls, { ticket: data.ticket, client_id: await tab.name(), epoch: data.epoch });
    sync.addEventListener("refused", ({ detail }) => (late = detail.count));
    await sync.flush();
    sync.stop();
  }
  return { late, left: outbox.unsaved };
}
