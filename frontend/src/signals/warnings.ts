/** The list of warnings while it is open: what is raised now comes in on top; what somebody else took is said on its row.
 *
 * Rows are taken from the page as the server draws it for the same filters, so that a row never says more than the page would.
 */
import htmx from "../htmx";
import { live } from "../live";

const TOGETHER = 400;
let waiting: number | undefined;
let begun = false;

export function mount(): void {
  endUndo();
  if (begun) return;
  begun = true;
  live(["warning"], () => {
    waiting ??= window.setTimeout(() => {
      waiting = undefined;
      void renew();
    }, TOGETHER);
  });
  document.addEventListener("zhili:reload", (event) => {
    event.preventDefault();
    void renew();
  });
}

const list = (root: ParentNode) => root.querySelector<HTMLElement>("[data-warnings]");
const rows = (box: ParentNode) => [...box.querySelectorAll<HTMLElement>("[data-warning]")];

async function renew(): Promise<void> {
  const news = document.querySelector<HTMLElement>("[data-live-news]");
  try {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    if (news) news.hidden = false;
  }
}

function take(page: Document): void {
  const box = list(document);
  const fresh = list(page);
  if (!box || !fresh) return;
  for (const part of document.querySelectorAll<HTMLElement>("[data-warning-counts]")) {
    const now = page.querySelector(`[data-warning-counts="${part.dataset.warningCounts ?? ""}"]`);
    if (now && !part.contains(document.activeElement)) part.replaceChildren(...now.childNodes);
  }
  const here = box.querySelector("ul");
  if (!here) {
    if (!fresh.querySelector("ul")) return;
    box.replaceChildren(...fresh.childNodes); // the first one
    for (const row of rows(box)) row.classList.add("is-new");
    return tell(box);
  }
  const known = new Map(rows(box).map((row) => [row.dataset.warning, row]));
  let after: HTMLElement | undefined;
  for (const row of rows(fresh)) {
    const old = known.get(row.dataset.warning);
    known.delete(row.dataset.warning);
    if (!old) {
      row.classList.add("is-new");
      if (after) after.after(row);
      else here.prepend(row);
      after = row;
    } else {
      if (old.dataset.state !== row.dataset.state && !old.contains(document.activeElement)) old.replaceWith((after = row));
      else after = old;
    }
  }
  for (const gone of known.values()) {
    if (gone.contains(document.activeElement) || gone.dataset.mine !== undefined) continue;
    gone.classList.add("is-past");
    const side = gone.querySelector(".row-side");
    if (side) side.textContent = box.dataset.gone ?? "";
  }
  tell(box);
}

/** What was put in by hand is nothing htmx knows of yet. */
function tell(box: HTMLElement): void {
  htmx.process(box);
  box.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}

/** What was taken by mistake can be given back for some seconds; then the button goes. */
function endUndo(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-undo]:not([data-ready])")) {
    form.dataset.ready = "1";
    window.setTimeout(() => {
      if (form.isConnected && !form.querySelector("[aria-busy]")) form.remove();
    }, Number(form.dataset.undo) * 1000);
  }
}
