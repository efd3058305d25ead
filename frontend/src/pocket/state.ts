/** What the pocket page knows: the pack, what waits, where the phone is; one place that everything is drawn from. */
import { flush, list, onChange, type Entry } from "../offline/outbox";
import { identity } from "../offline/signals";
import { fetchPack, flag, keep, keepPage, kept, type Pack, SIGNED_OUT, weight, wipe } from "./pack";
import type { Point } from "./position";
import { type Matter, matters, mine } from "./work";

const STALE = 5 * 60_000;

export interface State {
  /** null: nothing taken along, and no network to ask. */
  pack: Pack | null;
  who: string;
  entries: Entry[];
  /** Entries of other posts on this phone; only counted. */
  others: number;
  matters: Matter[];
  here: Point | null;
  byDistance: boolean;
  carried: { bytes: number; pictures: number } | null;
  busy: boolean;
  signedOut: boolean;
  /** What to tell once. */
  said: string;
  fetchedAt: number;
}

export const state: State = {
  pack: null,
  who: "",
  entries: [],
  others: 0,
  matters: [],
  here: null,
  byDistance: false,
  carried: null,
  busy: false,
  signedOut: false,
  said: "",
  fetchedAt: 0,
};

let assets: string[] = [];
let draw: () => void = () => undefined;

export async function begin(given: string[], redraw: () => void): Promise<void> {
  assets = given;
  draw = redraw;
  state.who = identity();
  state.pack = await kept(state.who).catch(() => null);
  if (state.pack) state.carried = await weight(state.pack).catch(() => null);
  await look();
  onChange(() => void look(true));
  window.addEventListener("online", () => void send());
  window.addEventListener("offline", draw);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - state.fetchedAt > STALE) void refresh();
  });
  setInterval(() => void expire(), 60_000);
  await refresh();
}

async function expire(): Promise<void> {
  if (!state.pack || Date.now() + state.pack.skew < Date.parse(state.pack.until)) return;
  if (flag()) await wipe();
  Object.assign(state, { pack: null, carried: null, matters: [] });
  draw();
  void refresh();
}

/** Reads the outbox anew. `after`: something changed there: when something was delivered, the list is asked for again. */
async function look(after = false): Promise<void> {
  const all = await list().catch(() => []);
  const before = new Set(state.entries.filter((one) => one.state === "sent").map((one) => one.id));
  const mark = state.pack?.who ?? state.who;
  state.entries = mine(all, mark);
  state.others = all.filter((one) => one.who && one.who !== mark && one.state !== "sent").length;
  if (state.pack) state.matters = matters(state.pack, state.entries);
  draw();
  const arrived = state.entries.some((one) => one.state === "sent" && !before.has(one.id));
  if (after && arrived && !state.entries.some((one) => one.state === "sending")) await refresh();
}

/** Asks the server for the list, and keeps it where the phone takes it along. */
export async function refresh(): Promise<boolean> {
  state.busy = true;
  draw();
  try {
    const pack = await fetchPack();
    Object.assign(state, { pack, signedOut: false, fetchedAt: Date.now() });
    if (flag()) await carry(pack);
    return true;
  } catch (problem) {
    state.signedOut = problem === SIGNED_OUT;
    return false;
  } finally {
    state.busy = false;
    await look();
  }
}

async function carry(pack: Pack): Promise<void> {
  await keep(pack);
  await keepPage(assets);
  state.carried = await weight(pack);
}

/** The switch: everything needed for the shift is put on this phone, or taken off it. */
export async function takeAlong(on: boolean): Promise<void> {
  state.busy = true;
  draw();
  try {
    if (on) {
      const pack = await fetchPack();
      Object.assign(state, { pack, fetchedAt: Date.now() });
      await navigator.serviceWorker?.ready;
      await navigator.storage?.persist?.().catch(() => false);
      await carry(pack);
    } else {
      await wipe();
      state.carried = null;
    }
  } catch (problem) {
    state.signedOut = problem === SIGNED_OUT;
    if (on) await wipe();
    state.said = "carry_failed";
  } finally {
    state.busy = false;
    await look();
  }
}

/** Sends what waits, now; afterwards the list is as the server has it. */
export async function send(): Promise<void> {
  await flush(true).catch(() => undefined);
  await refresh();
}

export function stored(): number {
  return state.entries.reduce((sum, one) => sum + one.files.reduce((all, file) => all + (file.blob?.size ?? 0), 0), 0);
}
