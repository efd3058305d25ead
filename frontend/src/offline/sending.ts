/** Sending what waits: one sender at a time over all tabs and the service worker, oldest first, files before their form. */
import { kept } from "./db";
import type { Answer, Attached, Entry } from "./entry";
import { announce } from "./signals";

const LONGEST_WAIT = 15 * 60_000;
const RETRY = new Set([408, 425, 429]);

interface Ticket {
  csrf: string;
  who: string;
}

/** Resolves when nothing more can go now. `now`: also what was to wait a while after a failure. */
export async function flush(now = false): Promise<void> {
  if (!navigator.locks) return sendAll(now); // two at once are harmless: each entry has its key
  await navigator.locks.request("zhili-outbox", () => sendAll(now));
}

async function sendAll(now: boolean): Promise<void> {
  const entries = (await (await kept()).getAll("outbox")).sort((a, b) => a.createdAt - b.createdAt);
  if (!entries.some((one) => may(one, now))) return;
  const ticket = await ask();
  if (!ticket) return;
  const held = new Set<string>();
  for (const { id } of entries) {
    // Read again: an earlier one of its group may have moved it on, or its owner deleted it.
    const entry = await (await kept()).get("outbox", id);
    if (!entry || entry.state === "sent") continue;
    const free = may(entry, now) && !(entry.group && held.has(entry.group));
    const answered = free && (await send(entry, ticket));
    if (!answered && entry.group) held.add(entry.group);
  }
}

function may(entry: Entry, now: boolean): boolean {
  return (entry.state === "waiting" || entry.state === "sending") && (now || entry.nextAt <= Date.now());
}

/** A fresh proof that we are our own page, and who would be sending. null: no network. */
async function ask(): Promise<Ticket | null> {
  try {
    const response = await fetch("/offline/ticket", { headers: { Accept: "application/json" }, cache: "no-store" });
    return response.ok ? ((await response.json()) as Ticket) : null;
  } catch {
    return null;
  }
}

/** Whether it was delivered. */
async function send(entry: Entry, ticket: Ticket): Promise<boolean> {
  if (entry.who && entry.who !== ticket.who) {
    await keep({ ...entry, state: "waiting", hold: "sign_in" });
    return false;
  }
  const tried: Entry = { ...entry, state: "sending", hold: undefined, tries: entry.tries + 1 };
  await keep(tried);
  try {
    const refusal = await upload(tried, ticket);
    if (refusal) return await refused(tried, refusal);
    tried.unsure = true;
    await keep(tried);
    return await settle(tried, await post(tried, ticket));
  } catch {
    await later(tried);
    return false;
  }
}

function headers(entry: Entry, ticket: Ticket): Record<string, string> {
  // By this phone's clock, beside what it wrote down earlier by the same: so the server knows how far it is off.
  const at = new Date().toISOString();
  const known = { Accept: "application/json", "X-CSRFToken": ticket.csrf, "Idempotency-Key": entry.id, "X-Sent-At": at };
  // What was written without an account is sent without one, whoever has signed in since.
  return entry.who ? known : { ...known, "X-As": "stranger" };
}

/** Every file that has no reference yet, one after the other; each reference is kept before the next is sent. */
async function upload(entry: Entry, ticket: Ticket): Promise<Answer | null> {
  const { "Idempotency-Key": _key, ...known } = headers(entry, ticket);
  for (const file of entry.files) {
    if (file.ref || !file.blob) continue;
    const body = new FormData();
    body.append("file", file.blob, file.name);
    const response = await fetch("/uploads", { method: "POST", headers: known, body });
    const answer = await read(response);
    if (response.status === 201 && answer.id && answer.token) {
      file.ref = `${answer.id as string}:${answer.token as string}`;
      await keep(entry);
    } else if (response.status >= 500 || response.status === 403 || RETRY.has(response.status)) {
      throw new Error("not now");
    } else {
      return { status: response.status, problem: "upload", message: `${file.name}：${String(answer.detail ?? "")}` };
    }
  }
  return null;
}

async function post(entry: Entry, ticket: Ticket): Promise<Response> {
  const known = headers(entry, ticket);
  if (entry.encoding === "json") {
    const body = JSON.stringify(withFiles(entry.fields as Record<string, unknown>, entry.files));
    return fetch(entry.url, { method: "POST", headers: { ...known, "Content-Type": "application/json" }, body });
  }
  const body = new URLSearchParams(entry.fields as [string, string][]);
  body.set("_key", entry.id);
  for (const file of entry.files) if (file.ref) body.append(file.at, file.ref);
  return fetch(entry.url, { method: "POST", headers: known, body });
}

/** The body with each file's reference in its list. */
export function withFiles(body: Record<string, unknown>, files: Attached[]): Record<string, unknown> {
  const whole = structuredClone(body);
  for (const { at, ref } of files) {
    if (!ref) continue;
    const path = at.split(".");
    const name = path.pop()!;
    let part = whole;
    for (const step of path) part = (part[step] ??= {}) as Record<string, unknown>;
    part[name] = [...((part[name] as unknown[] | undefined) ?? []), ref];
  }
  return whole;
}

async function settle(entry: Entry, response: Response): Promise<boolean> {
  const told = await read(response);
  const answer = answerOf(response.status, told);
  // Not our own words: a gateway's or a hotel's page. Ask again later.
  if (!told.readable || response.status >= 500 || RETRY.has(response.status)) {
    await later(entry, Number(response.headers.get("Retry-After")) || 0);
    return false;
  }
  if (response.ok) return delivered(entry, answer);
  if (response.status === 401 || answer.problem === "csrf") {
    await keep({ ...entry, state: "waiting", hold: entry.who ? "sign_in" : undefined, unsure: false });
    return false;
  }
  if (answer.problem === "upload" && entry.tries < 3 && entry.files.some((file) => file.blob && file.ref)) {
    // Waited longer than uploads are kept. The server looked for a first result before it said so: nothing is done yet.
    const files = entry.files.map((file) => (file.blob ? { ...file, ref: undefined } : file));
    await keep({ ...entry, files, state: "waiting", unsure: false, nextAt: 0 });
    return false;
  }
  return refused(entry, answer);
}

/** Content and pictures are no longer needed here; the answer stays until its owner has read it. */
async function delivered(entry: Entry, answer: Answer): Promise<boolean> {
  const seen = seenOf(entry);
  await keep({ ...entry, fields: entry.encoding === "form" ? [] : {}, files: [], state: "sent", unsure: false, answer });
  if (!entry.group || seen === undefined || answer.seq === undefined) return true;
  for (const one of await (await kept()).getAll("outbox")) {
    // The next of one's own steps was written knowing this one: it has seen what this one made.
    if (one.group !== entry.group || one.state === "sent" || seenOf(one) !== seen) continue;
    await keep({ ...one, fields: { ...(one.fields as Record<string, unknown>), seen: answer.seq } });
  }
  return true;
}

function seenOf(entry: Entry): number | undefined {
  if (entry.encoding !== "json") return undefined;
  const { seen } = entry.fields as Record<string, unknown>;
  return typeof seen === "number" ? seen : undefined;
}

async function refused(entry: Entry, answer: Answer): Promise<boolean> {
  await keep({ ...entry, state: answer.status === 409 ? "conflict" : "refused", unsure: false, answer });
  return false;
}

async function later(entry: Entry, seconds = 0): Promise<void> {
  const wait = Math.min(LONGEST_WAIT, seconds * 1000 || 2000 * 2 ** Math.min(entry.tries, 9));
  await keep({ ...entry, state: "waiting", nextAt: Date.now() + wait });
}

/** Writes it back, unless its owner deleted it meanwhile. */
async function keep(entry: Entry): Promise<void> {
  const transaction = (await kept()).transaction("outbox", "readwrite");
  if (await transaction.store.get(entry.id)) await transaction.store.put(entry);
  await transaction.done;
  announce();
}

async function read(response: Response): Promise<Record<string, unknown> & { readable: boolean }> {
  try {
    return { ...((await response.json()) as Record<string, unknown>), readable: true };
  } catch {
    return { readable: false };
  }
}

function answerOf(status: number, told: Record<string, unknown>): Answer {
  const text = (name: string) => (typeof told[name] === "string" ? (told[name] as string) : undefined);
  return {
    status,
    number: text("number"),
    code: text("code"),
    seq: typeof told.seq === "number" ? told.seq : undefined,
    stage: text("stage"),
    url: text("url"),
    problem: text("type")?.split(":").pop(),
    message: text("detail"),
    errors: told.errors as Answer["errors"],
    steps: told.steps as Answer["steps"],
    now: told.now as Answer["now"],
    meanwhile: told.meanwhile as Answer["meanwhile"],
  };
}
