/**
 * A worker's tap on a site. The phone compares its place with the fence once, at the tap, and sends inside or outside, never a
 * position. A phone that was enrolled signs the tap and puts it into the outbox, which sends it at once or when there is
 * signal; any other sends the form as it is. Without scripts the form goes as it is too.
 */
import { show } from "./site_device";
import { type Device, deviceOf, forget } from "./site_keys";
import { say, send, watchWaiting, word } from "./site_send";
import { clockError, whether } from "./site_where";

export function enhanceSiteTap(form: HTMLFormElement): void {
  if (form.dataset.siteReady) return;
  form.dataset.siteReady = "1";
  // Opened by the site's QR code without signal, the page is the one kept before: the code is in the address.
  const field = code(form);
  field.value = new URLSearchParams(window.location.search).get("c") ?? "";
  clockError(Number(form.dataset.now));
  const address = new URL(form.action).pathname;
  const count = watchWaiting(address, () => {
    if (!field.value) window.location.replace(address); // its list has them now
  });
  form.addEventListener("submit", (event) => {
    if (form.dataset.measured) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void pressed(form, event.submitter as HTMLButtonElement | null).then(count);
  }, true);
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
  const typed = code(form).value.replace(/\D/g, "");
  const tap = { engagement: Number(form.dataset.engagement), way, code: typed, at, inside, key: crypto.randomUUID() };
  const address = new URL(form.action).pathname;
  const error = String(Math.round(clockError(Number(form.dataset.now)) / 1000));
  const title = `${way === "in" ? form.dataset.in : form.dataset.out} · ${form.dataset.title}`;
  // Signed by the phone itself: whoever has signed in since, it is this worker's.
  const outcome = await send(device, tap, { address, title, who: "", more: { error } });
  if (outcome.state === "sent") return window.location.replace(address);
  if (outcome.state === "kept") {
    code(form).value = "";
    return say(form, "note-good", form.dataset.kept ?? "");
  }
  if (outcome.problem === "retired_key" || outcome.problem === "unknown_key") {
    await forget(device.id);
    const box = document.querySelector<HTMLElement>("[data-site-device]");
    if (box) await show(box);
  }
  say(form, "note-bad", outcome.words ?? "");
}

const code = (form: HTMLFormElement): HTMLInputElement => form.elements.namedItem("code") as HTMLInputElement;

function set(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}
