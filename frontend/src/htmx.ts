/** htmx, told to evaluate nothing, and to show the fragments that explain a refusal. */
import htmx from "htmx.org";
import { tellFailures } from "./failing";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;
htmx.config.scrollBehavior = "instant" as typeof htmx.config.scrollBehavior;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "4..", swap: true, error: false },
  { code: "5..", swap: true, error: true },
];

tellFailures(htmx);

// The part that had the focus is gone with the old content: go on from the new one, not from the top of the page.
document.body.addEventListener("htmx:afterSettle", () => {
  const main = document.getElementById("main");
  if (document.activeElement === document.body && main) main.focus({ preventScroll: true });
});

// No answer at all: say so where the reader is looking, and keep what was typed.
document.body.addEventListener("htmx:sendError", (event) => {
  const target = event.target as HTMLElement;
  const form = target.closest("form");
  const note = (form ?? target).querySelector<HTMLElement>("[data-offline-note]");
  if (note) note.hidden = false;
  form?.querySelectorAll<HTMLButtonElement>("button[data-busy]").forEach((button) => {
    button.disabled = false;
    button.removeAttribute("data-busy");
  });
});

export default htmx;
