/** Pages and the service worker tell each other that something waits, or was delivered. */

const FLAG = "zhili-outbox";
let channel: BroadcastChannel | undefined;

function shared(): BroadcastChannel | undefined {
  channel ??= typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("zhili-outbox");
  return channel;
}

const listeners = new Set<() => void>();

/** Something in the outbox changed: in this page, and in every other. */
export function announce(): void {
  if (typeof localStorage !== "undefined") localStorage.setItem(FLAG, "1");
  listeners.forEach((listener) => listener());
  shared()?.postMessage("changed");
}

/** Calls back on every change, from wherever. Returns how to stop. */
export function onChange(callback: () => void): () => void {
  const heard = () => callback();
  listeners.add(heard);
  shared()?.addEventListener("message", heard);
  return () => {
    listeners.delete(heard);
    shared()?.removeEventListener("message", heard);
  };
}

/** Whether the outbox may hold anything: pages look at this before they load what reads it. */
export function flagged(): boolean {
  return localStorage.getItem(FLAG) === "1";
}

export function unflag(): void {
  localStorage.removeItem(FLAG);
}

/** The mark of whoever the page was drawn for; "" for a stranger. */
export function identity(): string {
  return typeof document === "undefined" ? "" : (document.getElementById("words")?.dataset.who ?? "");
}
