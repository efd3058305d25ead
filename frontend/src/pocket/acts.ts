/** One matter and what may be done with it; each act is put into the outbox, whether there is a network or not. */
import { type Attached, type Entry, mend, put } from "../offline/outbox";
import { deadline, h, icon, moment, type Part, t } from "./dom";
import { drawForm, type Filled } from "./form";
import { due, pictures, undelivered } from "./lists";
import type { Act, Field, Opening, Pack } from "./pack";
import { type Point, where } from "./position";
import { send, state, stored } from "./state";
import { ACT, actionOf, dataOf, FIND, madeAt, type Matter } from "./work";

/** All that waits together: beyond it a poor phone should deliver first. */
export const MOST_KEPT = 80 * 1024 * 1024;
const PATIENCE = 4000;

export function drawMatter(number: string): Part[] {
  const one = state.matters.find((each) => each.case.number === number);
  if (!one) return missing();
  const { case: matter } = one;
  return [
    back(),
    h(
      "div",
      { class: "case-head" },
      h("p", { class: "case-line" }, h("span", { class: "number" }, matter.spaced), h("span", {}, state.pack!.procedures[matter.procedure]?.title ?? ""), matter.category && h("span", {}, matter.category)),
      h("h1", { tabindex: -1 }, matter.title),
    ),
    h(
      "section",
      { class: "sheet now", "aria-labelledby": "now" },
      h("div", { class: "sheet-pad stack-tight" }, h("h2", { id: "now" }, one.stageTitle), h("p", { class: "case-line" }, due(matter.due), undelivered(one)), standing(one)),
      h("ul", { class: "pocket-acts" }, ...one.offered.map(([name, act], n) => offer(matter.number, name, act, n === 0))),
    ),
    h(
      "section",
      { class: "sheet sheet-pad stack-tight" },
      matter.what && h("p", { class: "pocket-what" }, matter.what),
      pictures(matter),
      matter.more_photos > 0 && h("p", { class: "quiet" }, t("more_photos", { n: matter.more_photos })),
      h("dl", { class: "facts" }, h("dt", {}, t("where")), h("dd", {}, matter.place || t("no_place")), h("dt", {}, t("since")), h("dd", {}, moment(matter.opened)), ...(matter.due ? [h("dt", {}, t("until")), h("dd", {}, deadline(matter.due))] : [])),
      h("p", { class: "quiet" }, t("no_names")),
      h("p", {}, h("a", { class: "tap", href: `/desk/c/${matter.number}` }, t("whole"))),
    ),
  ];
}

function standing(one: Matter): Part {
  if (one.stuck) return h("p", {}, t("stuck_here"), " ", h("a", { class: "tap", href: "#/queue" }, t("to_queue")));
  if (one.gone) return h("p", { class: "quiet" }, t("gone_here"));
  if (one.pending.length) return h("p", { class: "quiet" }, t("if_taken"));
  return one.offered.length ? null : h("p", { class: "quiet" }, t("nothing_to_do"));
}

function offer(number: string, name: string, act: Act, first: boolean): HTMLElement {
  const style = first && !act.standing ? "btn-primary" : "btn-plain";
  return h("li", {}, h("a", { class: `btn ${style}`, href: `#/c/${number}/${name}` }, act.title), act.hint && h("span", { class: "quiet" }, act.hint));
}

export function drawAct(number: string, name: string): Part[] {
  const one = state.matters.find((each) => each.case.number === number);
  const found = one?.offered.find(([each]) => each === name);
  if (!one || !found) return missing();
  const [, act] = found;
  const pack = state.pack!;
  const back_ = `#/c/${number}`;
  return sheet(act.title, one.case.title, back_, pack.forms[act.form]?.fields ?? [], { data: {}, files: [] }, act.title, async (filled) => {
    const made = madeAt(pack, one.case.at);
    await put({
      kind: ACT,
      title: `${act.title} · ${one.case.title}`,
      url: `/api/v1/cases/${number}/actions/${name}`,
      encoding: "json",
      fields: { data: filled.data, seen: one.seen, made_at: made },
      files: filled.files,
      group: number,
      page: "/desk/pocket",
      who: pack.who,
    });
    done(back_, "kept");
  });
}

export function drawNew(index: number): Part[] {
  const opening = state.pack?.openings[index];
  if (!opening) return missing();
  const fields = state.pack!.forms[opening.form]?.fields ?? [];
  return sheet(opening.title, t("new_help"), "#/", fields, { data: {}, files: [] }, opening.title, async (filled) => {
    await find(state.pack!, opening, filled.data, filled.files);
    done("#/", "kept");
  });
}

async function find(pack: Pack, opening: Opening, data: Record<string, unknown>, files: Attached[]): Promise<void> {
  const choice = pack.forms[opening.form]?.fields.find((one) => one.name === opening.quick)?.choices;
  const what = choice?.find((one) => one.value === data[opening.quick])?.title ?? String(data.what ?? "").slice(0, 30);
  await put({
    kind: FIND,
    title: what ? `${opening.title} · ${what}` : opening.title,
    url: `/api/v1/cases/${opening.name}?made_at=${encodeURIComponent(madeAt(pack))}`,
    encoding: "json",
    fields: data,
    files: files.map((one) => ({ ...one, at: one.at.replace(/^data\./, "") })),
    page: "/desk/pocket",
    who: pack.who,
  });
}

/** Two taps: the first opened this, the second keeps it with the position; a picture may come before. */
export function drawQuick(index: number): Part[] {
  const opening = state.pack?.openings[index];
  if (!opening?.quick) return missing();
  const pack = state.pack!;
  const fields = pack.forms[opening.form]?.fields ?? [];
  const photos = fields.find((one) => one.type === "files");
  const taken = drawForm(photos ? [{ ...photos, label: t("photo_first") }] : [], { data: {}, files: [] }, "quick");
  const spot = fields.find((one) => one.type === "place")?.name;
  const said = h("p", { class: "quiet", role: "status" }, t("finding_position"));
  let here: Point | null = null;
  const asking = where().then((found) => {
    here = found;
    said.textContent = t(found ? "position_found" : "position_none");
  });
  const tap = async (event: Event, value: string) => {
    const button = event.currentTarget as HTMLButtonElement;
    if (button.hasAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    if (!here) await Promise.race([asking, new Promise((go) => setTimeout(go, PATIENCE))]);
    const files = taken.read()?.files ?? [];
    try {
      await find(pack, opening, { [opening.quick]: value, ...(spot && here ? { [spot]: here } : {}) }, files);
      done("#/", "kept");
    } catch {
      button.removeAttribute("aria-busy");
      said.textContent = t("not_kept");
    }
  };
  return [
    back(),
    h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, opening.title), h("p", {}, t("quick_help"))),
    h(
      "section",
      { class: "sheet sheet-pad stack" },
      said,
      ...taken.parts,
      h(
        "div",
        { class: "pocket-choices", role: "group", "aria-label": fields.find((one) => one.name === opening.quick)?.label ?? "" },
        ...opening.often.map((one) => h("button", { type: "button", class: "btn btn-plain", click: (event) => void tap(event, one.value) }, one.title)),
      ),
      h("p", {}, h("a", { class: "tap", href: `#/new/${index}` }, t("other_kinds"))),
    ),
  ];
}

/** What waits or came back, to be written anew. */
export function drawEdit(id: string): Part[] {
  const entry = state.entries.find((one) => one.id === id);
  const pack = state.pack;
  if (!entry || !pack || entry.unsure || entry.state === "sent") return missing();
  const fields = fieldsOf(pack, entry);
  const given: Filled = { data: dataOf(entry), files: entry.files };
  return sheet(entry.title, t("edit_help"), "#/queue", fields, given, t("save"), async (filled) => {
    const files = filled.files.map((one) => ({ ...one, at: entry.kind === FIND ? one.at.replace(/^data\./, "") : one.at }));
    await mend(id, { fields: entry.kind === FIND ? filled.data : { ...(entry.fields as object), data: filled.data }, files });
    done("#/queue", "kept");
  });
}

/** The questions an entry answers. */
export function fieldsOf(pack: Pack, entry: Entry): Field[] {
  if (entry.kind === FIND) {
    const opening = pack.openings.find((one) => entry.url.startsWith(`/api/v1/cases/${one.name}?`));
    return pack.forms[opening?.form ?? ""]?.fields ?? [];
  }
  if (actionOf(entry) === "late_note") return pack.forms[pack.note]?.fields ?? [];
  const known = Object.values(pack.procedures).find((one) => one.actions[actionOf(entry)]);
  return pack.forms[known?.actions[actionOf(entry)]?.form ?? ""]?.fields ?? [];
}

function sheet(title: string, words: string, back_: string, fields: Field[], given: Filled, verb: string, keep: (filled: Filled) => Promise<void>): Part[] {
  const drawn = drawForm(fields, given, "f");
  const trouble = h("p", { class: "form-error", role: "alert", hidden: true });
  const button = h("button", { class: "btn btn-primary btn-wide", type: "submit" }, verb);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (button.hasAttribute("aria-busy")) return;
    const filled = drawn.read();
    if (!filled) return;
    button.setAttribute("aria-busy", "true");
    try {
      if (stored() > MOST_KEPT) throw new Error("full");
      await keep(filled);
    } catch {
      trouble.hidden = false;
      trouble.textContent = t("not_kept");
      button.removeAttribute("aria-busy");
    }
  };
  const form = h("form", { class: "form", novalidate: true, submit: (event) => void submit(event) }, ...drawn.parts, trouble, h("p", { class: "quiet" }, t(navigator.onLine ? "sent_now" : "sent_later")), h("div", { class: "row-actions" }, button));
  return [back(back_), h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, title), h("p", {}, words)), h("section", { class: "sheet sheet-pad" }, form)];
}

export function done(address: string, said: string): void {
  state.said = said === "kept" && navigator.onLine ? "kept_sending" : said;
  if (window.location.hash === address) window.dispatchEvent(new HashChangeEvent("hashchange"));
  else window.location.hash = address;
  if (navigator.onLine) void send();
}

export function back(address = "#/"): Part {
  return h("a", { class: "back", href: address }, icon("chevron-left"), t(address === "#/" ? "title" : address === "#/queue" ? "queue" : "back"));
}

export function missing(): Part[] {
  return [back(), h("section", { class: "sheet empty" }, h("h1", { tabindex: -1 }, t("not_along")), h("p", {}, t("not_along_help")), h("a", { class: "tap", href: "#/" }, t("title")))];
}
