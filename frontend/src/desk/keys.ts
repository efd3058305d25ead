/** Keys of the desk. Single letters can be switched off (WCAG 2.1.4), and never act while somebody types. */
const OFF = "zhili-keys-off";
let before = "";

const dialog = () => document.getElementById("keys") as HTMLDialogElement | null;
const rows = () => [...document.querySelectorAll<HTMLAnchorElement>("[data-matter] .row-title")];
const row = () => document.activeElement?.closest<HTMLElement>("[data-matter]") ?? document.querySelector<HTMLElement>("[data-matter][aria-current]");

function on(): boolean {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}

function typing(target: EventTarget | null): boolean {
  const at = target as HTMLElement;
  if (at.isContentEditable || at.closest("dialog[open], .maplibregl-map")) return true;
  return at.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");
}

function step(by: number): void {
  const all = rows();
  const here = all.findIndex((one) => one.closest("[data-matter]") === row());
  all[Math.min(Math.max(here + by, 0), all.length - 1)]?.focus();
}

/** To the form of the next step: of the matter that is open, else of the row. */
function next(): void {
  const form = document.querySelector<HTMLDetailsElement>("[data-desk-case] .now .act:not(.more-acts)");
  if (!form) {
    row()?.querySelector<HTMLAnchorElement>(".row-next a")?.click();
    return;
  }
  if (form instanceof HTMLDetailsElement) form.open = true;
  form.scrollIntoView({ block: "nearest" });
  form.querySelector<HTMLElement>("textarea, select, input:not([type=hidden]), button, a[href]")?.focus();
}

const ACTS: Record<string, () => void> = {
  j: () => step(1),
  k: () => step(-1),
  x: () => row()?.querySelector<HTMLInputElement>(".row-pick input")?.click(),
  e: next,
  "/": () => {
    const search = document.querySelector<HTMLInputElement>("[data-search]");
    if (search) search.focus();
    else location.assign("/desk/search");
  },
  "?": () => dialog()?.showModal(),
  "g i": () => location.assign("/desk"),
};

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) return;
  const arrow = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (arrow && (document.activeElement as HTMLElement).closest("[data-matter]")) {
    event.preventDefault();
    step(arrow);
    return;
  }
  if (event.key.length !== 1 || !on()) return;
  const act = ACTS[`${before} ${event.key}`] ?? ACTS[event.key];
  before = event.key;
  if (!act) return;
  event.preventDefault();
  act();
}

function show(): void {
  document.querySelectorAll<HTMLElement>("[data-keys]").forEach((button) => (button.hidden = false));
  const box = document.querySelector<HTMLInputElement>("[data-keys-on]");
  if (box) box.checked = on();
}

export function mountKeys(): void {
  show();
  document.body.addEventListener("htmx:load", show);
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    if ((event.target as HTMLElement).closest("[data-keys]")) dialog()?.showModal();
  });
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (!box.matches("[data-keys-on]")) return;
    try {
      if (box.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
    } catch {
      // a browser that keeps nothing: the keys stay as they are until the page goes
    }
  });
}
