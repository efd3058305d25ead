/**
 * The loading and the error state of whatever is fetched into a page. While it comes, the part is marked busy; when it does
 * not come, what was there stays, and a message beside it says so and offers to try again.
 */
import type htmx from "htmx.org";
import { word } from "./words";

/** `requestConfig.elt` is what asked; the event's own `elt` is whatever the event was sent to. */
interface Told {
  target: HTMLElement;
  xhr: XMLHttpRequest;
  shouldSwap?: boolean;
  requestConfig: { verb: string; path: string; elt: HTMLElement };
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
    const elsewhere = lacks(told);
    if (told.xhr.status < 500 && !elsewhere) return;
    told.shouldSwap = false;
    // The sign-in page, mostly: shown whole, and it leads back here.
    if (told.xhr.status < 500 && told.requestConfig.verb === "get") window.location.reload();
    else fail(hx, told, word("partFailed"));
  });
  on("htmx:timeout", (told) => fail(hx, told, word("unreachable")));
  on("htmx:sendError", (told) => {
    // A form that keeps what was typed says it itself, where the reader is looking.
    if (!told.requestConfig.elt.closest("form")?.querySelector("[data-offline-note]")) fail(hx, told, word("unreachable"));
  });
}

/** The answer is a page about something else: taking a part of it that is not there would leave nothing. */
function lacks({ requestConfig: { elt }, xhr }: Told): boolean {
  const wanted = xhr.getResponseHeader("HX-Reselect") ?? elt.closest("[hx-select]")?.getAttribute("hx-select");
  return Boolean(wanted) && !new DOMParser().parseFromString(xhr.response, "text/html").querySelector(wanted!);
}

function fail(hx: typeof htmx, { target, requestConfig }: Told, text: string): void {
  const { elt, path, verb } = requestConfig;
  const note = document.createElement("div");
  note.className = "note note-bad failed";
  note.dataset.failed = path;
  note.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = text;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-plain";
  again.textContent = word("again");
  again.addEventListener("click", () => {
    note.remove();
    void hx.ajax(verb as "get", path, { source: elt });
  });
  note.append(words, again);
  const beside = target.id === "main" ? elt : target;
  if (beside.matches("dd, td, li")) beside.prepend(note);
  else beside.before(note);
}
