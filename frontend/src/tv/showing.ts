/** Filling the page's own elements. None is made here: after a year there are as many as on the first day. */
export interface Row {
  name: string;
  value: string;
  word: string;
  state: string;
  note: string;
}
export interface Page {
  kind: string;
  title: string;
  heading: string;
  label: string;
  part: string;
  lines: string[];
  rows: Row[];
  picture: string;
  urgent: boolean;
  foot: string;
  seconds: number;
}
export interface Alarm {
  level: string;
  title: string;
  words: string;
  cell: string;
  since: string;
  state: string;
}
export interface Told {
  version: string;
  build: string;
  at: number;
  last: string;
  paired: boolean;
  display: string;
  pages: Page[];
  alarms: Alarm[];
}

const slot = (name: string): HTMLElement | null => document.querySelector<HTMLElement>(`[data-tv="${name}"]`);
const slots = (name: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`[data-tv="${name}"]`)];

function put(element: Element | null | undefined, text: string): void {
  if (!element) return;
  if (element.textContent !== text) element.textContent = text;
  (element as HTMLElement).hidden = text === "";
}

/** One line by its name; hidden when there is nothing to say. */
export function say(name: string, text: string): void {
  put(slot(name), text);
}

export function fill(page: Page): void {
  const stage = slot("page")!;
  stage.dataset.kind = page.kind;
  stage.classList.toggle("tv-urgent", page.urgent);
  for (const name of ["title", "heading", "label", "part", "foot"] as const) say(name, page[name]);
  slots("line").forEach((line, n) => put(line, page.lines[n] ?? ""));
  slots("row").forEach((row, n) => fillRow(row, page.rows[n]));
  const picture = slot("picture") as HTMLImageElement | null;
  if (!picture) return;
  const wanted = page.picture;
  if (wanted && picture.getAttribute("src") !== wanted) {
    picture.onerror = () => (picture.hidden = true); // not kept, and no network: the words stay
    picture.src = wanted;
  }
  picture.hidden = !wanted;
}

function fillRow(row: HTMLElement, given: Row | undefined): void {
  row.hidden = !given;
  if (!given) return;
  row.dataset.state = given.state;
  for (const name of ["name", "value", "word", "note"] as const) put(row.querySelector(`[data-cell="${name}"]`), given[name]);
}

/** Above everything, until they are over. */
export function sayAlarms(alarms: Alarm[]): void {
  const box = slot("alarms")!;
  slots("alarm").forEach((line, n) => {
    const one = alarms[n];
    line.hidden = !one;
    if (!one) return;
    line.dataset.level = one.level;
    put(line.querySelector('[data-cell="title"]'), one.title);
    put(line.querySelector('[data-cell="words"]'), one.words);
    put(line.querySelector('[data-cell="cell"]'), [one.cell, one.since, one.state].filter(Boolean).join(" · "));
  });
  box.hidden = alarms.length === 0;
  document.body.classList.toggle("tv-alarmed", alarms.length > 0);
  document.body.classList.toggle("tv-many", alarms.length > 1); // they take the screen, the page below waits
}
