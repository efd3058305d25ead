/** What waits on this phone, seen beside the matters it is about: how each stands if all that waits is taken. */
import type { Entry } from "../offline/outbox";
import type { Act, Case, Pack } from "./pack";

export const ACT = "act";
export const FIND = "find";
export const VISIT = "visit";

export interface Matter {
  case: Case;
  /** The stage it would be in. */
  stage: string;
  stageTitle: string;
  /** Own steps not delivered yet, in order. */
  pending: Entry[];
  /** One of them was refused, or others acted meanwhile. */
  stuck: boolean;
  /** It would be at an end here, or with another office. */
  gone: boolean;
  seen: number;
  offered: [string, Act][];
}

/** The entries of the pocket, of the post the pack belongs to. */
export function mine(entries: Entry[], who: string): Entry[] {
  return entries.filter((one) => [ACT, FIND, VISIT].includes(one.kind) && one.who === who);
}

/** What waits of one visit: in its own line, and its scan in another, which must not hold up the words. */
export function ofVisit(entries: Entry[], id: number): Entry[] {
  return entries.filter((one) => one.state !== "sent" && [`visit/${id}`, `visit/${id}/scan`].includes(one.group ?? ""));
}

export function actionOf(entry: Entry): string {
  return /\/actions\/(\w+)$/.exec(entry.url)?.[1] ?? "";
}

export function dataOf(entry: Entry): Record<string, unknown> {
  const fields = entry.fields as Record<string, unknown>;
  return (entry.kind === ACT ? (fields.data as Record<string, unknown> | undefined) : fields) ?? {};
}

export function seenOf(entry: Entry): number | undefined {
  const { seen } = entry.fields as { seen?: number };
  return seen;
}

export function matters(pack: Pack, entries: Entry[]): Matter[] {
  return pack.cases.map((one) => matter(pack, one, entries.filter((entry) => entry.kind === ACT && entry.group === one.number)));
}

function matter(pack: Pack, one: Case, own: Entry[]): Matter {
  const procedure = pack.procedures[one.procedure];
  const pending = own.filter((entry) => entry.state !== "sent" && actionOf(entry) !== "late_note");
  const delivered = own.filter((entry) => entry.state === "sent" && (entry.answer?.seq ?? 0) > one.seq).at(-1)?.answer;
  let stage = delivered?.stage ?? one.stage;
  let gone = delivered ? !handedOn(own, pack, one) : false;
  const stuck = pending.some((entry) => entry.state === "refused" || entry.state === "conflict");
  for (const entry of pending) {
    const act = procedure?.actions[actionOf(entry)];
    if (!act || entry.state === "refused" || entry.state === "conflict") break;
    if (act.to) stage = act.to;
    gone ||= !act.keeps;
  }
  const known = procedure?.stages[stage];
  const offered = gone || stuck ? [] : (known?.actions ?? []).flatMap((name): [string, Act][] => {
    const act = procedure?.actions[name];
    return act ? [[name, act]] : [];
  });
  const first = pending[0];
  const seen = first ? (seenOf(first) ?? one.seq) : (delivered?.seq ?? one.seq);
  return { case: one, stage, stageTitle: known?.title ?? stage, pending, stuck, gone, seen, offered };
}

/** Whether the last step delivered left the matter with this office. */
function handedOn(own: Entry[], pack: Pack, one: Case): boolean {
  const last = own.filter((entry) => entry.state === "sent").at(-1);
  return last ? (pack.procedures[one.procedure]?.actions[actionOf(last)]?.keeps ?? false) : true;
}

/** The present moment by the server's clock, never before what it builds on. */
export function madeAt(pack: Pack, after?: string): string {
  const now = Date.now() + pack.skew;
  return new Date(after ? Math.max(now, Date.parse(after)) : now).toISOString();
}

/** Metres between two points, on a ball. */
export function metres(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180;
  const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  const y = (b.lat - a.lat) * rad;
  return Math.hypot(x, y) * 6_371_000;
}
