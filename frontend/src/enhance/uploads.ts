/**
 * Files are sent as soon as they are chosen, each with its own progress, so that the report itself is quick to send.
 * Without this script the same input sends the files with the form.
 */
import { word } from "../words";

interface Stored {
  id: string;
  token: string;
}

export function enhanceUploads(root: ParentNode): void {
  root.querySelectorAll<HTMLInputElement>("input[type=file][data-max]:not([data-ready])").forEach((input) => {
    const address = word("uploads");
    if (!address) return;
    input.dataset.ready = "1";
    const list = document.createElement("ul");
    list.className = "uploads";
    list.setAttribute("aria-live", "polite");
    input.after(list);
    input.addEventListener("change", () => {
      const room = Number(input.dataset.max) - kept(input) - list.children.length;
      Array.from(input.files ?? [])
        .slice(0, Math.max(0, room))
        .forEach((file) => void send(address, list, input.name, file));
      input.value = "";
    });
  });
}

/** How many files stand on the form from an earlier attempt. */
function kept(input: HTMLInputElement): number {
  return input.form?.querySelectorAll(`input[type=checkbox][name="${input.name}"]:checked`).length ?? 0;
}

async function send(address: string, list: HTMLUListElement, field: string, file: File): Promise<void> {
  const row = document.createElement("li");
  row.className = "upload";
  const name = document.createElement("span");
  name.className = "upload-name";
  name.textContent = file.name;
  const progress = document.createElement("progress");
  progress.max = 100;
  progress.value = 0;
  progress.setAttribute("aria-label", file.name);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "btn btn-quiet upload-remove";
  remove.textContent = word("remove");
  remove.addEventListener("click", () => row.remove());
  row.append(picture(file), name, remove, progress);
  list.append(row);
  try {
    const stored = await post(address, file, (share) => (progress.value = share * 100));
    const value = document.createElement("input");
    value.type = "hidden";
    value.name = field;
    value.value = `${stored.id}:${stored.token}`;
    row.append(value);
  } catch (problem) {
    row.classList.add("upload-failed");
    name.textContent = `${file.name}：${(problem as Error).message}`;
  }
  progress.remove();
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
      else reject(new Error(answer?.detail ?? word("uploadFailed")));
    };
    request.onerror = () => reject(new Error(word("offline")));
    request.send(body);
  });
}
