/** What waits is sent, and what was delivered is told where the reader is looking. */
import { word } from "../words";
import { flush, list, onChange, remove } from "./outbox";
import { identity, unflag } from "./signals";

let listening = false;

/** `now`: the network has just come back, so nothing waits any longer. */
export async function wake(now = false): Promise<void> {
  if (!listening) {
    listening = true;
    onChange(() => void tell());
  }
  await shownReceipt().catch(() => undefined);
  await flush(now).catch(() => undefined);
  await tell();
}

/** The page of the receipt shows number and code: then this phone need not keep them. */
async function shownReceipt(): Promise<void> {
  const number = document.querySelector<HTMLElement>("[data-receipt]")?.dataset.receipt;
  if (!number) return;
  for (const one of await list()) if (one.state === "sent" && one.answer?.number === number) await remove(one.id);
}

async function tell(): Promise<void> {
  const entries = await list().catch(() => []);
  if (!entries.length) unflag();
  const mine = entries.filter((one) => one.who === "" || one.who === identity());
  const sent = mine.filter((one) => one.state === "sent").length;
  const stuck = mine.filter((one) => one.state === "refused" || one.state === "conflict").length;
  const waiting = mine.filter((one) => one.state === "waiting" || one.state === "sending").length;
  let bar = document.getElementById("outbox-bar");
  if (["/outbox", "/desk/pocket"].includes(window.location.pathname) || sent + stuck + waiting === 0) {
    bar?.remove();
    return;
  }
  if (!bar) {
    bar = document.createElement("p");
    bar.id = "outbox-bar";
    bar.setAttribute("role", "status");
    document.getElementById("main")?.prepend(bar);
  }
  const words = [
    stuck && word("outboxStuck").replace("{n}", String(stuck)),
    sent && word("outboxSent").replace("{n}", String(sent)),
    waiting && word("outboxWaiting").replace("{n}", String(waiting)),
  ].filter(Boolean);
  bar.className = `note ${stuck ? "note-bad" : sent ? "note-good" : "note-lake"} outbox-bar`;
  const link = document.createElement("a");
  link.href = "/outbox";
  link.className = "tap";
  link.textContent = word("outboxLook");
  const text = document.createElement("span");
  text.textContent = words.join(" ");
  bar.replaceChildren(text, link);
}
