/** The questions of one item of a visit, each with note and photos; kept in one go. */
import { back, done, MOST_KEPT } from "../acts";
import { h, icon, moment as shownAt, type Part, t } from "../dom";
import { files } from "../form";
import type { Item, Question, Visit } from "../pack";
import { stored } from "../state";
import { type Answer, isBad, isOpen, keep, moment, remember, standing } from "./own";
import type { Attached } from "../../offline/outbox";

interface Asked {
  question: Question;
  box: HTMLElement;
  value: () => string;
  note: () => string;
  photos: () => Attached[];
  before: Answer | undefined;
  focus: () => void;
}

export function drawItem(visit: Visit, item: Item): Part[] {
  const now = standing(visit);
  const asked = item.questions.map((one) => ask(item, one, now.get(`${item.id} ${one.code}`)));
  const trouble = h("p", { class: "form-error", role: "alert", hidden: true });
  const button = h("button", { class: "btn btn-primary btn-wide", type: "submit" }, t("visit_keep"));
  const home = `#/v/${visit.id}`;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (button.hasAttribute("aria-busy") || !fits(asked)) return;
    const fresh = asked.filter(isFresh);
    if (!fresh.length) return void (window.location.hash = home);
    button.setAttribute("aria-busy", "true");
    try {
      if (stored() > MOST_KEPT) throw new Error("full");
      const at = moment();
      await keep(visit, item.title, ...packed(visit, item, fresh, at));
      for (const one of fresh)
        remember(visit, item.id, one.question.code, at, { value: one.value() || "taken", note: one.note(), photos: (one.before?.photos ?? 0) + one.photos().length, waits: true });
      done(home, "kept");
    } catch {
      trouble.hidden = false;
      trouble.textContent = t("not_kept");
      button.removeAttribute("aria-busy");
    }
  };
  const form = h("form", { class: "form", novalidate: true, submit: (event) => void submit(event) }, ...asked.map((one) => one.box), trouble, h("div", { class: "row-actions" }, button));
  return [back(home), h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, item.title), h("p", { class: "quiet" }, item.basis)), h("section", { class: "sheet sheet-pad" }, form)];
}

/** Something new was said: another answer, another word, a photo; or two differ and this one settles it. */
function isFresh({ question, before, value, note, photos }: Asked): boolean {
  if (!value() && !photos().length) return false;
  return !before || photos().length > 0 || value() !== before.value || note() !== before.note || isOpen(question, before);
}

function packed(visit: Visit, item: Item, fresh: Asked[], at: string): [Record<string, unknown>, Attached[]] {
  const answers = fresh.map((one) => ({ item: item.id, question: one.question.code, value: one.value() || "taken", note: one.note(), made_at: at }));
  const pictures = fresh.flatMap((one, n) => one.photos().map((file) => ({ ...file, at: `answers.${n}.photos` })));
  return [{ seen: visit.seen, answers }, pictures];
}

function fits(asked: Asked[]): boolean {
  const faults = asked.filter((one) => {
    const value = one.value();
    const wrong = one.question.kind === "number" && value !== "" && !Number.isFinite(Number(value)) ? t("visit_number") : "";
    one.box.classList.toggle("form-field-wrong", Boolean(wrong));
    one.box.querySelector(".form-error")?.remove();
    if (wrong) one.box.append(h("p", { class: "form-error", role: "alert" }, wrong));
    return wrong;
  });
  faults[0]?.focus();
  return !faults.length;
}

function ask(item: Item, question: Question, before: Answer | undefined): Asked {
  const id = `q-${item.id}-${question.code}`;
  const given = isOpen(question, before) ? undefined : before;
  const found = h("p", { class: "visit-bad", hidden: true }, icon("triangle-alert"), h("span", {}, t("visit_is_bad")));
  const input = question.choices.length ? picks(question, id, given?.value ?? "") : words(question, id, given?.value ?? "");
  const note = h("textarea", { id: `${id}-n`, rows: 2, maxlength: 2000 });
  note.value = given?.note ?? "";
  const photos = files({ name: id, label: t("visit_photo"), type: "files", required: false, when: null, help: "", default: null, max: 9 }, `${id}-p`, []);
  const more = h("details", { class: "fold" }, h("summary", {}, icon("chevron-right"), t("visit_more")), h("div", { class: "stack-tight" }, h("label", { class: "form-label", for: `${id}-n` }, t("visit_note")), note, photos.box, Boolean(before?.photos) && h("p", { class: "quiet" }, t("visit_photos", { n: before!.photos }))));
  more.open = Boolean(note.value) || question.kind === "photo";
  // As one types, not when the field is left: the page must not move under a finger on its way to the button.
  const look = () => {
    found.hidden = !input.value() || !isBad(question, input.value());
    if (!found.hidden) more.open = true;
  };
  const box = h("div", { class: "form-field stack-tight visit-question", input: look }, input.box, found, said(question, before), more);
  look();
  return { question, box, value: input.value, note: () => note.value.trim(), photos: () => photos.files?.() ?? [], before, focus: input.focus };
}

function picks(question: Question, id: string, value: string): { box: HTMLElement; value: () => string; focus: () => void } {
  const radios = question.choices.map(([each, words]) => {
    const radio = h("input", { class: "radio", type: "radio", name: id, value: each });
    radio.checked = each === value;
    return { radio, box: h("label", { class: "form-check" }, radio, h("span", {}, words)) };
  });
  const box = h("fieldset", {}, h("legend", { class: "form-label" }, question.title), h("div", { class: "row-actions visit-picks" }, ...radios.map((one) => one.box)));
  return { box, value: () => radios.find((one) => one.radio.checked)?.radio.value ?? "", focus: () => radios[0]?.radio.focus() };
}

function words(question: Question, id: string, value: string): { box: HTMLElement; value: () => string; focus: () => void } {
  const number = question.kind === "number";
  const input = number ? h("input", { id, type: "text", inputmode: "decimal", autocomplete: "off" }) : h("textarea", { id, rows: 2, maxlength: 2000 });
  input.value = value;
  const title = question.unit ? `${question.title}（${question.unit}）` : question.title;
  const box = h("div", { class: "stack-tight" }, h("label", { class: "form-label", for: id }, title), number && h("p", { class: "form-help" }, bounds(question)), input);
  // As the server writes a number, so that what was signed reads alike there: 1.50 is 1.5.
  const said = () => (number && input.value.trim() && Number.isFinite(Number(input.value)) ? String(Number(input.value)) : input.value.trim());
  return { box, value: said, focus: () => input.focus() };
}

function bounds({ low, high, unit }: Question): string {
  const gaps = { low: low ?? "", high: high ?? "", unit };
  if (low !== null && high !== null) return t("visit_between", gaps);
  if (high !== null) return t("visit_at_most", gaps);
  return low !== null ? t("visit_at_least", gaps) : "";
}

/** Both sides' words where they differ; whoever reads them settles it by answering once more. */
function said(question: Question, before: Answer | undefined): Part {
  if (!isOpen(question, before)) return null;
  return h(
    "div",
    { class: "note note-soon" },
    icon("users"),
    h("div", { class: "stack-tight" }, h("p", {}, t("visit_differ_help")), h("ul", { class: "reasons" }, ...question.said.map((one) => h("li", {}, icon("chevron-right"), h("span", {}, h("b", {}, one.words), one.note && `：${one.note}`, " ", h("span", { class: "quiet" }, `${one.label} · ${shownAt(one.at)}`)))))),
  );
}
