/** A signed tap into the outbox and on its way; and the line that says how many wait for signal. */
import { flush, list, onChange, put, remove } from "../offline/outbox";
import { type Device, sign, type Tapped } from "./site_keys";

export interface Outcome {
  state: "sent" | "kept" | "refused";
  problem?: string;
  words?: string;
}

export interface Where {
  address: string;
  /** A line for lists; no personal value. */
  title: string;
  /** "" when the signature alone says whose it is; else it waits for the account that is signed in. */
  who?: string;
  more: Record<string, string>;
}

const going = new Set<string>();

/** Durable before it is sent; what the server refuses at once is not kept. */
export async function send(device: Device, tap: Tapped, where: Where): Promise<Outcome> {
  const fields = Object.entries({
    engagement: String(tap.engagement), way: tap.way, code: tap.code, inside: word(tap.inside), device_at: tap.at.toISOString(),
    device: device.sha256, signature: await sign(device, tap), ...where.more,
  });
  going.add(tap.key);
  try {
    await put({ id: tap.key, kind: "tap", title: where.title, url: where.address, encoding: "form", fields, who: where.who });
    await flush(true).catch(() => undefined);
    const entry = (await list()).find((one) => one.id === tap.key);
    if (entry?.state === "waiting" || entry?.state === "sending") return { state: "kept" };
    await remove(tap.key);
    if (!entry || entry.state === "sent") return { state: "sent" };
    return { state: "refused", problem: entry.answer?.problem, words: entry.answer?.message };
  } finally {
    going.delete(tap.key);
  }
}

/** `arrived`: some that waited were delivered meanwhile. Returns how to count again. */
export function watchWaiting(address: string, arrived: () => void): () => Promise<void> {
  const count = async () => {
    const there = (await list()).filter((one) => one.kind === "tap" && one.url === address && !going.has(one.id));
    const sent = there.filter((one) => one.state === "sent");
    for (const one of sent) await remove(one.id);
    const left = there.filter((one) => one.state === "waiting" || one.state === "sending").length;
    const line = document.querySelector<HTMLElement>("[data-site-waiting]");
    if (line) {
      line.hidden = left === 0;
      line.textContent = (line.dataset.siteWaiting ?? "").replace("{n}", String(left));
    }
    if (sent.length) arrived();
  };
  onChange(() => void count());
  void count();
  return count;
}

export const word = (inside: boolean | null): string => (inside === null ? "" : inside ? "inside" : "outside");

export function say(box: HTMLElement, kind: string, text: string): void {
  box.querySelector("[data-said]")?.remove();
  const note = document.createElement("p");
  note.className = `note ${kind}`;
  note.dataset.said = "1";
  note.setAttribute("role", kind === "note-bad" ? "alert" : "status");
  note.textContent = text;
  box.prepend(note);
}
