/** Pairing: the television shows a code that is typed on the village's desk, as apps on televisions do. */
import { say } from "./showing";
import { word } from "./words";

const ASKED = document.body.dataset.pair !== undefined;
let until = 0;
let paired = false;
let waiting = 0;

/** Called with each answer of the site. Shows a code only where the page was opened for it (?pair). */
export function pairing(now: boolean): void {
  paired = now;
  if (paired) say("pairing", "");
  else if (ASKED && Date.now() > until && !waiting) void ask();
}

/** Whether a code is shown that may be typed any moment: the answer to it is then asked for often. */
export function waits(): boolean {
  return ASKED && !paired;
}

async function ask(): Promise<void> {
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
  waiting = window.setTimeout(() => (waiting = 0), 5000);
  try {
    const response = await fetch(document.body.dataset.pairing!, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!response.ok) return;
    const told = (await response.json()) as { code: string; until: number };
    if (!told.code) return; // paired meanwhile
    until = told.until;
    if (!paired) say("pairing", word("codeWords").replace("%s", told.code));
  } catch {
    // no network: asked again with the next answer
  }
}
