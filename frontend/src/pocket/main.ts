/**
 * /desk/pocket: a grid worker's list, forms and queue, drawn by the phone itself, with signal or without.
 * Addresses after the #: "/" the list, "/c/<number>" a matter, "/c/<number>/<action>" a form, "/quick/<n>", "/new/<n>", "/queue", "/e/<id>",
 * "/v/<visit>" and what is under it (visits/).
 */
import "../style/pocket.css";
import { drawAct, drawEdit, drawMatter, drawNew, drawQuick } from "./acts";
import { h, type Part, t } from "./dom";
import { drawList } from "./lists";
import { drawQueue } from "./queue";
import { begin, state } from "./state";

const box = document.getElementById("pocket")!;
const status = h("p", { class: "sr-only", role: "status", "aria-live": "polite" });
const told = h("div", { class: "pocket-told", "aria-hidden": "true" });
const page = h("div", { class: "stack" });
let shown = "";

/** The page of an address; a form being filled in is never drawn anew under the hands of whoever writes. */
function parts(route: string[]): { parts: Part[]; still: boolean } {
  const [kind, first = "", second = ""] = route;
  switch (kind) {
    case "c":
      return second ? { parts: drawAct(first, second), still: true } : { parts: drawMatter(first), still: false };
    case "quick":
      return { parts: drawQuick(Number(first)), still: true };
    case "new":
      return { parts: drawNew(Number(first)), still: true };
    case "e":
      return { parts: drawEdit(first), still: true };
    case "v":
      return drawVisit(route.slice(1));
    case "queue":
      return { parts: drawQueue(), still: false };
    default:
      return { parts: drawList(draw), still: false };
  }
}

let visits: typeof import("./visits/pages") | undefined;

/** Visits come with use: most who have the pocket go to none. */
function drawVisit(route: string[]): { parts: Part[]; still: boolean } {
  if (visits) return visits.page(route, draw);
  void import("./visits/pages").then((found) => {
    visits = found;
    draw();
  });
  return { parts: [h("p", { class: "quiet", role: "status" }, t("loading"))], still: false };
}

let still = false;

function draw(): void {
  const address = window.location.hash.replace(/^#\//, "");
  const moved = address !== shown;
  if (!moved && still) return say();
  const focused = document.activeElement?.id;
  const asking = page.querySelector(".btn-danger:not([hidden])");
  if (!moved && asking) return say(); // somebody is being asked whether they are sure
  const drawn = parts(address.split("/").map(decodeURIComponent));
  // A form that could not be drawn yet (the list is still coming) is tried again.
  still = drawn.still && !drawn.parts.some((one) => one instanceof HTMLElement && one.classList.contains("empty"));
  page.replaceChildren(...drawn.parts.filter((one): one is Node | string => Boolean(one)));
  if (moved) {
    const first = shown === "" && address === "";
    shown = address;
    window.scrollTo(0, 0);
    if (!first) page.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  } else if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  say();
}

function say(): void {
  if (!state.said) return;
  const words = t(state.said);
  state.said = "";
  status.textContent = words;
  told.textContent = words;
  told.classList.add("pocket-told-now");
  setTimeout(() => told.classList.remove("pocket-told-now"), 4000);
}

document.getElementById("pocket-plain")?.remove();
box.append(status, page, told);
window.addEventListener("hashchange", () => {
  shown = "\u0000"; // another page, even when the address is written alike
  draw();
});
// From the list of everything that waits on this phone (/outbox): what is ours is mended here.
if (window.location.search) window.history.replaceState(null, "", "/desk/pocket#/queue");
void begin(JSON.parse(document.getElementById("pocket-assets")?.textContent ?? "[]") as string[], draw).then(() => {
  box.dataset.ready = "1";
});
