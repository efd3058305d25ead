/** The pack: the post's matters, kept on this phone for a shift when its owner says so, and wiped when the shift is over. */
import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";

export interface Case {
  number: string;
  spaced: string;
  title: string;
  what: string;
  procedure: string;
  stage: string;
  seq: number;
  /** When it was last acted upon. */
  at: string;
  due: string | null;
  opened: string;
  category: string;
  place: string;
  lon: number | null;
  lat: number | null;
  photos: string[];
  more_photos: number;
}

export interface Act {
  title: string;
  hint: string;
  form: string;
  to: string | null;
  keeps: boolean;
  standing: boolean;
}

export interface Procedure {
  title: string;
  stages: Record<string, { title: string; final: boolean; actions: string[] }>;
  actions: Record<string, Act>;
}

export interface Field {
  name: string;
  type: string;
  required: boolean;
  when: [string, unknown[]] | null;
  label: string;
  help: string;
  default: unknown;
  max_length?: number;
  max?: number;
  min?: number;
  choices?: { value: string; title: string; group?: string }[];
}

export interface Opening {
  name: string;
  title: string;
  form: string;
  quick: string;
  often: { value: string; title: string }[];
}

/** A question of a visit's checklist, with what stands on the server in everybody's words. */
export interface Question {
  code: string;
  title: string;
  kind: "yes_no" | "number" | "choice" | "text" | "photo";
  unit: string;
  low: number | null;
  high: number | null;
  choices: [string, string][];
  /** Answers that are a finding. */
  bad: string[];
  /** Two people say different things. */
  open: boolean;
  said: { value: string; words: string; note: string; label: string; at: string; photos: number }[];
}

export interface Item {
  id: number;
  title: string;
  basis: string;
  body: string;
  questions: Question[];
}

/** A visit this officer goes to. */
export interface Visit {
  id: number;
  name: string;
  address: string;
  date: string;
  state: string;
  plan: string;
  bodies: string[];
  officers: { id: number; body: string; number: string }[];
  /** The officer's own number on the list. */
  me: number;
  why: string[];
  /** What the business scans: an SVG, and the address in it. */
  code: string;
  link: string;
  /** The last answer that is in this pack. */
  seen: number;
  arrived: boolean;
  confirmed: boolean;
  items: Item[];
  signed: { inspector: number; refused: boolean; changed: number }[];
}

export type Ring = [number, number][];

export interface Pack {
  who: string;
  label: string;
  now: string;
  until: string;
  total: number;
  cases: Case[];
  visits: Visit[];
  procedures: Record<string, Procedure>;
  forms: Record<string, { fields: Field[] }>;
  openings: Opening[];
  note: string;
  ground: { name: string; own: Ring[]; around: Ring[] };
  /** Milliseconds by which the server's clock is ahead of this phone's. */
  skew: number;
}

interface Kept extends DBSchema {
  pack: { key: string; value: Pack };
  pictures: { key: string; value: Blob };
}

export const NAME = "zhili-pocket";
/** Pages of the service worker's that belong to one person (offline/sw.ts). */
const PAGES = "zhili-kept";
const HERE = "/desk/pocket";
/** All small pictures together: a poor phone has little room. */
const MOST_PICTURES = 8 * 1024 * 1024;

let opened: Promise<IDBPDatabase<Kept>> | undefined;

function database(): Promise<IDBPDatabase<Kept>> {
  opened ??= openDB<Kept>(NAME, 1, {
    upgrade(made) {
      made.createObjectStore("pack");
      made.createObjectStore("pictures");
    },
    blocking: () => void opened?.then((one) => one.close()).finally(() => (opened = undefined)),
    terminated: () => (opened = undefined),
  });
  opened.catch(() => (opened = undefined));
  return opened;
}

interface Flag {
  who: string;
  until: number;
}

/** Whether this phone was told to take the matters along, for whom and how long; "wipe": it must forget them. */
export function flag(): Flag | "wipe" | null {
  const text = localStorage.getItem(NAME);
  if (!text || text === "wipe") return text as "wipe" | null;
  try {
    return JSON.parse(text) as Flag;
  } catch {
    return "wipe";
  }
}

export const SIGNED_OUT = new Error("signed out");

/** Asks the server. Rejects with SIGNED_OUT when nobody is signed in, else when there is no network. */
export async function fetchPack(): Promise<Pack> {
  const began = Date.now();
  const response = await fetch(`${HERE}/pack.json`, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (response.redirected || response.status === 401 || response.status === 403) throw SIGNED_OUT;
  if (!response.ok) throw new Error(String(response.status));
  const pack = (await response.json()) as Pack;
  pack.skew = Date.parse(pack.now) - (began + Date.now()) / 2;
  return pack;
}

/** Keeps it, and what is needed to draw it without a network. */
export async function keep(pack: Pack): Promise<void> {
  localStorage.setItem(NAME, JSON.stringify({ who: pack.who, until: Date.parse(pack.until) - pack.skew } satisfies Flag));
  const kept = await database();
  await kept.put("pack", pack, "pack");
  await keepPictures(pack);
}

async function keepPictures(pack: Pack): Promise<void> {
  const kept = await database();
  const wanted = new Set(pack.cases.flatMap((one) => one.photos));
  let room = MOST_PICTURES;
  for (const url of await kept.getAllKeys("pictures")) {
    if (!wanted.has(url)) await kept.delete("pictures", url);
    else room -= (await kept.get("pictures", url))?.size ?? 0;
  }
  for (const url of wanted) {
    if (room <= 0) return;
    if (await kept.getKey("pictures", url)) continue;
    const response = await fetch(url).catch(() => null);
    if (!response?.ok) continue;
    const blob = await response.blob();
    if (blob.size > room) continue;
    room -= blob.size;
    await kept.put("pictures", blob, url);
  }
}

/** The page itself and its scripts, so that it opens without a network. */
export async function keepPage(assets: string[]): Promise<void> {
  if (!("caches" in window)) return;
  const cache = await caches.open(PAGES);
  const response = await fetch(HERE, { cache: "no-store" });
  if (!response.ok || response.redirected) return;
  const type = response.headers.get("Content-Type") ?? "text/html; charset=utf-8";
  const policy = response.headers.get("Content-Security-Policy");
  const headers = new Headers({ "Content-Type": type, ...(policy && { "Content-Security-Policy": policy }) });
  await cache.put(HERE, new Response(await response.blob(), { headers }));
  for (const address of assets) if (!(await cache.match(address))) await cache.add(address);
}

/** What is kept, unless its time is over or it belongs to somebody else: then it is wiped. */
export async function kept(who: string): Promise<Pack | null> {
  const told = flag();
  if (!told) return null;
  if (told === "wipe" || Date.now() > told.until || (who && told.who !== who)) {
    await wipe();
    return null;
  }
  return (await (await database()).get("pack", "pack")) ?? null;
}

export async function picture(url: string): Promise<Blob | undefined> {
  return flag() ? (await database()).get("pictures", url) : undefined;
}

/** Bytes of the pictures, and how many. */
export async function weight(pack: Pack): Promise<{ bytes: number; pictures: number }> {
  const all = await (await database()).getAll("pictures");
  const text = new Blob([JSON.stringify(pack)]).size;
  return { bytes: text + all.reduce((sum, one) => sum + one.size, 0), pictures: all.length };
}

/** Nothing of it stays on the phone. What waits to be sent is another matter, and stays (offline/outbox.ts). */
export async function wipe(): Promise<void> {
  localStorage.setItem(NAME, "wipe");
  (await opened?.catch(() => undefined))?.close();
  opened = undefined;
  await deleteDB(NAME);
  if ("caches" in window) await caches.delete(PAGES);
  localStorage.removeItem(NAME);
}
