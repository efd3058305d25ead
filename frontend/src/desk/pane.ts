/** On a wide screen a matter opens beside its list. The address says which (?open=), so Back and a link to it work. */
import htmx from "../htmx";

const WIDE = window.matchMedia("(min-width: 1200px)");
let begun = false;

const desk = () => document.querySelector<HTMLElement>("[data-desk]");
const pane = () => document.getElementById("pane");
export const wide = () => WIDE.matches && document.documentElement.dataset.theme !== "elder";

/** The list's own address: without the matter that is open and without where in it somebody stands. */
function list(): URLSearchParams {
  const said = new URLSearchParams(location.search);
  said.delete("open");
  said.delete("after");
  return said;
}

function mark(number: string): void {
  document.querySelectorAll("[data-matter]").forEach((row) => {
    if ((row as HTMLElement).dataset.matter === number) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
}

function say(text: string): void {
  const box = pane();
  if (!box) return;
  const told = document.createElement("p");
  told.className = "sheet sheet-pad quiet";
  told.setAttribute("role", "status");
  told.textContent = text;
  box.replaceChildren(told);
}

/** Put a matter beside the list. `focus`: go there, as after a press; not when it is only drawn again. */
async function open(number: string, focus: boolean): Promise<void> {
  const box = pane();
  const root = desk();
  if (!box || !root) return;
  root.classList.add("desk-split");
  root.dataset.open = number;
  root.dataset.shown = number;
  box.hidden = false;
  mark(number);
  const late = setTimeout(() => say(box.dataset.loading ?? ""), 150);
  const asked = new URLSearchParams({ pane: "1", list: list().toString() });
  const failed = () => box.replaceChildren(); // why is said above it, with a button to try again
  box.addEventListener("htmx:sendError", failed, { once: true });
  await htmx.ajax("get", `/desk/c/${number}?${asked.toString()}`, { target: "#pane", source: "#pane", swap: "innerHTML" });
  clearTimeout(late);
  box.removeEventListener("htmx:sendError", failed);
  box.scrollTop = 0;
  if (focus) box.focus({ preventScroll: true });
}

function close(): void {
  const root = desk();
  const box = pane();
  if (!root || !box) return;
  const was = root.dataset.open ?? "";
  root.classList.remove("desk-split");
  delete root.dataset.open;
  delete root.dataset.shown;
  box.hidden = true;
  box.replaceChildren();
  mark("");
  document.querySelector<HTMLElement>(`[data-matter="${was}"] .row-title`)?.focus();
}

function go(number: string): void {
  const said = new URLSearchParams(location.search);
  if (number) said.set("open", number);
  else said.delete("open");
  history.pushState({ desk: true }, "", `${location.pathname}?${said.toString()}`);
}

function pressed(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || !wide()) return;
  const at = event.target as HTMLElement;
  const row = at.closest<HTMLElement>("[data-desk] [data-matter]");
  if (row && at.closest("a.row-title")) {
    event.preventDefault();
    go(row.dataset.matter ?? "");
    void open(row.dataset.matter ?? "", true);
  } else if (at.closest("[data-close-pane]")) {
    event.preventDefault();
    go("");
    close();
  }
}

/** Back and forward between matters of one list; anything else is another page, and is fetched. */
function moved(event: PopStateEvent): void {
  if (!desk() || location.pathname !== "/desk" || (event.state as { htmx?: boolean } | null)?.htmx) return;
  const number = new URLSearchParams(location.search).get("open") ?? "";
  if (number && wide()) void open(number, false);
  else if (number) location.replace(`/desk/c/${number}`);
  else close();
}

export function mountPane(): void {
  const root = desk();
  if (!root) return;
  const number = root.dataset.open ?? "";
  if (number && !wide()) location.replace(`/desk/c/${number}`);
  else if (number && root.dataset.shown !== number) void open(number, false);
  root.querySelectorAll<HTMLInputElement>("form[data-next] input[name=_pane]").forEach((one) => (one.value = wide() ? "1" : ""));
  if (begun) return;
  begun = true;
  document.addEventListener("click", pressed);
  window.addEventListener("popstate", moved);
}
