/**
 * The screen at a site's gate. It asks for the next code as each half minute ends; without signal it shows the codes it was given
 * beforehand, by its clock as the server last put it right, as digits to be typed: a picture for each would be too much to keep.
 */
import { clockError } from "./site_where";

const STEP_MS = 30_000;
const PATIENCE_MS = 4000;

export function enhanceSiteScreen(box: HTMLElement): void {
  if (box.dataset.ready) return;
  box.dataset.ready = "1";
  let shown = Number(box.dataset.first);
  let busy = false;
  const turn = async () => {
    const now = Date.now() + clockError(Number(box.dataset.now));
    const step = Math.floor(now / STEP_MS);
    const left = box.querySelector<HTMLElement>("[data-left]");
    if (left) left.textContent = String(Math.ceil((STEP_MS - (now % STEP_MS)) / 1000));
    if (step === shown || busy) return;
    busy = true;
    shown = (await renew(box)) ? Number(box.dataset.first) : alone(box, step);
    busy = false;
  };
  setInterval(() => void turn(), 500);
  void turn();
}

/** The page as the server draws it now, also in place of what this device keeps of it. */
async function renew(box: HTMLElement): Promise<boolean> {
  try {
    const asked = await fetch(window.location.pathname, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!asked.ok || asked.redirected) return false;
    const copy = asked.clone();
    const drawn = new DOMParser().parseFromString(await asked.text(), "text/html").querySelector<HTMLElement>("[data-site-screen]");
    if (!drawn) return false;
    Object.assign(box.dataset, drawn.dataset, { ready: "1" });
    box.replaceChildren(...drawn.childNodes);
    const kept = "caches" in window ? await caches.open("zhili-kept") : undefined;
    if (await kept?.match(window.location.pathname)) await kept?.put(window.location.pathname, copy);
    return true;
  } catch {
    return false;
  }
}

function alone(box: HTMLElement, step: number): number {
  const codes = (box.dataset.codes ?? "").split(" ");
  const code = codes[step - Number(box.dataset.first)];
  box.querySelector<HTMLElement>(".wages-qr")?.setAttribute("hidden", "");
  const digits = box.querySelector<HTMLElement>(".wages-code");
  if (digits) digits.textContent = code ? `${code.slice(0, 3)} ${code.slice(3)}` : "— —";
  const words = box.querySelector<HTMLElement>("[data-alone]");
  if (words) words.textContent = (code ? box.dataset.alone : box.dataset.over) ?? "";
  words?.removeAttribute("hidden");
  return step;
}
