/**
 * The foreman's pad: a worker finds their row, types their own digits and taps. The pad signs the tap with its key and seals the
 * digits to the server, so that what waits for signal on the pad tells nobody's digits.
 */
import { show } from "./site_device";
import { deviceOf, forget, hex } from "./site_keys";
import { say, send, watchWaiting } from "./site_send";
import { clockError, whether } from "./site_where";

const INFO = "zhili-pad-pin-1";

export async function enhanceSitePad(box: HTMLElement): Promise<void> {
  if (box.dataset.ready) return;
  box.dataset.ready = "1";
  clockError(Number(box.dataset.now));
  const count = watchWaiting(box.dataset.sitePad!, () => undefined);
  box.querySelectorAll<HTMLFormElement>("form[data-pad-form]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void pressed(box, form, event.submitter as HTMLButtonElement | null).then(count);
    });
  });
  await list(box);
}

/** The crew is there once this pad was enrolled. */
async function list(box: HTMLElement): Promise<void> {
  const known = await deviceOf(box.dataset.device!).catch(() => undefined);
  box.querySelector<HTMLElement>("[data-pad-list]")!.hidden = !known;
}

async function pressed(box: HTMLElement, form: HTMLFormElement, way: HTMLButtonElement | null): Promise<void> {
  const field = form.elements.namedItem("pin") as HTMLInputElement;
  const digits = field.value.trim();
  const device = await deviceOf(box.dataset.device!).catch(() => undefined);
  if (!device || !way) return list(box);
  if (!/^\d{6}$/.test(digits)) return say(form, "note-bad", box.dataset.digits ?? "");
  way.setAttribute("aria-busy", "true");
  try {
    const [at, key] = [new Date(), crypto.randomUUID()];
    const tap = { engagement: Number(form.dataset.engagement), way: way.value, code: "", at, inside: await whether(box), key };
    const more = { pin: await seal(box.dataset.seal!, digits, key), error: String(Math.round(clockError(Number(box.dataset.now)) / 1000)) };
    field.value = "";
    const done = way.value === "in" ? box.dataset.in : box.dataset.out;
    const outcome = await send(device, tap, { address: box.dataset.sitePad!, title: `${done} · ${form.dataset.title}`, more });
    if (outcome.state === "refused") {
      if (outcome.problem === "retired_key" || outcome.problem === "unknown_key") await anew(box, device.id);
      return say(form, "note-bad", outcome.words ?? "");
    }
    const clock = at.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
    const last = form.closest("details")?.querySelector<HTMLElement>("[data-last]");
    if (last) last.textContent = `${done} ${clock}`;
    say(form, "note-good", outcome.state === "sent" ? `${done} ${clock} ${box.dataset.taken}` : (box.dataset.kept ?? ""));
  } finally {
    way.removeAttribute("aria-busy");
  }
}

async function anew(box: HTMLElement, id: string): Promise<void> {
  await forget(id);
  const device = box.querySelector<HTMLElement>("[data-site-device]");
  if (device) await show(device);
}

/** Point ‖ nonce ‖ ciphertext in hexadecimal, bound to the key of the tap (`pins.unsealed`). */
async function seal(point: string, digits: string, key: string): Promise<string> {
  const bytes = new TextEncoder();
  const ec = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await crypto.subtle.importKey("raw", unhex(point), ec, false, []);
  const ours = await crypto.subtle.generateKey(ec, false, ["deriveBits"]);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytes.encode(INFO) };
  const secret = await crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes.encode(key) }, secret, bytes.encode(digits));
  const mine = await crypto.subtle.exportKey("raw", ours.publicKey);
  return [mine, iv, sealed].map((part) => hex(new Uint8Array(part))).join("");
}

function unhex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
