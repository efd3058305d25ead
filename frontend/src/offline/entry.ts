/** One thing waiting to be sent: what it holds, and where it stands. */
export type State = "waiting" | "sending" | "sent" | "refused" | "conflict";

/** A file of an entry. `at`: the form's field, or the dotted path of a list in a JSON body ("data.photos"). */
export interface Attached {
  at: string;
  name: string;
  blob?: Blob;
  /** "id:token", once it is uploaded. It is kept, so that a repeat asks for exactly the same. */
  ref?: string;
}

/** What others did meanwhile, told with a conflict. */
export interface Taken {
  seq: number;
  at: string;
  title: string;
  office: string | null;
  stage: string;
  /** Who did what and when, in a sentence. */
  words?: string;
}

/** How the matter stands when a step came too late. */
export interface Now {
  seq: number;
  stage: string;
  stage_title: string;
  office: string | null;
  /** What the sender may still do with it. */
  actions: string[];
}

export interface Answer {
  status: number;
  number?: string;
  /** The reporter's own key to the matter. */
  code?: string;
  seq?: number;
  stage?: string;
  url?: string;
  /** The stable word of a refusal: stale, form, key_reused … */
  problem?: string;
  message?: string;
  errors?: { field: string; messages: string[] }[];
  steps?: Taken[];
  now?: Now;
  /** Harmless steps of others that came before this one, though it was made earlier. */
  meanwhile?: Taken[];
}

export interface NewEntry {
  /** The key that makes a repeat harmless; a fresh one when none is given. */
  id?: string;
  kind: string;
  /** A line for lists; no personal value. */
  title: string;
  url: string;
  encoding: "form" | "json";
  /** A form's pairs without token and key, or the body of a JSON request. */
  fields: [string, string][] | Record<string, unknown>;
  files?: Attached[];
  /** Entries of one group go strictly in order; one that is refused holds those behind it. */
  group?: string;
  /** Where it can be mended. */
  page?: string;
  /** The mark of the account that writes it, where the page knows it; "" for a stranger. */
  who?: string;
}

export interface Entry extends NewEntry {
  id: string;
  who: string;
  files: Attached[];
  createdAt: number;
  state: State;
  tries: number;
  /** Not before (milliseconds). */
  nextAt: number;
  /** Went out at least once without an answer: it may be done already, so its content stays as it is. */
  unsure: boolean;
  /** Waits until the account that wrote it is signed in again. */
  hold?: "sign_in";
  answer?: Answer;
}
