/**
 * Files are sent as soon as they are chosen, each with its own progress, so that the report itself is quick to send.
 * Without this script the same input sends the files with the form.
 */
interface Stored {
  id: string;
  token: string;
}

export function enhanceUploads(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-uploads]:not([data-ready])").forEach((box) => {
    const input = box.querySelector<HTMLInputElement>("input[type=file]");
    const list = box.querySelector<HTMLUListElement>("[data-upload-list]");
    if (!input || !list) return;
    box.dataset.ready = "1";
    input.addEventListener("change", () => {
      const chosen = Array.from(input.files ?? []);
      const room = Number(box.dataset.max ?? 9) - list.children.length;
      chosen.slice(0, Math.max(0, room)).forEach((file) => void send(box, list, input, file));
      input.value = "";
    });
    list.querySelectorAll<HTMLElement>("li").forEach((row) => wireRemove(row));
  });
}

async function send(box: HTMLElement, list: HTMLUListElement, input: HTMLInputElement, file: File): Promise<void> {
  const row = document.createElement("li");
  row.className = "upload";
  const picture = document.createElement("span");
  picture.className = "upload-picture";
  if (file.type.startsWith("image/")) {
    const image = document.createElement("img");
    image.alt = "";
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    picture.append(image);
  }
  const name = document.createElement("span");
  name.className = "upload-name";
  name.textContent = file.name;
  const state = document.createElement("progress");
  state.max = 100;
  state.value = 0;
  state.setAttribute("aria-label", file.name);
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "btn btn-ghost upload-remove";
  remove.dataset.remove = "1";
  remove.textContent = box.dataset.removeText ?? "×";
  row.append(picture, name, state, remove);
  wireRemove(row);
  list.append(row);

  try {
    const stored = await post(box.dataset.uploads ?? "", file, (share) => (state.value = share * 100));
    state.remove();
    const value = document.createElement("input");
    value.type = "hidden";
    value.name = input.dataset.name ?? input.name;
    value.value = `${stored.id}:${stored.token}`;
    row.append(value);
  } catch (problem) {
    state.remove();
    row.classList.add("upload-failed");
    name.textContent = `${file.name}: ${(problem as Error).message}`;
    name.setAttribute("role", "alert");
  }
}

function wireRemove(row: HTMLElement): void {
  row.querySelector("[data-remove]")?.addEventListener("click", () => row.remove());
}

function post(url: string, file: File, onProgress: (share: number) => void): Promise<Stored> {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    request.setRequestHeader("X-CSRFToken", csrf());
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      const answer = request.response as (Stored & { detail?: string }) | null;
      if (request.status < 300 && answer) resolve(answer);
      else reject(new Error(answer?.detail ?? String(request.status)));
    };
    request.onerror = () => reject(new Error(document.documentElement.dataset.offlineText ?? "offline"));
    request.send(body);
  });
}

function csrf(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}
