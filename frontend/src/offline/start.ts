/** On every page: the service worker is installed, and what waits is sent as soon as there is a network. */
import { flagged } from "./signals";

const DAY = 24 * 3600_000;
const FRESHENED = "zhili-shell-at";

export function startOffline(): void {
  if (!window.isSecureContext || !("serviceWorker" in navigator) || !("indexedDB" in window)) return;
  window.addEventListener("load", () => void install());
  window.addEventListener("online", () => wake(true));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  wake();
  const waiting = document.querySelector<HTMLElement>("[data-outbox-list]");
  if (waiting) void import("./outbox_page").then((page) => page.showOutbox(waiting));
  const form = document.querySelector<HTMLFormElement>("form[data-outbox]");
  if (form) void import("./reporting").then((reporting) => reporting.enhanceReport(form)).catch(() => undefined);
}

/** Nothing is loaded for it while nothing waits. */
function wake(now = false): void {
  if (flagged()) void import("./waking").then((waking) => waking.wake(now));
}

async function install(): Promise<void> {
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => undefined);
  // Pages kept for use without a network are drawn anew once a day, so that they do not age.
  const at = Number(localStorage.getItem(FRESHENED) ?? 0);
  if (!navigator.serviceWorker.controller || Date.now() - at < DAY) return;
  localStorage.setItem(FRESHENED, String(Date.now()));
  navigator.serviceWorker.controller.postMessage("freshen");
}
