/** A visit on a phone, with signal or without: "<visit>", "<visit>/i/<item>", "<visit>/scan", "<visit>/s/<officer>", "<visit>/close". */
import { back, done, missing } from "../acts";
import { dayOf, h, icon, type Part, t } from "../dom";
import type { Item, Visit } from "../pack";
import { ofVisit } from "../work";
import { state } from "../state";
import { drawItem } from "./item";
import { count, keep, spoken, visitOf, waiting } from "./own";
import { drawScan } from "./scan";
import { drawSign } from "./sign";

export function page([id = "", kind = "", which = ""]: string[], _redraw: () => void): { parts: Part[]; still: boolean } {
  const visit = visitOf(id);
  if (!visit) return { parts: missing(), still: false };
  const item = visit.items.find((one) => one.id === Number(which));
  if (kind === "i" && item) return { parts: drawItem(visit, item), still: true };
  if (kind === "scan") return { parts: drawScan(visit), still: true };
  if (kind === "s") return { parts: drawSign(visit, Number(which)), still: true };
  if (kind === "close") return { parts: drawClose(visit), still: false };
  return { parts: drawVisit(visit), still: false };
}

function drawVisit(visit: Visit): Part[] {
  const told = count(visit);
  const sent = waiting(visit);
  const closing = sent.some((one) => one.close);
  const ready = told.done === told.all && !told.open.length;
  const pending = ofVisit(state.entries, visit.id);
  const stuck = pending.some((one) => one.state === "refused" || one.state === "conflict");
  return [
    back(),
    h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, visit.name), h("p", {}, [dayOf(visit.date), ...visit.bodies].join(" · ")), visit.address && h("p", { class: "quiet" }, visit.address)),
    stuck && h("div", { class: "note note-bad pocket-note" }, icon("triangle-alert"), h("span", {}, t("stuck_here")), h("a", { class: "btn btn-quiet", href: "#/queue" }, t("to_queue"))),
    closing && h("div", { class: "note note-good pocket-note" }, icon("circle-check"), h("span", {}, t("visit_closed_here"))),
    arrival(visit, sent.some((one) => one.arrived), ready),
    told.open.length > 0 && h("div", { class: "note note-soon pocket-note" }, icon("users"), h("span", {}, t("visit_open_questions", { n: told.open.length }))),
    ...bodies(visit),
    signing(visit),
    h(
      "section",
      { class: "sheet sheet-pad stack-tight" },
      h("p", {}, t("visit_progress", { n: told.done, all: told.all }), told.bad.length > 0 && `，${t("visit_bad", { n: told.bad.length })}`),
      h("div", { class: "row-actions" }, !closing && h("a", { class: `btn ${ready ? "btn-primary" : "btn-plain"} btn-wide`, href: `#/v/${visit.id}/close` }, t("visit_close"))),
      pending.length > 0 && h("p", { class: "quiet" }, t("undelivered", { n: pending.length })),
      h("p", {}, h("a", { class: "tap", href: `/desk/visits/${visit.id}` }, t("whole"))),
    ),
  ];
}

function arrival(visit: Visit, kept: boolean, ready: boolean): Part {
  const came = visit.arrived || kept;
  const image = h("img", { class: "visit-code", alt: t("visit_code_alt"), src: `data:image/svg+xml,${encodeURIComponent(visit.code)}` });
  return h(
    "section",
    { class: "sheet sheet-pad stack-tight" },
    came
      ? h("p", {}, h("span", { class: "state state-done" }, icon("circle-check"), t(visit.arrived ? "visit_arrived" : "visit_arrived_here")))
      : h("a", { class: `btn ${ready ? "btn-plain" : "btn-primary"} btn-wide`, href: `#/v/${visit.id}/scan` }, icon("qr-code"), t("visit_arrive")),
    visit.confirmed && h("p", { class: "quiet" }, t("visit_confirmed")),
    h("details", { class: "fold" }, h("summary", {}, icon("chevron-right"), t("visit_code")), h("div", { class: "stack-tight" }, image, h("p", { class: "quiet" }, t("visit_code_help")))),
    visit.why.length > 0 && h("details", { class: "fold" }, h("summary", {}, icon("chevron-right"), t("visit_why")), ...visit.why.map((one) => h("p", {}, one))),
  );
}

/** The items under their bodies: those who go together read their own. */
function bodies(visit: Visit): HTMLElement[] {
  const names = [...new Set(visit.items.map((one) => one.body))];
  return names.map((name) =>
    h(
      "section",
      { class: "sheet" },
      h("header", {}, h("h2", {}, name)),
      h("ul", { class: "rows" }, ...visit.items.filter((one) => one.body === name).map((one) => itemRow(visit, one))),
    ),
  );
}

function itemRow(visit: Visit, item: Item): HTMLElement {
  const told = count(visit, [item]);
  const [kind, drawing, words] = told.open.length
    ? ["state-soon", "users", t("visit_differs")]
    : told.bad.length
      ? ["state-over", "triangle-alert", t("visit_bad", { n: told.bad.length })]
      : told.done === told.all
        ? ["state-done", "circle-check", t("visit_filled")]
        : ["", "clock", t("visit_progress", { n: told.done, all: told.all })];
  return h(
    "li",
    {},
    h("div", {}, h("a", { class: "row-title", href: `#/v/${visit.id}/i/${item.id}` }, item.title), h("p", { class: "quiet" }, item.basis)),
    h("div", { class: "row-side" }, h("span", { class: `state ${kind}` }, icon(drawing ?? ""), words)),
  );
}

function signing(visit: Visit): HTMLElement {
  const here = waiting(visit).flatMap((one) => (one.signature ? [one.signature] : []));
  const row = (inspector: number, who: string) => {
    const kept = here.filter((one) => (one.inspector ?? 0) === inspector).at(-1);
    const known = visit.signed.find((one) => one.inspector === inspector);
    const words = kept ? t(kept.reason ? "sign_refused" : "sign_done") : known ? t(known.refused ? "sign_refused" : known.changed ? "sign_changed" : "sign_done") : t("sign_not_yet");
    const good = kept ?? (known && !known.changed);
    return h(
      "li",
      {},
      h("a", { class: "row-title", href: `#/v/${visit.id}/s/${inspector}` }, who),
      h("div", { class: "row-side" }, h("span", { class: `state ${good ? "state-done" : ""}` }, icon(good ? "circle-check" : "clock"), words)),
    );
  };
  return h(
    "section",
    { class: "sheet" },
    h("header", {}, h("h2", {}, t("sign"))),
    h("ul", { class: "rows" }, ...visit.officers.map((one) => row(one.id, `${one.body} ${one.number}`)), row(0, t("sign_present"))),
  );
}

/** The end: what was found, what still lacks. The server looks again when it arrives. */
function drawClose(visit: Visit): Part[] {
  const told = count(visit);
  const lacks = told.all - told.done;
  const scanned = visit.arrived || visit.confirmed || waiting(visit).some((one) => one.arrived);
  const button = h("button", { type: "button", class: "btn btn-primary btn-wide" }, t("visit_close"));
  button.disabled = lacks > 0 || told.open.length > 0;
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    void keep(visit, t("visit_close"), { close: true }).then(() => done(`#/v/${visit.id}`, "kept"));
  });
  return [
    back(`#/v/${visit.id}`),
    h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("visit_close")), h("p", {}, visit.name)),
    h(
      "section",
      { class: "sheet sheet-pad stack" },
      h("h2", {}, t("visit_found")),
      told.bad.length
        ? h("ul", { class: "reasons" }, ...told.bad.map(([, one, answer]) => h("li", {}, icon("triangle-alert"), h("span", {}, `${one.title}：${spoken(one, answer.value)}${answer.note ? `。${answer.note}` : ""}`, answer.photos > 0 && ` · ${t("visit_photos", { n: answer.photos })}`))))
        : h("p", {}, t("visit_nothing_found")),
      lacks > 0 && h("p", { class: "form-error" }, t("visit_lacks", { n: lacks })),
      told.open.length > 0 && h("p", { class: "form-error" }, t("visit_open_questions", { n: told.open.length })),
      !scanned && h("p", { class: "note note-soon" }, icon("triangle-alert"), h("span", {}, t("visit_unscanned"))),
      h("p", { class: "quiet" }, t("visit_close_help")),
      h("div", { class: "row-actions" }, button),
    ),
  ];
}
