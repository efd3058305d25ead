/** A signature: drawn with a finger, or photographed from paper. A picture only; how fast or hard it was drawn is not kept. */
import { shrink } from "../../enhance/shrink";
import { back, done } from "../acts";
import { h, icon, type Part, t } from "../dom";
import type { Visit } from "../pack";
import { count, keep, moment, shown, spoken, standing, visitOf } from "./own";

const CAPACITIES = ["charge", "staff", "other"];

export function drawSign(visit: Visit, inspector: number): Part[] {
  const officer = visit.officers.find((one) => one.id === inspector);
  const home = `#/v/${visit.id}`;
  const who = officer ? `${officer.body} ${officer.number}` : t("sign_present");
  const pad = sheet();
  const paper = h("input", { id: "sign-paper", type: "file", accept: "image/*" });
  const capacity = picks();
  const reason = h("textarea", { id: "sign-reason", rows: 2, maxlength: 300 });
  const trouble = h("p", { class: "form-error", role: "alert", hidden: true }, t(officer ? "sign_please" : "sign_or_refuse"));
  const button = h("button", { class: "btn btn-primary btn-wide", type: "submit" }, t("sign_keep"));
  const submit = async (event: Event) => {
    event.preventDefault();
    const chosen = paper.files?.[0];
    const picture = chosen ? (await shrink(chosen)).file : await pad.picture();
    const why = officer ? "" : reason.value.trim();
    trouble.hidden = Boolean(picture ?? why);
    if (!trouble.hidden || button.hasAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    const signature = { inspector: officer ? inspector : null, capacity: officer ? "" : capacity.value(), reason: picture ? "" : why, shown: shown(visitOf(String(visit.id)) ?? visit), made_at: moment() };
    const files = picture ? [{ at: "signature.picture", name: "signature.png", blob: picture }] : [];
    await keep(visit, `${t("sign")} · ${who}`, { signature }, files);
    done(home, "kept");
  };
  return [
    back(home),
    h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("sign")), h("p", {}, who)),
    under(visit),
    h(
      "form",
      { class: "sheet sheet-pad form", novalidate: true, submit: (event) => void submit(event) },
      !officer && capacity.box,
      h("div", { class: "form-field stack-tight" }, h("p", { class: "form-label", id: "sign-here" }, t("sign_here")), pad.canvas, h("div", { class: "row-actions" }, h("button", { type: "button", class: "btn btn-quiet", click: pad.clear }, icon("rotate-ccw"), t("sign_again")))),
      h("details", { class: "fold" }, h("summary", {}, icon("chevron-right"), t("sign_paper")), h("label", { class: "form-label", for: "sign-paper" }, t("sign_paper_photo")), paper),
      !officer && h("details", { class: "fold" }, h("summary", {}, icon("chevron-right"), t("sign_refuse")), h("label", { class: "form-label", for: "sign-reason" }, t("sign_reason")), reason),
      trouble,
      h("p", { class: "quiet" }, t("sign_help")),
      h("div", { class: "row-actions" }, button),
    ),
  ];
}

/** What is signed for: all of it, what was found first. */
function under(visit: Visit): HTMLElement {
  const told = count(visit);
  const now = standing(visit);
  const lines = visit.items.flatMap((item) =>
    item.questions.flatMap((one) => {
      const answer = now.get(`${item.id} ${one.code}`);
      return answer ? [h("li", {}, icon("chevron-right"), h("span", {}, `${one.title}：${spoken(one, answer.value)}${answer.note ? `。${answer.note}` : ""}`))] : [];
    }),
  );
  return h(
    "section",
    { class: "sheet sheet-pad stack-tight" },
    h("p", {}, t("visit_progress", { n: told.done, all: told.all }), "，", told.bad.length ? t("visit_bad", { n: told.bad.length }) : t("visit_nothing_found")),
    h("details", { class: "fold" }, h("summary", {}, icon("chevron-right"), t("sign_read")), h("ul", { class: "reasons" }, ...lines)),
  );
}

function picks(): { box: HTMLElement; value: () => string } {
  const select = h("select", { id: "sign-capacity" }, ...CAPACITIES.map((one) => h("option", { value: one }, t(`capacity_${one}`))));
  return { box: h("div", { class: "form-field" }, h("label", { class: "form-label", for: "sign-capacity" }, t("sign_capacity")), select), value: () => select.value };
}

function sheet(): { canvas: HTMLCanvasElement; clear: () => void; picture: () => Promise<Blob | null> } {
  const canvas = h("canvas", { class: "visit-sign", width: 720, height: 320, role: "img", "aria-labelledby": "sign-here" });
  const pen = canvas.getContext("2d")!;
  let drawn = false;
  const clear = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    drawn = false;
  };
  const at = (event: PointerEvent): [number, number] => [(event.offsetX * canvas.width) / canvas.clientWidth, (event.offsetY * canvas.height) / canvas.clientHeight];
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    Object.assign(pen, { strokeStyle: "#111", lineWidth: 5, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...at(event));
    pen.stroke();
    drawn = true;
  });
  clear();
  return { canvas, clear, picture: () => new Promise((take) => (drawn ? canvas.toBlob(take, "image/png") : take(null))) };
}
