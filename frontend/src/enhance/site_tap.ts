/**
 * A worker's tap on a site. The phone compares its place with the fence once, at the tap, and sends inside or outside, never a
 * position. A phone that was enrolled signs the tap and puts it into the outbox, which sends it at once or when there is
 * signal; any other sends the form as it is. Without scripts the form goes as it is too.
 */
import { flush, list, onChange, put, remove } from "../offline/outbox";
import { show } from "./site_device";
import { type Device, deviceOf, forget, sign } from "./site_keys";
import { clockError, whether } from "./site_where";

export function enhanceSiteTap(form: HTMLFormElement): void {
  if (form.dataset.siteReady) return;
  form.dataset.siteReady = "1";
  // Opened by the site's QR code without signal, the page is the one kept before: the code is in the address.
  const field = form.elements.namedItem("code") as HTMLInputElement;
  field.value = new URLSearchParams(window.location.search).get("c") ?? "";
  clockError(Number(form.dataset.now));
  form.addEventListener("submit", (event) => {
    if (form.dataset.measured) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void pressed(form, event.submitter as HTMLButtonElement | null);
  }, true);
  onChange(() => void waiting(form));
  void waiting(form);
}

async function pressed(form: HTMLFormElement, way: HTMLButtonElement | null): Promise<void> {
  way?.setAttribute("aria-busy", "true");
  try {
    const at = new Date();
    const inside = await whether(form);
    const device = await deviceOf(form.dataset.device ?? "").catch(() => undefined);
    if (device && way) return await hand(form, device, way.value, at, inside);
    if (!navigator.onLine) return say(form, "note-bad", form.dataset.cannot ?? "");
    set(form, "inside", word(inside));
    set(form, "device_at", at.toISOString());
    form.dataset.measured = "1";
    form.requestSubmit(way);
  } finally {
    way?.removeAttribute("aria-busy");
  }
}

/** Signed, kept on this phone, and on its way. */
async function hand(form: HTMLFormElement, device: Device, way: string, at: Date, inside: boolean | null): Promise<void> {
  const key = crypto.randomUUID();
  const field = form.elements.namedItem("code") as HTMLInputElement;
  const code = field.value.replace(/\D/g, "");
  const engagement = Number(form.dataset.engagement);
  const signature = await sign(device, { engagement, way, code, at, inside, key });
  const said: Record<string, string> = {
    engagement: String(engagement), way, code, inside: word(inside), device_at: at.toISOString(),
    device: device.sha256, signature, error: String(Math.round(clockError(Number(form.dataset.now)) / 1000)),
  };
  const title = `${way === "in" ? form.dataset.in : form.dataset.out} · ${form.dataset.title}`;
  // Signed by the phone itself: whoever has signed in since, it is this worker's.
  form.dataset.key = key;
  await put({ id: key, kind: "tap", title, url: new URL(form.action).pathname, encoding: "form", fields: Object.entries(said), who: "" });
  await flush(true).catch(() => undefined);
  const entry = (await list()).find((one) => one.id === key);
  delete form.dataset.key;
  if (entry?.state === "sent") {
    await remove(key);
    return window.location.replace(new URL(form.action).pathname);
  }
  if (entry?.state === "refused" || entry?.state === "conflict") {
    await remove(key);
    if (entry.answer?.problem === "retired_key" || entry.answer?.problem === "unknown_key") await forget(device.id).then(offerAgain);
    return say(form, "note-bad", entry.answer?.message ?? "");
  }
  field.value = "";
  say(form, "note-good", form.dataset.kept ?? "");
}

/** How many taps of this phone are not delivered yet; what was delivered is shown by the page itself. */
async function waiting(form: HTMLFormElement): Promise<void> {
  const line = document.querySelector<HTMLElement>("[data-site-waiting]");
  if (!line) return;
  const address = new URL(form.action).pathname;
  const there = (await list()).filter((one) => one.kind === "tap" && one.url === address && one.id !== form.dataset.key);
  const arrived = there.filter((one) => one.state === "sent");
  for (const one of arrived) await remove(one.id);
  const typed = (form.elements.namedItem("code") as HTMLInputElement).value;
  if (arrived.length && !typed) return window.location.replace(address); // its list has them now
  const left = there.filter((one) => one.state === "waiting" || one.state === "sending").length;
  line.hidden = left === 0;
  line.textContent = (line.dataset.siteWaiting ?? "").replace("{n}", String(left));
}

function offerAgain(): void {
  const box = document.querySelector<HTMLElement>("[data-site-device]");
  if (box) void show(box);
}

const word = (inside: boolean | null): string => (inside === null ? "" : inside ? "inside" : "outside");

function set(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}

function say(form: HTMLFormElement, kind: string, text: string): void {
  form.querySelector("[data-said]")?.remove();
  const note = document.createElement("p");
  note.className = `note ${kind}`;
  note.dataset.said = "1";
  note.setAttribute("role", kind === "note-bad" ? "alert" : "status");
  note.textContent = text;
  form.prepend(note);
}
