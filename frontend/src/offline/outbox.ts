/**
 * The outbox: what was written on this phone and is not yet delivered. Nothing leaves it but by an answer of the
 * server or by the hand of its owner. Each entry carries its key, so that sending it twice does it once.
 */
import { kept } from "./db";
import type { Attached, Entry, NewEntry } from "./entry";
import { announce, identity } from "./signals";

export type { Answer, Attached, Entry, NewEntry, State } from "./entry";
export { flush } from "./sending";
export { onChange } from "./signals";

/** Durable when it resolves. Rejects when the phone cannot keep it. */
export async function put(entry: NewEntry): Promise<Entry> {
  const database = await kept();
  const id = entry.id ?? crypto.randomUUID();
  const known = await database.get("outbox", id);
  if (known) return known;
  const whole: Entry = {
    ...entry,
    id,
    files: entry.files ?? [],
    who: entry.who ?? identity(),
    createdAt: Date.now(),
    state: "waiting",
    tries: 0,
    nextAt: 0,
    unsure: false,
  };
  await database.put("outbox", whole);
  announce();
  void askForSync();
  return whole;
}

/** Oldest first. */
export async function list(): Promise<Entry[]> {
  const found = await (await kept()).getAll("outbox");
  return found.sort((a, b) => a.createdAt - b.createdAt);
}

export async function remove(id: string): Promise<void> {
  await (await kept()).delete("outbox", id);
  announce();
}

/** New content for one that was refused or still waits. Rejects while it may already have arrived. */
export async function mend(id: string, change: { fields?: Entry["fields"]; files?: Attached[] }): Promise<Entry> {
  const transaction = (await kept()).transaction("outbox", "readwrite");
  const entry = await transaction.store.get(id);
  if (!entry || entry.unsure || entry.state === "sent") throw new Error("may have arrived");
  const next: Entry = { ...entry, ...change, state: "waiting", nextAt: 0, hold: undefined, answer: undefined };
  await transaction.store.put(next);
  await transaction.done;
  announce();
  void askForSync();
  return next;
}

/** The browser sends it when there is a network again, even with the page closed; where it cannot, open pages do. */
async function askForSync(): Promise<void> {
  const here = "registration" in self ? self.registration : await navigator.serviceWorker?.getRegistration();
  const sync = (here as (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | undefined)?.sync;
  await sync?.register("outbox").catch(() => undefined);
}
