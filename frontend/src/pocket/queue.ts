/** What was done on this phone: where each stands, and what to do about those that came back. */
import { type Entry, mend, put, remove } from "../offline/outbox";
import { back, fieldsOf } from "./acts";
import { inWords } from "../enhance/shrink";
import { clock, h, icon, moment, type Part, t } from "./dom";
import { thumbnail } from "./form";
import { notices } from "./lists";
import { send, state, stored } from "./state";
import { ACT, actionOf, dataOf, FIND, madeAt, seenOf, VISIT } from "./work";

export function drawQueue(): Part[] {
  const waiting = state.entries.some((one) => one.state === "waiting");
  const sending = state.entries.filter((one) => one.state === "sending").length;
  const sent = state.entries.filter((one) => one.state === "sent");
  const go = h("button", { class: "btn btn-primary", type: "button", click: () => void send() }, icon("send"), t("send_all"));
  go.disabled = !navigator.onLine || sending > 0;
  const tidy = h("button", { class: "btn btn-quiet", type: "button", click: () => void Promise.all(sent.map((one) => remove(one.id))) }, t("tidy"));
  return [
    back(),
    h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("queue")), h("p", {}, t("queue_help", { size: inWords(stored()) }))),
    ...notices().filter((one) => !(one as HTMLElement).querySelector?.('a[href="#/queue"]')),
    sending > 0 && h("p", { role: "status", class: "pocket-progress" }, t("progress", { n: sent.length + 1, all: state.entries.length }), h("progress", { max: state.entries.length, value: sent.length, "aria-label": t("queue") })),
    h("div", { class: "row-actions" }, waiting && go, sent.length > 0 && tidy),
    state.entries.length
      ? h("ol", { class: "stack pocket-queue" }, ...[...state.entries].reverse().map(entry))
      : h("section", { class: "sheet empty" }, h("h2", {}, t("queue_empty")), h("p", {}, t("queue_empty_help"))),
  ];
}

function entry(one: Entry): HTMLElement {
  const files = one.files.filter((file) => file.blob);
  return h(
    "li",
    { class: "sheet sheet-pad stack-tight", "data-state": one.state },
    h("p", {}, stateOf(one)),
    h("h2", {}, one.title),
    h("p", { class: "quiet" }, t("made", { at: moment(one.createdAt) }), one.group && one.kind !== VISIT && ` · ${numberOf(one)}`),
    files.length > 0 && h("ul", { class: "pictures" }, ...files.map((file, n) => h("li", {}, thumbnail(file.blob, t("photo", { n: n + 1 }))))),
    one.state === "sent" && arrived(one),
    one.state === "refused" && returned(one),
    one.state === "conflict" && conflict(one),
    held(one) && h("p", { class: "quiet" }, t("behind")),
    h("div", { class: "row-actions" }, ...buttons(one)),
  );
}

/** A number as it is read aloud: the year, fours, the check digit. */
function inGroups(number: string): string {
  return number.replace(/^(\d\d)(\d{4})(\d{4})(\d)$/, "$1 $2 $3 $4");
}

function numberOf(one: Entry): string {
  return inGroups((one.group ?? "").split("/", 1).join(""));
}

function stateOf(one: Entry): HTMLElement {
  const [kind = "", drawing = ""] = { waiting: ["lake", "clock"], sending: ["lake", "send"], sent: ["done", "circle-check"], refused: ["over", "undo-2"], conflict: ["over", "triangle-alert"] }[one.state];
  const words = one.hold === "sign_in" ? t("state_sign_in") : t(`state_${one.state}`);
  return h("span", { class: `state state-${kind}` }, icon(drawing), words);
}

function arrived(one: Entry): Part {
  const number = one.answer?.number;
  const meanwhile = one.answer?.meanwhile ?? [];
  return h(
    "div",
    { class: "stack-tight" },
    meanwhile.length > 0 && h("p", {}, t("taken_all_the_same")),
    meanwhile.length > 0 && steps(meanwhile),
    number && h("p", {}, h("a", { class: "tap", href: `/desk/c/${number}` }, t("open", { number: inGroups(number) }))),
    one.kind === VISIT && one.answer?.url && h("p", {}, h("a", { class: "tap", href: one.answer.url }, t("visit_open"))),
  );
}

function returned(one: Entry): Part {
  const reasons = one.answer?.errors?.flatMap((each) => each.messages) ?? [];
  return h("div", { class: "stack-tight" }, h("p", {}, one.answer?.message ?? t("no_reason")), reasons.length > 0 && h("ul", { class: "reasons" }, ...reasons.map((each) => h("li", {}, each))));
}

/** Others acted meanwhile: what they did, what was meant here, and the three ways on. */
function conflict(one: Entry): Part {
  const now = one.answer?.now;
  const again = now?.actions.includes(actionOf(one)) ?? false;
  const note = now?.actions.includes("late_note") ?? true;
  const done = one.answer?.steps ?? [];
  return h(
    "div",
    { class: "stale stack-tight" },
    h("h3", {}, t("meanwhile")),
    done.length ? steps(done) : h("p", {}, one.answer?.message ?? ""),
    now && h("p", {}, t("now", { stage: now.stage_title, office: now.office ?? "" })),
    h("h3", {}, t("you_meant")),
    h("p", { class: "pocket-what" }, spoken(one) || one.title),
    h("p", { class: "quiet" }, t(again ? "choose_help" : "choose_help_gone")),
    h(
      "div",
      { class: "row-actions" },
      again && h("button", { type: "button", class: "btn btn-plain", click: () => void resubmit(one) }, t("resubmit")),
      note && h("button", { type: "button", class: "btn btn-plain", click: () => void asNote(one) }, t("as_note")),
      drop(one, "give_up"),
    ),
  );
}

function steps(done: { words?: string; at: string; title: string; office: string | null }[]): HTMLElement {
  return h("ul", { class: "reasons" }, ...done.map((step) => h("li", {}, icon("chevron-right"), h("span", {}, step.words ?? `${clock(step.at)} ${step.office ?? ""} ${step.title}`))));
}

/** What was filled in, in words. */
function spoken(one: Entry): string {
  const data = dataOf(one);
  const fields = state.pack ? fieldsOf(state.pack, one) : [];
  return Object.entries(data)
    .map(([name, value]) => {
      const field = fields.find((each) => each.name === name);
      const said = field?.choices?.find((each) => each.value === value)?.title ?? (typeof value === "object" ? ((value as { address?: string })?.address ?? t("position_kept")) : String(value));
      return `${field?.label ?? name}：${said}`;
    })
    .join("\n");
}

/** On the state as it is now, with the present time: the office has read what happened. Those behind it follow. */
async function resubmit(one: Entry): Promise<void> {
  const pack = state.pack;
  const now = one.answer?.now;
  if (!pack || !now) return;
  const before = seenOf(one);
  await mend(one.id, { fields: { ...(one.fields as object), seen: now.seq, made_at: madeAt(pack, one.answer?.steps?.at(-1)?.at) } });
  for (const next of state.entries) {
    if (next.id === one.id || next.group !== one.group || next.state !== "waiting" || next.unsure || seenOf(next) !== before) continue;
    await mend(next.id, { fields: { ...(next.fields as object), seen: now.seq, made_at: madeAt(pack, one.answer?.steps?.at(-1)?.at) } });
  }
  if (navigator.onLine) await send();
}

/** Nothing is lost: what was meant, written and photographed goes on record beside what happened. */
async function asNote(one: Entry): Promise<void> {
  const { made_at } = one.fields as { made_at?: string };
  await put({
    id: `${one.id}-note`,
    kind: ACT,
    title: t("note_title", { title: one.title }),
    url: `/api/v1/cases/${one.group ?? ""}/actions/late_note`,
    encoding: "json",
    fields: { data: { meant: one.title.split(" · ", 1).join("").slice(0, 60), note: (spoken(one) || one.title).slice(0, 6000) }, made_at },
    files: one.files.map((file) => ({ at: "data.photos", name: file.name, blob: file.blob })),
    group: `${one.group ?? ""}/note`,
    page: one.page,
    who: one.who,
  });
  await remove(one.id);
  if (navigator.onLine) await send();
}

/** Whether one before it, on the same matter, came back: it waits until that is settled. */
function held(one: Entry): boolean {
  if (one.state !== "waiting" || !one.group) return false;
  return state.entries.some((other) => other.group === one.group && other.createdAt < one.createdAt && ["refused", "conflict"].includes(other.state));
}

function buttons(one: Entry): Part[] {
  if (one.state === "sending" || one.state === "conflict") return [];
  if (one.state === "sent") return [h("button", { type: "button", class: "btn btn-quiet", click: () => void remove(one.id) }, icon("x"), t("tidy_one"))];
  const retry = h("button", { type: "button", class: "btn btn-plain", click: () => void again(one) }, icon("rotate-ccw"), t("retry"));
  retry.hidden = !navigator.onLine;
  const may = !one.unsure && fieldsOf(state.pack ?? EMPTY, one).length > 0;
  return [retry, may && h("a", { class: "btn btn-plain", href: `#/e/${one.id}` }, t("edit")), drop(one, "delete")];
}

const EMPTY = { openings: [], forms: {}, procedures: {}, note: "" } as never;

async function again(one: Entry): Promise<void> {
  if (one.state === "refused") await mend(one.id, { fields: restamped(one) });
  await send();
}

/** A claimed time that was refused is claimed no more. */
function restamped(one: Entry): Entry["fields"] {
  if (one.answer?.problem !== "made_at" || one.kind === FIND) return one.fields;
  const { made_at: _gone, ...rest } = one.fields as Record<string, unknown>;
  return rest;
}

/** Asked twice: what is deleted here is nowhere else. What was built on it goes too. */
function drop(one: Entry, words: string): HTMLElement {
  const behind = state.entries.filter((other) => one.group && other.group === one.group && other.createdAt > one.createdAt && other.state === "waiting");
  const doomed = [one, ...(seenOf(one) === undefined ? [] : behind)];
  const sure = h("button", { type: "button", class: "btn btn-danger", hidden: true }, t("delete_sure", { n: doomed.length }));
  sure.addEventListener("click", () => {
    sure.hidden = true;
    void Promise.all(doomed.map((each) => remove(each.id)));
  });
  const ask = h("button", { type: "button", class: "btn btn-quiet" }, t(words));
  ask.addEventListener("click", () => {
    ask.hidden = true;
    sure.hidden = false;
    sure.focus();
  });
  const warning = one.unsure ? h("span", { class: "quiet" }, t("unsure")) : null;
  const box = h("span", { class: "row-actions" }, ask, sure);
  if (warning) box.append(warning);
  return box;
}
