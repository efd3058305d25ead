/**
 * /verify: a receipt is checked here, in the reader's browser, as soon as it is chosen or dropped. Other files, and all files
 * where the browser knows no Ed25519, go to the server when the button is pressed, and the page says so beforehand.
 */
import { type Bag, type Bytes, Fault, fromBase64 } from "./bytes";
import { headOf, isEd25519, knowsEd25519, signedText } from "./notes";
import { checkPage, inside } from "./pdf";
import { check, type Checked, type Point, read } from "./receipt";
import { beginsWith } from "./tree";

const LARGEST = 30 * 1024 * 1024;

export async function mount(form: HTMLFormElement): Promise<void> {
  if (form.dataset.ready) return;
  form.dataset.ready = "1";
  const input = form.querySelector<HTMLInputElement>("input[type=file]");
  const says = document.querySelector<HTMLElement>("[data-verify-says]");
  if (!input || !says) return;
  dropping(form, input);
  const ours = (JSON.parse(form.dataset.keys ?? "[]") as string[]).filter(isEd25519);
  if (!ours.length || !(await knowsEd25519()) || typeof DecompressionStream === "undefined") return;
  form.querySelectorAll<HTMLElement>("[data-verify-plain]").forEach((one) => (one.hidden = true));
  form.querySelectorAll<HTMLElement>("[data-verify-local]").forEach((one) => (one.hidden = false));
  let here = false;
  input.addEventListener("change", async () => {
    here = false;
    const file = input.files?.[0];
    if (!file || file.size > LARGEST) return;
    here = await look(file, ours, says);
  });
  form.addEventListener("submit", (event) => {
    if (!here) return; // whatever is no receipt is for the server
    event.preventDefault();
    says.querySelector<HTMLElement>("[tabindex]")?.focus();
  });
}

function dropping(form: HTMLFormElement, input: HTMLInputElement): void {
  form.querySelectorAll<HTMLElement>("[data-verify-drop]").forEach((one) => (one.hidden = false));
  const over = (event: DragEvent, on: boolean) => {
    event.preventDefault();
    form.classList.toggle("drop-over", on);
  };
  form.addEventListener("dragover", (event) => over(event, true));
  form.addEventListener("dragleave", (event) => over(event, false));
  form.addEventListener("drop", (event) => {
    over(event, false);
    if (!event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** Check a file and tell; false when it is not one that can be checked here. */
async function look(file: File, ours: string[], says: HTMLElement): Promise<boolean> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const pdf = bytes[0] === 0x25 && bytes[1] === 0x50;
  const receipts = pdf ? await inside(bytes) : [read(bytes)].filter((one): one is Bag => one !== null);
  const receipt = receipts[0];
  says.hidden = receipt === undefined;
  if (!receipt || receipts.length !== 1) return false;
  const found = await check(receipt, ours);
  if (pdf) await page(bytes, found, ours);
  if (found.points.every((one) => one.holds)) await today(found, ours);
  tell(says, found);
  return true;
}

async function page(bytes: Bytes, found: Checked, ours: string[]): Promise<void> {
  try {
    await checkPage(bytes, ours);
    found.points.push({ says: "page", holds: true, filled: {} });
  } catch (fault) {
    found.points.forEach((one) => one.says === "whole" && (one.says = "attached"));
    found.points.push({ says: fault instanceof Fault ? fault.says : "pageBad", holds: false, filled: {} });
  }
}

/** Whether the site's tree still begins with the one the receipt stands in: asked with two numbers, nothing else. */
async function today(found: Checked, ours: string[]): Promise<void> {
  if (!found.head) return;
  try {
    const answer = await fetch("/trail/checkpoint", { cache: "no-store" });
    if (!answer.ok) return;
    const now = headOf((await signedText(await answer.text(), ours, "head")).body);
    const { size, root } = found.head;
    const asked = now.size > size ? await fetch(`/api/v1/trail/consistency?old=${size}&size=${now.size}`) : null;
    if (asked && !asked.ok) return;
    const proof = asked ? ((await asked.json()) as { proof: string[] }).proof.map(fromBase64) : [];
    const holds = now.size >= size && (await beginsWith(size, now.size, root, now.root, proof));
    found.points.push({ says: holds ? "today" : "todayBad", holds, filled: { n: now.size } });
  } catch (fault) {
    if (fault instanceof Fault) found.points.push({ says: "todayBad", holds: false, filled: { n: 0 } });
    // without a network the receipt holds all the same
  }
}

function tell(says: HTMLElement, found: Checked): void {
  const words = document.querySelector<HTMLElement>("[data-verify-words]")?.dataset ?? {};
  const sentence = (point: Point): string =>
    (words[point.says] ?? point.says).replace(/\{(\w+)\}/g, (_, name: string) => String(point.filled[name] ?? ""));
  const good = found.points.length > 0 && found.points.every((one) => one.holds);
  const template = document.querySelector<HTMLTemplateElement>(good ? "template[data-verify-good]" : "template[data-verify-bad]");
  if (!template) return;
  const note = template.content.cloneNode(true) as DocumentFragment;
  const put = (name: string, value: string) => {
    const place = note.querySelector<HTMLElement>(`[data-put=${name}]`);
    if (place) place.textContent = value;
  };
  put("headline", (good ? (found.promised ? words.headlinePromised : words.headlineGood) : words.headlineBad) ?? "");
  put("title", [spaced(String(found.about.number ?? "")), found.about.title].filter(Boolean).join(" "));
  put("key", found.key);
  const list = listed("ul", "says");
  note.querySelector("[data-put=points]")?.append(list);
  for (const point of [...found.points].sort((a, b) => Number(a.holds) - Number(b.holds))) {
    const item = document.createElement("li");
    item.className = point.holds ? "state state-done" : "state state-over";
    item.textContent = `${point.holds ? "✓" : "✗"} ${sentence(point)}`;
    list.append(item);
  }
  const steps = listed("ol", "method");
  note.querySelector("[data-put=steps]")?.append(steps);
  for (const { said, at } of found.steps) {
    const item = document.createElement("li");
    const moment = new Date(at);
    item.textContent = [said, isNaN(moment.valueOf()) ? at : moment.toLocaleString(document.documentElement.lang)].filter(Boolean).join(" · ");
    steps.append(item);
  }
  says.replaceChildren(note);
  says.dataset.holds = String(good);
  says.querySelector<HTMLElement>("[tabindex]")?.focus();
}

/** 26 0000 0001 4: a number of a matter, as it is read aloud. */
const spaced = (number: string): string => (/^\d{7,}$/.test(number) ? [number.slice(0, 2), fours(number.slice(2, -1)), number.slice(-1)].join(" ") : number);
const fours = (serial: string): string => serial.replace(/\B(?=(?:\d{4})+$)/g, " ");

function listed(kind: "ul" | "ol", look: string): HTMLElement {
  const list = document.createElement(kind);
  list.className = look;
  return list;
}
