/** Enrolling this device: offered where it can sign and has not been enrolled yet, else said that it was. */
import { able, deviceOf, enrol } from "./site_keys";

/** `data-site-device`: where the server takes the key; `data-device`: whose it is, as `site_keys.ts` names it. */
export async function enhanceSiteDevice(box: HTMLElement): Promise<void> {
  if (box.dataset.ready || !able()) return;
  box.dataset.ready = "1";
  await show(box);
  const button = box.querySelector<HTMLButtonElement>("button")!;
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    enrol(box.dataset.device!, box.dataset.siteDevice!)
      .then(keepPage)
      .catch((error: Error) => refuse(box, error.message || (box.dataset.failed ?? "")))
      .finally(() => button.removeAttribute("aria-busy"));
  });
}

export async function show(box: HTMLElement): Promise<void> {
  const known = await deviceOf(box.dataset.device ?? "").catch(() => undefined);
  box.hidden = false;
  box.querySelector<HTMLElement>("[data-done]")!.hidden = !known;
  box.querySelector<HTMLElement>("[data-offer]")!.hidden = Boolean(known);
}

/** Drawn once more, so that the service worker has this page when there is no signal. */
async function keepPage(): Promise<void> {
  await navigator.serviceWorker?.getRegistration().then((there) => there && navigator.serviceWorker.ready);
  window.location.reload();
}

function refuse(box: HTMLElement, words: string): void {
  box.querySelector("[role=alert]")?.remove();
  const note = document.createElement("p");
  note.className = "note note-bad";
  note.setAttribute("role", "alert");
  note.textContent = words;
  box.append(note);
}
