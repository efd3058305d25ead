/**
 * The village's television. Runs unattended for weeks: the page's own elements are filled anew and none is ever added, one
 * timer turns the pages, one asks for news, and what was shown last stays when the network is away, with since when.
 * Every night it loads itself again. Nobody touches it: there is no focus, no key, no pointer.
 */
import "./tv.css";
import { pairing, waits } from "./pairing";
import { fill, say, sayAlarms, type Told } from "./showing";
import { word } from "./words";

const body = document.body;
const PREVIEW = body.dataset.preview !== undefined;
const KEPT = `zhili-tv:${location.pathname}`;
const ZONE = body.dataset.zone;
const ASK_EVERY = 30_000;
/** While a pairing code is shown: whoever typed it stands before the screen. */
const ASK_PAIRING = 3_000;
const WAIT = 12_000;
/** Whoever is asked anew so soon after an event hears it: two seconds are what an alarm may take. */
const SOON = 50;
const NIGHT = 3;
const LONGEST_CUT = 20 * 3600_000;

let told: Told | undefined;
let here = -1;
let turning = 0;
let asking = 0;
let busy = false;
let again = false;
let ahead = Number(body.dataset.at) - Date.now();
let since = 0;
let stream: EventSource | undefined;
let tries = 0;
const began = Date.now();

/** By the site's clock: a television's own is often wrong. */
function now(): number {
  return Date.now() + ahead;
}

function clock(at: number, withDay = false): string {
  const form: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: ZONE };
  if (withDay) Object.assign(form, { month: "long", day: "numeric" });
  return new Intl.DateTimeFormat(document.documentElement.lang, form).format(at);
}

// --- what is shown ---------------------------------------------------------------------------------

function turn(): void {
  window.clearTimeout(turning);
  let seconds = 20;
  try {
    if (told && told.pages.length > 0) {
      if (here + 1 >= told.pages.length && stale()) return void location.reload();
      here = (here + 1) % told.pages.length;
      const page = told.pages[here]!;
      seconds = page.seconds;
      fill(page);
    }
  } catch (error) {
    console.error(error); // one bad page does not stop the others
  }
  turning = window.setTimeout(turn, Math.max(3, seconds) * 1000);
}

/** The site was renewed since this page was loaded, and answers. */
function stale(): boolean {
  return !since && !PREVIEW && told !== undefined && told.build !== "" && !document.querySelector(`script[src="${CSS.escape(told.build)}"]`);
}

function take(fresh: Told): void {
  const before = told;
  told = fresh;
  const urgent = fresh.pages.some((page) => page.urgent);
  sayAlarms(fresh.alarms);
  if (!before || before.version !== fresh.version) {
    const interrupts = urgent || (before?.pages.some((page) => page.urgent) ?? false);
    if (!before || interrupts || here >= fresh.pages.length) {
      here = -1;
      turn();
    }
  }
}

// --- news ------------------------------------------------------------------------------------------

function plan(after: number): void {
  window.clearTimeout(asking);
  asking = window.setTimeout(() => void ask(), after);
}

async function ask(): Promise<void> {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  const over = new AbortController();
  const limit = window.setTimeout(() => over.abort(), WAIT);
  try {
    const response = await fetch(body.dataset.url!, { cache: "no-store", signal: over.signal, credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    const fresh = (await response.json()) as Told;
    ahead = fresh.at - Date.now();
    since = 0;
    keep(fresh);
    take(fresh);
    pairing(fresh.paired);
    listen(fresh);
  } catch {
    since ||= told ? told.at : now();
  } finally {
    window.clearTimeout(limit);
    busy = false;
    status();
    plan(again ? SOON : waits() ? ASK_PAIRING : ASK_EVERY);
    again = false;
  }
}

/** Alarms and changes are told at once to a paired television; the answer to them is asked for as always. */
function listen(fresh: Told): void {
  if (!fresh.paired || PREVIEW) {
    stream?.close();
    stream = undefined;
    return;
  }
  if (stream && stream.readyState !== EventSource.CLOSED) return;
  const mine = (stream = new EventSource(`/live?topics=tv&last=${encodeURIComponent(fresh.last)}`));
  mine.addEventListener("open", () => (tries = 0));
  mine.addEventListener("tv", () => void ask());
  mine.addEventListener("reload", () => void ask());
  mine.addEventListener("end", () => {
    mine.close();
    void ask(); // not paired any more, or the server starts anew
  });
  mine.addEventListener("error", () => {
    if (mine !== stream || mine.readyState !== EventSource.CLOSED) return;
    tries += 1;
    if (tries < 6) plan(1000 * tries);
  });
}

function keep(fresh: Told): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ ...fresh, alarms: [], paired: false }));
  } catch {
    // full, or forbidden: then a power cut without network shows the page as it was sent
  }
}

function kept(): Told | undefined {
  try {
    const found = localStorage.getItem(KEPT);
    return found ? (JSON.parse(found) as Told) : undefined;
  } catch {
    return undefined;
  }
}

// --- the clock, the line below, the night ----------------------------------------------------------

function status(): void {
  body.classList.toggle("tv-cut", since > 0);
  say("status", since ? word("offline").replace("%s", clock(since, now() - since > LONGEST_CUT)) : "");
}

function tick(): void {
  const at = now();
  say("clock", clock(at));
  say("day", new Intl.DateTimeFormat(document.documentElement.lang, { month: "long", day: "numeric", weekday: "long", timeZone: ZONE }).format(at));
  const hour = Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hour12: false, timeZone: ZONE }).format(at));
  if (hour === NIGHT && Date.now() - began > 2 * 3600_000 && !since && !PREVIEW) location.reload();
  window.setTimeout(tick, 10_000);
}

/** Opens without a network after this: the page, its script and its styles are kept by the service worker. */
async function keepPage(): Promise<void> {
  if (PREVIEW || !("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
    const own = [...document.querySelectorAll<HTMLElement>("link[rel=stylesheet],script[src]")];
    const addresses = own.map((one) => one.getAttribute("href") ?? one.getAttribute("src")!);
    const cache = await caches.open("zhili-kept");
    await Promise.allSettled([...addresses, location.pathname].map((one) => cache.add(one)));
  } catch {
    // an old browser: it shows the last content from its own storage as long as it is not switched off
  }
}

async function stayAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // most televisions never sleep by themselves
  }
}

document.documentElement.classList.add("js");
window.addEventListener("online", () => plan(0));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void stayAwake();
});
const old = kept();
if (old) take(old);
tick();
void ask();
void stayAwake();
void keepPage();
