/** What happens, told while the page is open: one stream for the whole page, whoever listens in it.
 *
 *   const stop = live(["matters", "case:JC26…"], (told) => …)
 *
 * Nothing is lost in a cut: the browser says how far it was told, the server goes on from there. States are sent as
 * `zhili:live` on the document ({state}) and stand in <html data-live>; `zhili:reload` says that too much was missed:
 * whoever draws itself anew calls preventDefault(), else the page is loaded again. Where a page stands when it is drawn
 * is said by any element's data-live-last; one with data-live-always keeps the stream in a hidden page too.
 */
export type State = "connecting" | "open" | "reconnecting" | "ended";
export interface Told {
  /** "matter", "alarm" or "warning" */
  event: string;
  id: number;
  kind: string;
  at: string;
  number: string | null;
  url: string;
  office: number | null;
  office_name: string;
  divisions: number[];
  lon: number | null;
  lat: number | null;
  [more: string]: unknown;
}
type Handler = (told: Told) => void;

const EVENTS = ["matter", "alarm", "warning"];
const HIDDEN_FOR = 10_000;
const REMEMBERED = 6_000;
const listeners = new Map<Handler, string[]>();
const seen = new Set<number>();
let source: EventSource | undefined;
let open: string[] = [];
let last = "";
let state: State | "" = "";
let again: number | undefined;
let tries = 0;
let ended = false;
let hiding: number | undefined;

/** Hear of these topics from now on; the answer ends it. */
export function live(topics: string[], handler: Handler): () => void {
  if (listeners.size === 0 && !state) watchPage();
  listeners.set(handler, topics);
  plan(0);
  return () => {
    listeners.delete(handler);
    plan(0);
  };
}

function plan(after: number): void {
  window.clearTimeout(again);
  again = window.setTimeout(connect, after);
}

function wanted(): string[] {
  return [...new Set([...listeners.values()].flat())].sort();
}

function connect(): void {
  const topics = wanted();
  if (ended || (source && topics.join() === open.join())) return;
  source?.close();
  source = undefined;
  open = topics;
  if (topics.length === 0 || resting()) return;
  say(state === "" ? "connecting" : "reconnecting");
  const query = new URLSearchParams({ topics: topics.join(",") });
  last ||= document.querySelector<HTMLElement>("[data-live-last]")?.dataset.liveLast ?? "";
  if (last) query.set("last", last);
  const here = (source = new EventSource(`/live?${query}`));
  here.addEventListener("open", () => {
    tries = 0;
    say("open");
  });
  here.addEventListener("error", () => {
    if (here !== source) return;
    say("reconnecting");
    if (here.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    here.close();
    source = undefined;
    tries += 1;
    plan(Math.min(2 ** tries, 60) * 500 + Math.random() * 1000);
  });
  for (const name of EVENTS) here.addEventListener(name, (event) => hear(name, event));
  here.addEventListener("reload", () => reload());
  here.addEventListener("end", () => {
    ended = true;
    here.close();
    source = undefined;
    say("ended");
  });
}

function hear(name: string, event: MessageEvent<string>): void {
  if (event.lastEventId) last = event.lastEventId;
  const told = { ...(JSON.parse(event.data) as Told), event: name };
  if (seen.has(told.id)) return;
  seen.add(told.id);
  if (seen.size > REMEMBERED) for (const old of [...seen].slice(0, REMEMBERED / 2)) seen.delete(old);
  const topics = [name, `${name}s`, `case:${told.number ?? ""}`];
  for (const [handler, asked] of [...listeners]) {
    if (!asked.some((topic) => topics.includes(topic))) continue;
    try {
      handler(told);
    } catch (error) {
      console.error(error); // one listener's fault is not the others'
    }
  }
}

function reload(): void {
  const wish = new CustomEvent("zhili:reload", { cancelable: true });
  if (document.dispatchEvent(wish)) window.location.reload();
}

function say(now: State): void {
  if (now === state) return;
  state = now;
  document.documentElement.dataset.live = now;
  document.dispatchEvent(new CustomEvent("zhili:live", { detail: { state: now } }));
}

/** A browser has six connections for a site: a page nobody sees gives its own back. */
function resting(): boolean {
  return document.hidden && !document.querySelector("[data-live-always]");
}

function watchPage(): void {
  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(hiding);
    if (resting()) {
      hiding = window.setTimeout(() => {
        if (!resting()) return;
        source?.close();
        source = undefined;
      }, HIDDEN_FOR);
    } else if (!source) {
      plan(0);
    }
  });
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    source = undefined; // back from the browser's memory
    plan(0);
  });
}
