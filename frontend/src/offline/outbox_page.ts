/** The list of what waits on this phone, drawn from what the phone holds. Its words stand in data-* of the box. */
import { flush, list, onChange, remove, type Entry } from "./outbox";
import { identity } from "./signals";

export function showOutbox(box: HTMLElement): void {
  const draw = () => void list().then((entries) => redraw(box, entries), () => undefined);
  onChange(draw);
  window.addEventListener("online", draw);
  window.addEventListener("offline", draw);
  draw();
}

let drawn = "";

function redraw(box: HTMLElement, entries: Entry[]): void {
  const mine = entries.filter((one) => one.who === "" || one.who === identity() || identityUnknown());
  const others = entries.length - mine.length;
  const now = JSON.stringify([mine.map((one) => [one.id, one.state, one.hold, one.answer, one.tries]), others, navigator.onLine]);
  if (now === drawn) return; // what is being read is not pulled away
  drawn = now;
  const parts: HTMLElement[] = [];
  if (!mine.length && !others) parts.push(nothing(box));
  if (mine.some((one) => one.state === "waiting")) parts.push(sendAll(box));
  const rows = element("ul", "outbox");
  mine.forEach((one) => rows.append(card(box, one)));
  if (mine.length) parts.push(rows);
  if (others) parts.push(element("p", "note note-lake", say(box, "others").replace("{n}", String(others))));
  box.replaceChildren(...parts);
}

/** Opened without a network the page was drawn for nobody: then what this phone wrote is shown, but not to the next one signed in. */
function identityUnknown(): boolean {
  return !navigator.onLine && identity() === "";
}

function say(box: HTMLElement, name: string): string {
  return box.dataset[name] ?? "";
}

function nothing(box: HTMLElement): HTMLElement {
  const part = element("div", "sheet empty");
  part.append(element("h2", "", say(box, "nothing")), element("p", "", say(box, "nothingText")));
  return part;
}

function sendAll(box: HTMLElement): HTMLElement {
  const row = element("div", "row-actions");
  if (!navigator.onLine) return element("p", "note note-soon", say(box, "offline"));
  row.append(button(say(box, "sendNow"), "btn-primary", async () => flush(true)));
  return row;
}

function card(box: HTMLElement, entry: Entry): HTMLElement {
  const row = element("li", "sheet sheet-pad stack-tight");
  row.dataset.entry = entry.id;
  const head = element("div", "outbox-head");
  head.append(element("h2", "", entry.title), state(box, entry));
  row.append(head);
  if (entry.state === "sent") delivered(box, entry, row);
  else undelivered(box, entry, row);
  return row;
}

function state(box: HTMLElement, entry: Entry): HTMLElement {
  const kind = { waiting: "state-soon", sending: "state-lake", sent: "state-done", refused: "state-over", conflict: "state-over" };
  const word = entry.hold ? say(box, "signIn") : say(box, entry.state);
  return element("span", `state ${entry.hold ? "state-soon" : kind[entry.state]}`, word);
}

function undelivered(box: HTMLElement, entry: Entry, row: HTMLElement): void {
  const words = wordsOf(entry);
  if (words) row.append(element("p", "outbox-words", words));
  if (entry.files.length) row.append(pictures(entry));
  row.append(element("p", "quiet", `${say(box, "written")} ${time(entry.createdAt)}`));
  if (entry.answer?.message) row.append(element("p", "note note-bad", entry.answer.message));
  entry.answer?.errors?.forEach((one) => row.append(element("p", "form-error", one.messages.join(" "))));
  entry.answer?.steps?.forEach((one) =>
    row.append(element("p", "quiet", `${time(Date.parse(one.at))} ${one.title} ${one.office ?? ""}`)),
  );
  if (entry.unsure) row.append(element("p", "quiet", say(box, "unsure")));
  const actions = element("div", "row-actions");
  if (entry.page && !entry.unsure && entry.state !== "sending") {
    const mend = element("a", "btn btn-plain", say(box, "mend")) as HTMLAnchorElement;
    mend.href = `${entry.page}?entry=${encodeURIComponent(entry.id)}`;
    actions.append(mend);
  }
  actions.append(deletion(entry, say(box, "delete"), say(box, "deleteSure")));
  row.append(actions);
}

/** The code is its reporter's only key, and a secret: it is shown when asked for, and goes when its owner says so. */
function delivered(box: HTMLElement, entry: Entry, row: HTMLElement): void {
  const { number = "", code, url } = entry.answer ?? {};
  if (number) row.append(element("p", "number-big", spaced(number)));
  const actions = element("div", "row-actions");
  if (code) {
    const shown = element("p", "code", code);
    shown.hidden = true;
    row.append(element("p", "", say(box, "codeText")), shown);
    actions.append(
      button(say(box, "codeShow"), "btn-plain", async (pressed) => {
        shown.hidden = false;
        pressed.remove();
      }),
    );
    if (navigator.clipboard) {
      const address = `${window.location.origin}/c/${number}?g=${code}`;
      actions.append(
        button(say(box, "copy"), "btn-plain", async (pressed) => {
          await navigator.clipboard.writeText(address);
          pressed.textContent = say(box, "copied");
        }),
      );
    }
  }
  if (number) {
    const look = element("a", "btn btn-plain", say(box, "look")) as HTMLAnchorElement;
    look.href = code ? `/c/${number}?g=${code}` : (entry.group ? url : `/c/${number}`) ?? `/c/${number}`;
    actions.append(look);
  }
  actions.append(deletion(entry, code ? say(box, "codeKept") : say(box, "done"), code ? say(box, "codeSure") : ""));
  row.append(actions);
}

/** Asked twice where something would be lost. */
function deletion(entry: Entry, text: string, sure: string): HTMLElement {
  const made = button(text, "btn-quiet", async (pressed) => {
    if (!sure || pressed.dataset.sure) return remove(entry.id);
    pressed.dataset.sure = "1";
    pressed.textContent = sure;
    pressed.classList.replace("btn-quiet", "btn-danger");
  });
  return made;
}

function wordsOf(entry: Entry): string {
  if (entry.encoding === "form") return (entry.fields as [string, string][]).find(([name]) => name === "what")?.[1] ?? "";
  const body = entry.fields as { data?: Record<string, unknown> } & Record<string, unknown>;
  const data = body.data ?? body;
  const found = [data.what, data.note, data.answer, data.reason].find((value) => typeof value === "string" && value);
  return (found as string | undefined) ?? "";
}

function pictures(entry: Entry): HTMLElement {
  const row = element("div", "outbox-pictures");
  for (const { blob } of entry.files) {
    if (!blob?.type.startsWith("image/")) continue;
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(blob);
    image.onload = () => URL.revokeObjectURL(image.src);
    row.append(image);
  }
  return row;
}

function spaced(number: string): string {
  return number.replace(/^(\d{2})(\d+)(\d{4})(\d)$/, "$1 $2 $3 $4");
}

function time(at: number): string {
  const language = document.documentElement.lang === "en-GB" ? "en-GB" : "zh-CN";
  return new Date(at).toLocaleString(language, { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

function button(text: string, kind: string, act: (pressed: HTMLButtonElement) => Promise<unknown>): HTMLButtonElement {
  const made = element("button", `btn ${kind}`, text) as HTMLButtonElement;
  made.type = "button";
  made.addEventListener("click", () => {
    made.setAttribute("aria-busy", "true");
    void act(made).finally(() => made.removeAttribute("aria-busy"));
  });
  return made;
}

function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
