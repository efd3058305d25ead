/**
 * A large file goes in pieces (tus 1.0.0), so that a tunnel or a closed lid costs a piece. Paused, it waits; after a
 * reload the same file, chosen again, goes on where it was. Fetched only when somebody chose such a file.
 */
import { DetailedError, Upload } from "tus-js-client";
import { word } from "../words";

/** What one request carries: below what proxies usually let through. */
const PIECE = 32 * 1024 * 1024;
const SAMPLE = 64 * 1024;
const PATIENCE = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000];

export interface Stored {
  id: string;
  token: string;
}

export function sendLarge(file: File, row: HTMLElement, progress: (share: number) => void): Promise<Stored> {
  return new Promise((resolve, reject) => {
    const note = row.querySelector<HTMLElement>(".upload-note");
    const pause = button();
    const over = (): void => {
      pause.remove();
      watch.disconnect();
    };
    const upload = new Upload(file, {
      endpoint: word("tus"),
      chunkSize: PIECE,
      retryDelays: PATIENCE,
      metadata: { filename: file.name, filetype: file.type },
      fingerprint: (one) => mark(one as File),
      removeFingerprintOnSuccess: true,
      onProgress: (sent, all) => {
        const share = sent / all;
        progress(share);
        if (note) note.textContent = `${Math.floor(share * 100)}%`;
      },
      onSuccess: () => {
        over();
        if (note) note.textContent = "";
        finished(upload.url ?? "").then(resolve, reject);
      },
      onError: (error) => {
        over();
        reject(fault(error));
      },
    });
    // Taken off the form: nobody waits for it any more, here or there.
    const watch = new MutationObserver(() => {
      if (row.isConnected) return;
      over();
      void upload.abort(true).catch(() => undefined);
    });
    if (row.parentElement) watch.observe(row.parentElement, { childList: true });
    pause.addEventListener("click", () => {
      const stop = pause.getAttribute("aria-pressed") !== "true";
      pause.setAttribute("aria-pressed", String(stop));
      pause.textContent = word(stop ? "goOn" : "pause");
      if (stop) void upload.abort().then(() => note && (note.textContent = `${note.textContent} · ${word("paused")}`));
      else upload.start();
    });
    row.append(pause);
    void upload.findPreviousUploads().then(([former]) => {
      if (former) upload.resumeFromPreviousUpload(former);
      upload.start();
    });
  });
}

/**
 * By what a file is known again: its name, its size and three samples of what is in it. Not by its date, which is another
 * one when the file comes back from a draft.
 */
async function mark(file: File): Promise<string> {
  const places = [0, Math.floor(file.size / 2), Math.max(0, file.size - SAMPLE)];
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (const place of places) {
    for (const byte of new Uint8Array(await file.slice(place, place + SAMPLE).arrayBuffer())) {
      a = Math.imul(a ^ byte, 2654435761);
      b = Math.imul(b ^ byte, 1597334677);
    }
  }
  return `zhili-${file.name}-${file.size}-${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}`;
}

function button(): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-quiet upload-pause";
  made.setAttribute("aria-pressed", "false");
  made.textContent = word("pause");
  return made;
}

/** What the server made of it. */
async function finished(address: string): Promise<Stored> {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw refused(await answer.text(), answer.status);
  const { file } = (await answer.json()) as { file?: Stored };
  if (!file) throw refused(word("uploadFailed"), 500);
  return file;
}

function fault(error: Error | DetailedError): Error {
  const answer = error instanceof DetailedError ? error.originalResponse : null;
  if (answer) return refused(answer.getBody() || word("uploadFailed"), answer.getStatus());
  const lost = new Error(word("offline"));
  lost.name = "NetworkError";
  return lost;
}

function refused(words: string, status: number): Error {
  const error = new Error(words.startsWith("<") ? word("uploadFailed") : words);
  // A refusal in words is final; anything else may go better next time.
  error.name = status < 500 && status !== 429 ? "Refused" : "Failed";
  return error;
}
