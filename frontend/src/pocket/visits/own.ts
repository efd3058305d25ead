/** A visit as it stands on this phone: what the pack brought, and over it what was written here and waits. */
import { type Attached, put } from "../../offline/outbox";
import type { Item, Question, Visit } from "../pack";
import { state } from "../state";
import { madeAt, ofVisit, VISIT } from "../work";

export interface Answer {
  value: string;
  note: string;
  photos: number;
  /** Not delivered yet. */
  waits: boolean;
}

interface Sent {
  answers?: { item: number; question: string; value: string; note: string }[];
  signature?: { inspector: number | null; reason: string };
  arrived?: { code: string };
  close?: boolean;
}

export function visitOf(id: string): Visit | undefined {
  return state.pack?.visits.find((one) => one.id === Number(id));
}

export function waiting(visit: Visit): Sent[] {
  return ofVisit(state.entries, visit.id).map((one) => one.fields as Sent);
}

/** What was written here since the page was opened: between its delivery and the next pack neither of them has it. */
const written: { visit: number; key: string; at: string; answer: Answer }[] = [];

/** By "item question": the last word, of this phone or of the pack. */
export function standing(visit: Visit): Map<string, Answer> {
  const found = new Map<string, Answer>();
  for (const item of visit.items)
    for (const one of item.questions) {
      const last = one.said.at(-1);
      if (last) found.set(`${item.id} ${one.code}`, { value: last.value, note: last.note, photos: one.said.reduce((n, said) => n + said.photos, 0), waits: false });
    }
  const packed = Date.parse(state.pack?.now ?? "");
  for (const one of written) if (one.visit === visit.id && Date.parse(one.at) > packed) found.set(one.key, one.answer);
  for (const entry of ofVisit(state.entries, visit.id))
    ((entry.fields as Sent).answers ?? []).forEach((one, n) => {
      const key = `${one.item} ${one.question}`;
      const photos = entry.files.filter((file) => file.at === `answers.${n}.photos`).length;
      const before = found.get(key);
      found.set(key, { value: one.value, note: one.note, photos: before?.waits ? before.photos : photos + (before?.photos ?? 0), waits: true });
    });
  return found;
}

/** Whether an answer of this phone stands over words of two sides. */
export function isOpen(one: Question, answer: Answer | undefined): boolean {
  return one.open && !answer?.waits;
}

export function isBad(question: Question, value: string): boolean {
  if (question.kind !== "number") return question.bad.includes(value);
  const number = Number(value);
  return (question.low !== null && number < question.low) || (question.high !== null && number > question.high);
}

export function spoken(question: Question, value: string): string {
  return question.choices.find(([each]) => each === value)?.[1] ?? `${value} ${question.unit}`.trim();
}

export interface Count {
  done: number;
  all: number;
  bad: [Item, Question, Answer][];
  open: Question[];
}

export function count(visit: Visit, items = visit.items): Count {
  const now = standing(visit);
  const found: Count = { done: 0, all: 0, bad: [], open: [] };
  for (const item of items)
    for (const one of item.questions) {
      const answer = now.get(`${item.id} ${one.code}`);
      found.all += 1;
      if (answer) found.done += 1;
      if (isOpen(one, answer)) found.open.push(one);
      else if (answer && isBad(one, answer.value)) found.bad.push([item, one, answer]);
    }
  return found;
}

/** What whoever signs now has before them, as the server reckons it (core/visits/signing.py). */
export function shown(visit: Visit): [number, string, string, string][] {
  const rows = [...standing(visit)].map(([key, answer]): [number, string, string, string] => {
    const [item = "0", question = ""] = key.split(" ");
    return [Number(item), question, answer.value, answer.note];
  });
  return rows.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1));
}

/** Remembered until a pack brings it back. */
export function remember(visit: Visit, item: number, question: string, at: string, answer: Answer): void {
  written.push({ visit: visit.id, key: `${item} ${question}`, at, answer });
}

/** Into the outbox, which keeps it until it is delivered. */
export async function keep(visit: Visit, what: string, fields: Record<string, unknown>, files: Attached[] = [], line = ""): Promise<void> {
  await put({
    kind: VISIT,
    title: `${visit.name} · ${what}`,
    url: `/desk/visits/${visit.id}/send`,
    encoding: "json",
    fields,
    files,
    group: `visit/${visit.id}${line}`,
    page: "/desk/pocket",
    who: state.pack!.who,
  });
}

export function moment(): string {
  return madeAt(state.pack!);
}
