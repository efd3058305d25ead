/**
 * Files are sent as soon as they are chosen, each with its own progress, so that the report itself is quick to send. Photos are
 * made smaller first. Without this script the same input sends the files with the form.
 */
import { word } from "../words";

/** Beyond it a file goes in pieces and can be resumed. */
const LARGE = 8 * 1024 * 1024;

interface Stored {
  id: string;
  token: string;
}

/** A file as it stands on the form: the bytes, and its reference once it was sent. */
export interface OnForm {
  at: string;
  name: string;
  blob: Blob;
  ref?: string;
}

const rows = new WeakMap<Element, OnForm>();
export const FILES_EVENT = "zhili:files";

/** The files that stand on a form, sent or not. */
export function filesOf(form: HTMLFormElement): OnForm[] {
  return Array.from(form.querySelectorAll(".upload")).flatMap((row) => rows.get(row) ?? []);
}

/** Put back what stood there before. */
export function putBack(input: HTMLInputElement, files: OnForm[]): void {
  const list = listOf(input);
  for (const file of files) void send(input, list, new File([file.blob], file.name, { type: file.blob.type }), file.ref);
}

export function enhanceUploads(root: ParentNode): void {
  root.querySelectorAll<HTMLInputElement>("input[type=file][data-max]:not([data-ready])").forEach((input) => {
    if (!word("uploads")) return;
    input.dataset.ready = "1";
    const list = listOf(input);
    if (/image\//.test(input.accept)) choosers(input);
    if ("glass" in input.dataset) void import("./glass").then((glass) => glass.mount(input));
    input.addEventListener("change", () => {
      take(input, list, Array.from(input.files ?? []));
      input.value = "";
    });
  });
}

function listOf(input: HTMLInputElement): HTMLUListElement {
  const known = input.parentElement?.querySelector<HTMLUListElement>(":scope > .uploads");
  if (known) return known;
  const list = document.createElement("ul");
  list.className = "uploads";
  list.setAttribute("aria-live", "polite");
  input.after(list);
  return list;
}

function take(input: HTMLInputElement, list: HTMLUListElement, files: File[]): void {
  const room = Number(input.dataset.max) - kept(input) - list.children.length;
  files.slice(0, Math.max(0, room)).forEach((file) => void prepare(input, list, file));
}

/** Two buttons in place of the browser's own: straight to the camera, or from the pictures there are. */
function choosers(input: HTMLInputElement): void {
  const group = document.createElement("div");
  group.className = "choosers row-actions";
  group.setAttribute("role", "group");
  group.tabIndex = -1;
  // The summary of faults leads here, and what is said about the question stays with it.
  const label = input.form?.querySelector<HTMLLabelElement>(`label[for="${input.id}"]`);
  if (label) group.setAttribute("aria-label", label.textContent?.trim() ?? "");
  group.id = input.id;
  input.removeAttribute("id");
  const described = input.getAttribute("aria-describedby");
  if (described) group.setAttribute("aria-describedby", described);
  input.hidden = true;
  group.append(
    chooser(word("takePhoto"), () => camera(input)),
    chooser(word("choosePhoto"), () => input.click()),
  );
  input.before(group);
}

function chooser(text: string, act: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-plain";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

function camera(input: HTMLInputElement): void {
  const once = document.createElement("input");
  once.type = "file";
  once.accept = "image/*";
  once.setAttribute("capture", "environment");
  once.hidden = true;
  once.addEventListener("change", () => {
    take(input, listOf(input), Array.from(once.files ?? []));
    once.remove();
  });
  once.addEventListener("cancel", () => once.remove());
  input.after(once);
  once.click();
}

/** How many files stand on the form from an earlier attempt. */
function kept(input: HTMLInputElement): number {
  return input.form?.querySelectorAll(`input[type=checkbox][name="${input.name}"]:checked`).length ?? 0;
}

/** Makes a photo smaller, and offers the place where it was taken. */
async function prepare(input: HTMLInputElement, list: HTMLUListElement, file: File): Promise<void> {
  if (!file.type.startsWith("image/") || "original" in input.dataset) return send(input, list, file);
  const [{ shrink, inWords }, { offerPlace }] = await Promise.all([import("./shrink"), import("./photo_offer")]);
  if (input.form) void offerPlace(input.form, file);
  const { file: small, before } = await shrink(file);
  const said = before ? word("photoShrunk").replace("{before}", inWords(before)).replace("{after}", inWords(small.size)) : "";
  return send(input, list, small, undefined, said);
}

async function send(input: HTMLInputElement, list: HTMLUListElement, file: File, ref?: string, said = ""): Promise<void> {
  const known: OnForm = { at: input.name, name: file.name, blob: file, ref };
  const row = document.createElement("li");
  row.className = "upload";
  rows.set(row, known);
  const name = document.createElement("span");
  name.className = "upload-name";
  name.textContent = file.name;
  const note = document.createElement("small");
  note.className = "upload-note";
  note.textContent = said;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "btn btn-quiet upload-remove";
  remove.textContent = word("remove");
  remove.setAttribute("aria-label", `${word("remove")} ${file.name}`);
  remove.addEventListener("click", () => {
    row.remove();
    changed(list);
  });
  row.append(picture(file), name, note, remove);
  list.append(row);
  changed(list);
  if (ref) stands(row, known);
  else await upload(row, known, file);
}

async function upload(row: HTMLElement, known: OnForm, file: File): Promise<void> {
  const progress = document.createElement("progress");
  progress.max = 100;
  progress.setAttribute("aria-label", file.name);
  row.append(progress);
  row.classList.remove("upload-failed");
  row.querySelector(".upload-again")?.remove();
  try {
    const show = (share: number): void => void (progress.value = share * 100);
    const stored = file.size > LARGE ? await (await import("./large")).sendLarge(file, row, show) : await post(word("uploads"), file, show);
    known.ref = `${stored.id}:${stored.token}`;
    stands(row, known);
  } catch (problem) {
    failed(row, known, file, problem as Error);
  }
  progress.remove();
  changed(row);
}

function stands(row: HTMLElement, known: OnForm): void {
  const value = document.createElement("input");
  value.type = "hidden";
  value.name = known.at;
  value.value = known.ref ?? "";
  row.append(value);
}

/** On a form that waits for a network, the photo waits with it; elsewhere it can be tried again. */
function failed(row: HTMLElement, known: OnForm, file: File, problem: Error): void {
  const form = row.closest("form");
  const note = row.querySelector<HTMLElement>(".upload-note");
  const waits = problem.name === "NetworkError" && form?.dataset.outbox !== undefined;
  row.classList.toggle("upload-failed", !waits);
  if (note) note.textContent = waits ? word("photoWaits") : problem.message;
  if (problem.name === "Refused") {
    rows.delete(row);
    return;
  }
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-quiet upload-again";
  again.textContent = word("again");
  again.addEventListener("click", () => void upload(row, known, file));
  if (!waits) row.append(again);
}

function changed(inside: HTMLElement): void {
  inside.dispatchEvent(new CustomEvent(FILES_EVENT, { bubbles: true }));
}

function picture(file: File): HTMLElement {
  const frame = document.createElement("span");
  frame.className = "upload-picture";
  if (file.type.startsWith("image/")) {
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    frame.append(image);
  }
  return frame;
}

function fault(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

function post(url: string, file: File, onProgress: (share: number) => void): Promise<Stored> {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value;
    if (token) request.setRequestHeader("X-CSRFToken", token);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      const answer = request.response as (Stored & { detail?: string }) | null;
      if (request.status < 300 && answer) resolve(answer);
      // A refusal in words is final; anything else may go better next time.
      else reject(fault(answer?.detail && request.status < 500 ? "Refused" : "Failed", answer?.detail ?? word("uploadFailed")));
    };
    request.onerror = () => reject(fault("NetworkError", word("offline")));
    request.send(body);
  });
}
