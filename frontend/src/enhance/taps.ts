/**
 * A patrol's taps: each goes into the phone's outbox with the time it was made, so that none is lost without signal, and is
 * sent at once when there is one. A photo of the printed code is read on the phone itself. Whether one stands within the
 * radius is compared on the phone, once, if one asks for it; only the word is sent, never a position.
 */
import { flush, list, put, remove } from "../offline/outbox";

const PATIENCE_MS = 6000;

interface Detector {
  detect(image: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

export function enhanceTaps(box: HTMLElement): void {
  if (box.dataset.ready) return;
  box.dataset.ready = "1";
  box.querySelectorAll<HTMLFormElement>("form[data-tap]").forEach((form) => watch(box, form));
}

function watch(box: HTMLElement, form: HTMLFormElement): void {
  const detector = (window as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  const scan = form.querySelector<HTMLInputElement>("[data-scan]");
  if (scan && detector) {
    scan.closest<HTMLElement>(".patrol-scan")!.hidden = false;
    scan.addEventListener("change", () => void read(box, form, scan, detector));
  }
  const asks = form.querySelector<HTMLInputElement>("[data-presence]");
  if (asks && "geolocation" in navigator) asks.closest<HTMLElement>(".patrol-presence")!.hidden = false;
  form.addEventListener("submit", (event) => {
    if (form.dataset.plain) return;
    event.preventDefault();
    void tap(box, form, asks?.checked ?? false, event.submitter);
  });
}

async function read(box: HTMLElement, form: HTMLFormElement, scan: HTMLInputElement, detector: DetectorClass): Promise<void> {
  const file = scan.files?.[0];
  scan.value = "";
  if (!file) return;
  const found = await createImageBitmap(file)
    .then((image) => new detector({ formats: ["qr_code"] }).detect(image))
    .catch(() => []);
  const said = form.querySelector<HTMLElement>("[data-scan-said]");
  const code = form.elements.namedItem("code") as HTMLInputElement;
  if (found[0]) code.value = found[0].rawValue;
  if (said) said.textContent = found[0] ? "" : (box.dataset.scanNone ?? "");
}

async function tap(box: HTMLElement, form: HTMLFormElement, asked: boolean, button: HTMLElement | null): Promise<void> {
  if (form.dataset.sending) return;
  form.dataset.sending = "1";
  button?.setAttribute("aria-busy", "true");
  const at = new Date().toISOString();
  const key = crypto.randomUUID();
  const presence = asked ? await whether(form) : "";
  set(form, "made_at", at);
  set(form, "presence", presence);
  set(form, "_key", key);
  const fields = [...new FormData(form).entries()].filter(
    (pair): pair is [string, string] => typeof pair[1] === "string" && !["_key", "csrfmiddlewaretoken"].includes(pair[0]),
  );
  const url = new URL(form.action).pathname;
  const title = form.dataset.title ?? "";
  try {
    await put({ id: key, kind: "tap", title, url, encoding: "form", fields, who: box.dataset.who, page: location.pathname });
  } catch {
    form.dataset.plain = "1"; // the phone keeps nothing: the plain way
    form.requestSubmit();
    return;
  }
  await Promise.race([flush(true).catch(() => undefined), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  const entry = (await list()).find((one) => one.id === key);
  delete form.dataset.sending;
  button?.removeAttribute("aria-busy");
  if (!entry || entry.state === "sent") {
    if (entry) await remove(key); // its answer is the page that comes now
    location.assign(`${location.pathname}?done=${key.slice(0, 8)}`);
  } else if (entry.state === "refused" || entry.state === "conflict") {
    await remove(key);
    say(form, "note-bad", `${box.dataset.refused ?? ""}：${entry.answer?.message ?? ""}`);
  } else {
    say(form, "note-lake", `${title}：${box.dataset.waits ?? ""}`);
    button?.setAttribute("disabled", "");
    box.dataset.waiting = "1";
  }
}

function set(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}

function say(form: HTMLFormElement, kind: string, text: string): void {
  const said = form.querySelector<HTMLElement>("[data-said]");
  if (!said) return;
  said.className = `note ${kind}`;
  said.textContent = text;
}

/** inside, outside, or nothing where the phone does not know well enough. */
function whether(form: HTMLFormElement): Promise<string> {
  const [lon, lat, radius] = ["lon", "lat", "radius"].map((name) => Number(form.dataset[name]));
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const away = metres(coords.longitude, coords.latitude, lon!, lat!);
        if (away <= radius!) resolve("inside");
        else resolve(away - coords.accuracy > radius! ? "outside" : "");
      },
      () => resolve(""),
      { enableHighAccuracy: true, timeout: 5000, maximumAge: 15_000 },
    );
  });
}

function metres(lon1: number, lat1: number, lon2: number, lat2: number): number {
  const rad = Math.PI / 180;
  const h = Math.sin(((lat2 - lat1) * rad) / 2) ** 2 + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h));
}
