/** The list beside the map: what arrives stands on top at once, marked for a short while. */
import { type Place, timeOf } from "./place";
import type { Told } from "./told";

const MARKED = 20_000;
const LONGEST = 12;
const fresh = new Map<string, number>();

export function arrived(event: Told, place: Place, words: DOMStringMap): void {
  const list = document.getElementById("screen-queue");
  if (!list || !event.number) return;
  const known = list.querySelector<HTMLElement>(`[data-number="${CSS.escape(event.number)}"]`);
  if (known) return restate(known, event, words);
  if (event.kind !== "opened" || place.order !== "new") return;
  const row = made(event, words.zone);
  if (!row) return;
  fresh.set(event.number, Date.now());
  list.prepend(row);
  document.querySelector<HTMLElement>("[data-nothing]")?.remove();
  while (list.children.length > LONGEST) list.lastElementChild?.remove();
  const said = document.querySelector<HTMLElement>("[data-arrivals]");
  if (said) said.textContent = (words.arrived ?? "%s").replace("%s", event.title ?? "");
  window.setTimeout(refreshMarks, MARKED + 100);
}

function made(event: Told, zone: string | undefined): HTMLElement | undefined {
  const pattern = document.getElementById("screen-row") as HTMLTemplateElement | null;
  const row = pattern?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
  if (!row) return undefined;
  row.dataset.number = event.number ?? "";
  const link = row.querySelector<HTMLAnchorElement>(".row-title");
  if (link) {
    link.href = event.url;
    link.textContent = event.title ?? "";
  }
  put(row, "[data-where]", event.category_title ?? "");
  put(row, "[data-office]", event.office_name);
  put(row, "[data-stage]", event.stage_title ?? "");
  put(row, "time", timeOf(new Date(event.at), zone));
  return row;
}

/** A matter in the list went on: say where it is now. */
function restate(row: HTMLElement, event: Told, words: DOMStringMap): void {
  const state = row.querySelector<HTMLElement>(".state");
  if (!state) return;
  const late = event.kind === "overdue" || event.overdue === true;
  state.className = `state ${late ? "state-over" : event.closed ? "state-done" : "state-lake"}`;
  state.textContent = late ? (words.late ?? "") : (event.stage_title ?? "");
}

function put(row: HTMLElement, where: string, text: string): void {
  const box = row.querySelector<HTMLElement>(where);
  if (box) box.textContent = text;
}

/** Rows drawn anew by the server keep their mark; those that had it long enough lose it. */
export function refreshMarks(): void {
  for (const [number, since] of fresh) if (Date.now() - since > MARKED) fresh.delete(number);
  document.querySelectorAll<HTMLElement>("#screen-queue > [data-number]").forEach((row) => {
    row.classList.toggle("is-new", fresh.has(row.dataset.number ?? ""));
  });
}
