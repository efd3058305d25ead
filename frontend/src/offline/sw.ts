/// <reference lib="webworker" />
/**
 * The service worker. It keeps what draws the page, the report form and the outbox, so that they open without a network;
 * pages always come from the network when there is one. It keeps no page of a signed-in person unless that page asks for
 * it (X-Offline: keep), and forgets those when somebody signs in or out.
 */
import { flush, list } from "./outbox";

declare const self: ServiceWorkerGlobalScope & {
  /** Put before this script by the server: what to keep, and a version that changes with it. */
  ZHILI: { version: string; assets: string[]; pages: string[] };
};

const { version, assets, pages } = self.ZHILI;
const SHELL = `zhili-shell-${version}`;
const KEPT = "zhili-kept";
const USED = "zhili-used";
const FALLBACK = "/offline";
const SHARED = /^\/(static\/|map\/boundaries\.geojson)/;

self.addEventListener("install", (event) => {
  event.waitUntil(prepare().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (event.request.method !== "GET") {
    if (/^\/(accounts\/|prefs$)/.test(url.pathname)) event.respondWith(changed(event.request, url));
    return;
  }
  if (event.request.mode === "navigate") event.respondWith(page(event));
  else if (SHARED.test(url.pathname)) event.respondWith(asset(event.request, url));
});

self.addEventListener("sync", (event) => {
  const { tag, waitUntil } = event as ExtendableEvent & { tag: string };
  if (tag === "outbox") waitUntil.call(event, deliver());
});

self.addEventListener("message", (event) => {
  if (event.data === "freshen") event.waitUntil(keepPages());
});

async function prepare(): Promise<void> {
  const cache = await caches.open(SHELL);
  await cache.addAll(assets);
  await keepPages();
}

/** Drawn for a stranger, in the reader's language and look; a page that cannot be had now is kept next time. */
async function keepPages(): Promise<void> {
  const cache = await caches.open(SHELL);
  const fetched = pages.map(async (address) => {
    const response = await fetch(address, { headers: { "X-Shell": "1" }, cache: "no-store" });
    // A browser takes no redirected answer for a page; what it led to is what this address shows.
    if (response.ok) await cache.put(address, new Response(await response.blob(), { headers: response.headers }));
  });
  await Promise.allSettled(fetched);
}

async function takeOver(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith("zhili-") && ![SHELL, KEPT].includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function page(event: FetchEvent): Promise<Response> {
  try {
    const response = ((await event.preloadResponse) as Response | undefined) ?? (await fetch(event.request));
    if (response.ok && response.headers.get("X-Offline") === "keep") {
      const copy = response.clone();
      event.waitUntil(caches.open(KEPT).then((cache) => cache.put(event.request, copy)));
    }
    return response;
  } catch {
    const shell = await caches.open(SHELL);
    return (
      // Kept once for each phone, whatever a page says that it depends on: language, look and reader are its own.
      (await (await caches.open(KEPT)).match(event.request, { ignoreSearch: true, ignoreVary: true })) ??
      (await shell.match(event.request, { ignoreSearch: true, ignoreVary: true })) ??
      (await shell.match(FALLBACK)) ??
      Response.error()
    );
  }
}

/** Named by their content, so what is kept is right; the boundaries change once in years. */
async function asset(request: Request, url: URL): Promise<Response> {
  const found = await caches.match(request, { ignoreVary: true });
  if (found) return found;
  const response = await fetch(request);
  if (response.ok && response.status === 200 && !url.pathname.endsWith("/manifest.json")) {
    const copy = response.clone();
    void caches.open(USED).then((cache) => cache.put(request, copy));
  }
  return response;
}

/** Somebody signed in or out, or chose another look: what was kept for the one before goes. */
async function changed(request: Request, url: URL): Promise<Response> {
  try {
    return await fetch(request);
  } finally {
    if (url.pathname === "/prefs") void keepPages();
    else await caches.delete(KEPT);
    // The grid worker's matters (pocket/pack.ts), even where the page's own script did not get to it.
    if (/\/logout/.test(url.pathname)) indexedDB.deleteDatabase("zhili-pocket");
  }
}

/** The browser asks again later when this fails. */
async function deliver(): Promise<void> {
  await flush(true);
  if ((await list()).some((one) => one.state === "waiting" && !one.hold)) throw new Error("still waiting");
}
