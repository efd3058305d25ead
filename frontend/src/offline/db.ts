/** What is kept on this phone until it is delivered: reports and steps waiting to be sent, and half-written forms. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Entry } from "./entry";

export interface Picture {
  at: string;
  name: string;
  blob?: Blob;
  ref?: string;
}

export interface Draft {
  /** The form's address. */
  form: string;
  key: string;
  fields: [string, string][];
  files: Picture[];
  savedAt: number;
  /** The account that wrote it, "" for a stranger: nobody else is shown it. */
  who: string;
}

interface Kept extends DBSchema {
  outbox: { key: string; value: Entry };
  drafts: { key: string; value: Draft };
}

let opened: Promise<IDBPDatabase<Kept>> | undefined;

export function kept(): Promise<IDBPDatabase<Kept>> {
  opened ??= openDB<Kept>("zhili", 1, {
    upgrade(database) {
      database.createObjectStore("outbox", { keyPath: "id" });
      database.createObjectStore("drafts", { keyPath: "form" });
    },
    terminated: () => (opened = undefined),
  });
  opened.catch(() => (opened = undefined));
  return opened;
}
