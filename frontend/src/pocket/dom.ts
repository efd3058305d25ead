/** Small helpers for drawing: an element with its parts, an icon of the page, a sentence in the reader's language. */

export type Part = Node | string | false | null | undefined;
type Props = Record<string, string | boolean | number | ((event: Event) => void) | undefined>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props, ...parts: Part[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...parts.filter((one): one is Node | string => Boolean(one)));
  return made;
}

/** A drawing the page brought along. */
export function icon(name: string): Node {
  const found = document.querySelector<HTMLTemplateElement>(`template[data-icon="${name}"]`);
  return found ? found.content.cloneNode(true) : document.createTextNode("");
}

let words: Record<string, string> | undefined;

/** A sentence with its {gaps} filled; the form for one where there is one. */
export function t(name: string, gaps: Record<string, string | number> = {}): string {
  words ??= JSON.parse(document.getElementById("pocket-words")?.textContent ?? "{}") as Record<string, string>;
  const text = (gaps.n === 1 && words[`${name}_one`]) || words[name] || name;
  return text.replace(/\{(\w+)\}/g, (_, gap: string) => String(gaps[gap] ?? ""));
}

const shown = () => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
const hour = () => new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" });

export function moment(at: string | number): string {
  return shown().format(new Date(at));
}

/** A limit that ends with a day is said so, as on the desk: 24:00, not the next day's midnight. */
export function deadline(at: string): string {
  const due = new Date(at);
  if (due.getHours() || due.getMinutes()) return moment(at);
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" });
  return `${day.format(new Date(due.getTime() - 60_000))} 24:00`;
}

/** A date as such: 2026-11-23. */
export function dayOf(date: string): string {
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" }).format(new Date(`${date}T00:00`));
}

export function clock(at: string | number): string {
  return hour().format(new Date(at));
}
