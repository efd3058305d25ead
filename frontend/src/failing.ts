/**
 * The loading and the error state of whatever is fetched into a page. While it comes, the part is marked busy; when it does
 * not come, what was there stays, and a message beside it says so and offers to try again.
 */
import type htmx from "htmx.org";
import { word } from "./words";

interface Told {
  elt: HTMLElement;
  target: HTMLElement;
  xhr: XMLHttpRequest;
  shouldSwap?: boolean;
  requestConfig: { verb: string; path: string };
}

export function tellFailures(hx: typeof htmx): void {
  const on = (name: string, act: (told: Told) => void): void =>
    document.body.addEventListener(name, (event) => act((event as CustomEvent<Told>).detail));
  on("htmx:beforeRequest", (told) => {
    told.target.setAttribute("aria-busy", "true");
    document.querySelectorAll(`[data-failed="${told.requestConfig.path}"]`).forEach((note) => note.remove());
  });
  on("htmx:afterRequest", (told) => told.target.removeAttribute("aria-busy"));
  on("htmx:beforeSwap", (told) => {
    if (told.xhr.status < 400 || (told.xhr.status < 500 && !lacks(told))) return;
    told.shouldSwap = false;
    fail(hx, told, word("partFailed"));
  });
  on("htmx:timeout", (told) => fail(hx, told, word("unreachable")));
  on("htmx:sendError", (told) => {
    // A form that keeps what was typed says it itself, where the reader is looking.
    if (!told.elt.closest("form")?.querySelector("[data-offline-note]")) fail(hx, told, word("unreachable"));
  });
}

/** The answer is a page about something else: taking a part of it that is not there would leave nothing. */
function lacks({ elt, xhr }: Told): boolean {
  const wanted = elt.closest("[hx-select]")?.getAttribute("hx-select");
  return Boolean(wanted) && !new DOMParser().parseFromString(xhr.response, "text/html").querySelector(wanted!);
}

function fail(hx: typeof htmx, { elt, target, requestConfig }: Told, text: string): void {
  const note = document.createElement("div");
  note.className = "note note-bad failed";
  note.dataset.failed = requestConfig.path;
  note.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = text;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-plain";
  again.textContent = word("again");
  again.addEventListener("click", () => {
    note.remove();
    void hx.ajax(requestConfig.verb as "get", requestConfig.path, { source: elt });
  });
  note.append(words, again);
  const beside = target.id === "main" ? elt : target;
  if (beside.matches("dd, td, li")) beside.prepend(note);
  else beside.before(note);
}
