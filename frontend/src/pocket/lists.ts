/** The first page of the pocket: what is due first, what can be begun, and what this phone carries. */
import { inWords } from "../enhance/shrink";
import { clock, dayOf, deadline, h, icon, type Part, t } from "./dom";
import { flag, picture, type Visit } from "./pack";
import { drawMap } from "./ground";
import { where } from "./position";
import { state, takeAlong, refresh } from "./state";
import { thumbnail } from "./form";
import { type Matter, metres, ofVisit } from "./work";

export function drawList(redraw: () => void): Part[] {
  // Once it is carried along, the list comes first.
  return flag() ? [head(), ...notices(), going(), starts(), listing(redraw), carrying()] : [head(), ...notices(), carrying(), going(), starts(), listing(redraw)];
}

function head(): Part {
  const name = state.pack?.label ?? "";
  return h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("title")), name && h("p", {}, name));
}

/** What the worker must know before anything else. */
export function notices(): Part[] {
  const waiting = state.entries.filter((one) => one.state === "waiting" || one.state === "sending");
  const stuck = state.entries.filter((one) => one.state === "refused" || one.state === "conflict");
  const found: Part[] = [];
  if (!navigator.onLine) found.push(note("lake", "info", t("offline")));
  if (state.signedOut || state.entries.some((one) => one.hold === "sign_in"))
    found.push(note("soon", "lock", t("sign_in"), h("a", { class: "btn btn-plain", href: "/accounts/login/?next=/desk/pocket" }, t("sign_in_now"))));
  if (stuck.length) found.push(note("bad", "triangle-alert", t("stuck", { n: stuck.length }), toQueue()));
  else if (waiting.length) found.push(note("lake", "clock", t("waiting", { n: waiting.length }), toQueue()));
  if (state.others) found.push(note("soon", "users", t("others", { n: state.others })));
  return found;
}

function note(kind: string, drawing: string, words: string, ...more: Part[]): HTMLElement {
  return h("div", { class: `note note-${kind} pocket-note` }, icon(drawing), h("span", {}, words), ...more);
}

function toQueue(): HTMLElement {
  return h("a", { class: "btn btn-quiet", href: "#/queue" }, t("to_queue"));
}

function carrying(): Part {
  const on = Boolean(flag());
  const able = "serviceWorker" in navigator && "indexedDB" in window && window.isSecureContext;
  const box = h("input", {
    type: "checkbox",
    class: "checkbox",
    id: "carry",
    role: "switch",
    change: (event) => void takeAlong((event.target as HTMLInputElement).checked),
  });
  box.checked = on;
  box.disabled = state.busy || !able || (!on && !navigator.onLine);
  const pack = state.pack;
  const told =
    on && pack && state.carried
      ? t("carried", { n: pack.cases.length, pictures: state.carried.pictures, size: inWords(state.carried.bytes), until: clock(pack.until) })
      : t(able ? "carry_help" : "carry_unable");
  return h(
    "section",
    { class: "sheet sheet-pad stack-tight" },
    h("label", { class: "form-check pocket-switch" }, box, h("b", {}, t("carry"))),
    h("p", { class: "quiet", role: "status", "data-carried": !state.busy && on && Boolean(state.carried) }, state.busy ? t("busy") : told),
    on && pack && h("div", { class: "row-actions" }, again(pack.now)),
  );
}

function again(at: string): Part {
  const button = h("button", { class: "btn btn-plain", type: "button", click: () => void refresh() }, icon("rotate-ccw"), t("refresh", { at: clock(at) }));
  button.disabled = state.busy || !navigator.onLine;
  return button;
}

function starts(): Part {
  const openings = [...(state.pack?.openings ?? []).entries()].sort(([, a], [, b]) => Number(Boolean(b.quick)) - Number(Boolean(a.quick)));
  if (!openings.length) return null;
  return h(
    "nav",
    { class: "pocket-starts", "aria-label": t("begin") },
    ...openings.map(([n, one]) =>
      h(
        "a",
        { class: `btn ${one.quick ? "btn-primary" : "btn-plain"}`, href: one.quick ? `#/quick/${n}` : `#/new/${n}` },
        icon(one.quick ? "zap" : "plus"),
        one.title,
      ),
    ),
  );
}

/** Visits this officer goes to, today's first. */
function going(): Part {
  const visits = state.pack?.visits ?? [];
  if (!visits.length) return null;
  return h(
    "section",
    { class: "sheet", "aria-labelledby": "visits" },
    h("header", {}, h("h2", { id: "visits" }, t("visits", { n: visits.length }))),
    h("ol", { class: "rows pocket-rows" }, ...visits.map((one) => visitRow(one))),
  );
}

function visitRow(one: Visit): HTMLElement {
  const waiting = ofVisit(state.entries, one.id);
  return h(
    "li",
    {},
    h(
      "div",
      {},
      h("a", { class: "row-title", href: `#/v/${one.id}` }, one.name),
      h("p", { class: "row-meta" }, one.address && h("span", {}, icon("map-pin"), one.address), h("span", {}, dayOf(one.date)), h("span", {}, one.bodies.join("、"))),
    ),
    h("div", { class: "row-side" }, waiting.length > 0 && h("span", { class: "state state-lake" }, icon("clock"), t("undelivered", { n: waiting.length })), h("span", { class: "pill" }, t(`visit_${one.state}`))),
  );
}

function listing(redraw: () => void): Part {
  const pack = state.pack;
  if (!pack)
    return h("section", { class: "sheet empty" }, h("h2", {}, t(state.busy ? "loading" : "nothing_here")), h("p", {}, t(state.busy ? "busy" : "nothing_help")));
  const shown = sorted(state.matters);
  const gone = shown.filter((one) => one.gone);
  const open = shown.filter((one) => !one.gone);
  const more = pack.total - pack.cases.length;
  return h(
    "section",
    { class: "sheet", "aria-labelledby": "mine" },
    h("header", {}, h("h2", { id: "mine" }, t("mine", { n: open.length })), h("div", { class: "row-actions" }, sorter(redraw))),
    onMap(drawMap(pack.ground, open, state.here)),
    open.length
      ? h("ol", { class: "rows pocket-rows" }, ...open.map((one, n) => row(one, n + 1)))
      : h("div", { class: "empty" }, h("h3", {}, t("all_done")), h("p", {}, t("all_done_help"))),
    gone.length > 0 && h("h3", { class: "pocket-part" }, t("gone", { n: gone.length })),
    gone.length > 0 && h("ul", { class: "rows" }, ...gone.map((one) => row(one, 0))),
    more > 0 && h("p", { class: "quiet sheet-pad" }, t("more", { n: more })),
  );
}

let mapOpen = false;

/** Folded: the list is what is worked through. */
function onMap(map: Element | null): Part {
  if (!map) return null;
  const fold = h("details", { class: "fold pocket-fold", toggle: (event) => (mapOpen = (event.target as HTMLDetailsElement).open) }, h("summary", { id: "on-map" }, icon("chevron-right"), t("on_map")), map);
  fold.open = mapOpen;
  return fold;
}

function sorted(all: Matter[]): Matter[] {
  const here = state.byDistance ? state.here : null;
  if (!here) return all;
  const far = (one: Matter) => (one.case.lon === null || one.case.lat === null ? Infinity : metres(here, { lon: one.case.lon, lat: one.case.lat }));
  return [...all].sort((a, b) => far(a) - far(b));
}

/** By what is due, or by what is near: the phone reckons, and tells nobody where it is. */
function sorter(redraw: () => void): Part {
  const button = h("button", { class: "btn btn-plain", type: "button", "aria-pressed": String(state.byDistance) }, icon("locate-fixed"), t("by_distance"));
  button.addEventListener("click", () => {
    if (state.byDistance) {
      state.byDistance = false;
      redraw();
      return;
    }
    button.setAttribute("aria-busy", "true");
    void where().then((found) => {
      Object.assign(state, { here: found ?? state.here, byDistance: Boolean(found ?? state.here), said: found ? "sorted" : "position_failed" });
      redraw();
    });
  });
  return button;
}

function row(one: Matter, n: number): HTMLElement {
  const { case: matter } = one;
  const far = state.here && matter.lon !== null && matter.lat !== null ? metres(state.here, { lon: matter.lon, lat: matter.lat }) : null;
  return h(
    "li",
    {},
    h(
      "div",
      {},
      h("a", { class: "row-title", href: `#/c/${matter.number}` }, n ? `${n}. ${matter.title}` : matter.title),
      h(
        "p",
        { class: "row-meta" },
        matter.place && h("span", {}, icon("map-pin"), matter.place),
        h("span", {}, one.stageTitle),
        far !== null && h("span", {}, far < 950 ? t("metres", { n: Math.round(far / 10) * 10 }) : t("kilometres", { n: (far / 1000).toFixed(1) })),
      ),
    ),
    h("div", { class: "row-side" }, due(matter.due), undelivered(one)),
  );
}

export function undelivered(one: Matter): Part {
  if (one.stuck) return h("span", { class: "state state-over" }, icon("triangle-alert"), t("state_conflict"));
  if (one.pending.length) return h("span", { class: "state state-lake" }, icon("clock"), t("undelivered", { n: one.pending.length }));
  return null;
}

/** How long is left, by the server's clock. */
export function due(at: string | null): Part {
  if (!at) return null;
  const left = Date.parse(at) - Date.now() - (state.pack?.skew ?? 0);
  const minutes = Math.abs(left) / 60_000;
  const [unit, n] = minutes < 60 ? ["minutes", minutes] : minutes < 48 * 60 ? ["hours", minutes / 60] : ["days", minutes / 1440];
  const words = t(`${left < 0 ? "over" : "left"}_${unit}`, { n: Math.max(1, Math.floor(n as number)) });
  const kind = left < 0 ? "over" : left < 24 * 3600_000 ? "soon" : "";
  return h("span", { class: `state ${kind && `state-${kind}`}`, title: deadline(at) }, icon(left < 0 ? "triangle-alert" : "clock"), words);
}

/** The small pictures that came along. */
export function pictures(matter: Matter["case"]): HTMLElement | null {
  if (!matter.photos.length) return null;
  const list = h("ul", { class: "pictures" });
  matter.photos.forEach((url, n) => {
    void picture(url).then((blob) => {
      const words = t("photo", { n: n + 1 });
      list.append(h("li", {}, blob ? thumbnail(blob, words) : navigator.onLine ? h("img", { src: url, alt: words }) : h("span", { class: "quiet" }, t("photo_online"))));
    });
  });
  return list;
}
