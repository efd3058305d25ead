/**
 * A form that is safe on this phone before it is sent: kept as one types, put into the outbox when it is sent, and sent from
 * there at once or when there is a network. Where the phone can keep nothing, the form goes the plain way.
 */
import { FILES_EVENT, filesOf, type OnForm } from "../enhance/uploads";
import { word } from "../words";
import { dropDraft, draftOf, fill, keepDraft, pairs } from "./drafts";
import { type Entry, flush, list, mend, put, remove } from "./outbox";
import { identity } from "./signals";

const QUIET = 400;
const PATIENCE = 8000;

export async function enhanceReport(form: HTMLFormElement): Promise<void> {
  const hidden = form.elements.namedItem("_key") as HTMLInputElement;
  const mending = new URLSearchParams(window.location.search).get("entry");
  const tried = form.dataset.tried !== undefined; // the server has just sent it back, with what was typed
  const draft = tried ? undefined : mending ? await entryAsDraft(mending) : await draftOf(form);
  if (!tried) hidden.value = draft?.key ?? crypto.randomUUID();
  if (draft && writtenAnew(form, draft.fields)) return watch(form, hidden, mending); // already being written anew
  if (draft) {
    fill(form, draft.fields, draft.files as OnForm[]);
    if (!mending) form.prepend(restored(form));
  }
  watch(form, hidden, mending);
}

/** Whether something else than the draft stands there already. A browser puts back text by itself after a reload. */
function writtenAnew(form: HTMLFormElement, fields: [string, string][]): boolean {
  const before = new Map(fields);
  return Array.from(form.querySelectorAll("textarea")).some((area) => area.value !== "" && area.value !== before.get(area.name));
}

async function entryAsDraft(id: string) {
  const entry = (await list()).find((one) => one.id === id && !one.unsure && one.state !== "sent");
  if (!entry || entry.who !== identity()) return undefined;
  return { key: entry.id, fields: entry.fields as [string, string][], files: entry.files };
}

function watch(form: HTMLFormElement, hidden: HTMLInputElement, mending: string | null): void {
  let timer: number | undefined;
  const save = () => {
    window.clearTimeout(timer);
    if (mending || form.dataset.gone) return;
    timer = window.setTimeout(() => void keepDraft(form, hidden.value).catch(() => undefined), QUIET);
  };
  for (const event of ["input", "change", FILES_EVENT, "zhili:place"]) form.addEventListener(event, save);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || form.dataset.plain) return;
    event.preventDefault();
    window.clearTimeout(timer);
    void hand(form, hidden.value, mending, event.submitter);
  });
  // Joined what somebody else reported: then this one is not sent any more.
  form.addEventListener("click", (event) => {
    const link = (event.target as HTMLElement).closest<HTMLAnchorElement>("a[data-drop-draft]");
    if (!link) return;
    event.preventDefault();
    form.dataset.gone = "1";
    window.clearTimeout(timer);
    void dropDraft(form).finally(() => window.location.assign(link.href));
  });
  form.dataset.safe = "1";
}

/** From the form into the outbox, and on its way. */
async function hand(form: HTMLFormElement, key: string, mending: string | null, button: HTMLElement | null): Promise<void> {
  const release = () => {
    delete form.dataset.sending;
    button?.removeAttribute("aria-busy");
  };
  const fields = pairs(form);
  const files = filesOf(form);
  try {
    if (mending) await mend(key, { fields, files });
    else await put(entryOf(form, key, fields, files));
  } catch {
    return plainly(form);
  }
  form.dataset.gone = "1";
  await dropDraft(form).catch(() => undefined);
  const slow = window.setTimeout(() => say(form, "note-lake", word("reportSlow"), true), PATIENCE);
  await flush(true).catch(() => undefined);
  window.clearTimeout(slow);
  const entry = (await list()).find((one) => one.id === key);
  if (entry?.state === "sent" && entry.answer?.url) return window.location.assign(entry.answer.url);
  if (entry && (entry.state === "refused" || entry.state === "conflict")) {
    await remove(key);
    delete form.dataset.gone;
    release();
    if (entry.answer?.problem === "form") return plainly(form); // the server says what is missing, beside each question
    return say(form, "note-bad", entry.answer?.message ?? word("reportRefused"));
  }
  release();
  form.replaceChildren(waits(form));
}

function entryOf(form: HTMLFormElement, key: string, fields: [string, string][], files: OnForm[]) {
  const page = form.dataset.form ?? "";
  const url = new URL(form.action).pathname;
  return { id: key, kind: "report", title: form.dataset.title ?? "", url, encoding: "form" as const, fields, files, page };
}

/** The way it goes without scripts, with a fresh proof that the page is ours. */
async function plainly(form: HTMLFormElement): Promise<void> {
  form.dataset.plain = "1";
  delete form.dataset.sending;
  try {
    const { csrf } = (await (await fetch("/offline/ticket")).json()) as { csrf: string };
    const token = form.elements.namedItem("csrfmiddlewaretoken");
    if (token instanceof HTMLInputElement) token.value = csrf;
  } catch {
    // the page's own may still do
  }
  form.requestSubmit();
}

function restored(form: HTMLFormElement): HTMLElement {
  const note = document.createElement("div");
  note.className = "note note-lake draft-note";
  note.setAttribute("role", "status");
  const text = document.createElement("span");
  text.textContent = word("draftRestored");
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "btn btn-plain";
  drop.textContent = word("draftDrop");
  drop.addEventListener("click", () => {
    form.dataset.gone = "1";
    void dropDraft(form).then(() => window.location.assign(form.dataset.form ?? window.location.pathname));
  });
  note.append(text, drop);
  return note;
}

function say(form: HTMLFormElement, kind: string, text: string, more = false): void {
  form.querySelector("[data-said]")?.remove();
  const note = document.createElement("p");
  note.className = `note ${kind}`;
  note.dataset.said = "1";
  note.setAttribute("role", "status");
  note.append(text, more ? " " : "", ...(more ? [link("/outbox", word("outboxLook"), "tap")] : []));
  form.querySelector(".row-actions:last-of-type")?.before(note);
}

function waits(form: HTMLFormElement): HTMLElement {
  const box = document.createElement("div");
  box.className = "stack";
  box.tabIndex = -1;
  box.setAttribute("role", "status");
  const note = document.createElement("p");
  note.className = "note note-lake";
  const text = document.createElement("strong");
  text.textContent = word("reportKept");
  note.append(text);
  const said = document.createElement("p");
  said.className = "quiet";
  said.textContent = word("reportKeptMore");
  const actions = document.createElement("p");
  actions.className = "row-actions";
  actions.append(
    link("/outbox", word("outboxOpen"), "btn btn-primary"),
    link(form.dataset.form ?? "/report", word("reportAnother"), "btn btn-quiet"),
  );
  box.append(note, said, actions);
  setTimeout(() => {
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "center" });
  });
  return box;
}

function link(href: string, text: string, className: string): HTMLAnchorElement {
  const made = document.createElement("a");
  made.href = href;
  made.className = className;
  made.textContent = text;
  return made;
}

export type { Entry };
