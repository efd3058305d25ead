/** The command screen: what arrives is put into the queue and on the map at once, figures are fetched anew soon after. */
import "./screen.css";
import htmx from "../htmx";
import type { Told } from "./told";
import { hear } from "./told";
import { drawTrend } from "./trend";
import { arrived, refreshMarks } from "./queue";
import { bindSound, ring } from "./sound";
import { reading, timeOf } from "./place";
import type { WallMap } from "./map";

const SOONEST = 8_000;
const LATEST = 60_000;
const AFTER_ARRIVAL = 1_500;

let map: WallMap | undefined;
let lastAsked = 0;
let planned: number | undefined;
let plannedFor = Infinity;
let asking = false;

function words(): DOMStringMap {
  return document.getElementById("screen-words")?.dataset ?? {};
}

/** The page as it came, or after going to another place. */
function begin(): void {
  const place = reading();
  if (!place) return;
  if (place.title) document.title = place.title;
  bindSound(words());
  drawTrend();
  state(document.documentElement.dataset.live ?? "connecting");
  if (map) map.go(place);
  else void openMap();
}

async function openMap(): Promise<void> {
  const box = document.getElementById("screen-map");
  if (!box || box.dataset.ready) return;
  box.dataset.ready = "1";
  const { mount } = await import("./map");
  map = mount(box, words());
  const place = reading();
  if (place) map?.go(place);
}

function told(event: Told): void {
  const place = reading();
  if (!place) return;
  if (event.event === "alarm") {
    void renew("screen-alarms", `${place.alarms}`).then(() => {
      if (event.kind === "raised") ring();
    });
    return;
  }
  if (event.child === true || event.title === null || !place.holds(event)) return;
  arrived(event, place, words());
  map?.told(event);
  plan(AFTER_ARRIVAL);
}

/** Figures follow what happens, but a busy city does not make a screen ask more often than every few seconds. */
function plan(after: number): void {
  const at = Math.max(Date.now() + after, lastAsked + SOONEST);
  if (at >= plannedFor) return;
  window.clearTimeout(planned);
  plannedFor = at;
  planned = window.setTimeout(() => void renewAll(), at - Date.now());
}

async function renewAll(): Promise<void> {
  window.clearTimeout(planned);
  plannedFor = Infinity;
  const place = reading();
  if (!place || asking) return plan(SOONEST);
  asking = true;
  lastAsked = Date.now();
  const asked = place.now;
  const found = await ask(asked);
  asking = false;
  plan(LATEST);
  if (!found || reading()?.now !== asked) return;
  for (const part of found.querySelectorAll<HTMLElement>("[id^=screen-]")) replace(part);
  refreshMarks();
  drawTrend();
  const note = document.querySelector<HTMLElement>("[data-live-updated]");
  if (note) note.textContent = (words().updated ?? "%s").replace("%s", clock(new Date(), true));
}

async function renew(id: string, url: string): Promise<void> {
  const found = await ask(url);
  const box = document.getElementById(id);
  if (!found || !box) return;
  box.replaceChildren(...found.body.childNodes);
  htmx.process(box);
}

async function ask(url: string): Promise<Document | undefined> {
  try {
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) return undefined;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return undefined;
  }
}

/** Whoever reads a part with the keyboard is not thrown out of it; it follows at the next turn. */
function replace(part: HTMLElement): void {
  const old = document.getElementById(part.id);
  if (!old || old.contains(document.activeElement) || old.innerHTML === part.innerHTML) return;
  const opened = old.querySelector("details[open]") !== null;
  const scrolled = old.querySelector(".pane-scroll")?.scrollTop ?? 0;
  old.replaceWith(part);
  if (opened) part.querySelectorAll("details").forEach((one) => (one.open = true));
  const scroller = part.querySelector(".pane-scroll");
  if (scroller) scroller.scrollTop = scrolled;
  htmx.process(part);
}

function state(now: string): void {
  const box = document.querySelector<HTMLElement>("[data-live-state]");
  if (!box) return;
  box.dataset.liveState = now;
  const said = box.querySelector("span");
  if (said) said.textContent = words()[now] ?? now;
}

function clock(at: Date, seconds: boolean): string {
  return timeOf(at, words().zone, seconds);
}

function tick(): void {
  const box = document.querySelector<HTMLElement>("[data-clock]");
  if (box) box.textContent = clock(new Date(), false);
}

if (document.getElementById("screen")) {
  begin();
  hear(told);
  plan(LATEST);
  window.setInterval(tick, 5_000);
  document.addEventListener("zhili:live", (event) => {
    const now = (event as CustomEvent<{ state: string }>).detail.state;
    state(now);
    if (now === "open") plan(0);
  });
  document.addEventListener("zhili:reload", (event) => {
    event.preventDefault();
    void renewAll();
    map?.renew();
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if ((event.target as HTMLElement).id === "screen") begin();
  });
  document.body.addEventListener("htmx:historyRestore", begin);
}
