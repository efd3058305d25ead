/** What every page loads: styles, htmx, and small enhancements. Each page works without this file. */
import "./style/app.css";
import "./htmx";
import { enhanceDesk } from "./desk/enhance";
import { enhanceCopy } from "./enhance/copy";
import { enhanceForms, openTarget } from "./enhance/forms";
import { enhanceShell } from "./enhance/shell";
import { enhancePlace } from "./enhance/place";
import { enhanceUploads } from "./enhance/uploads";
import { startOffline } from "./offline/start";
import { word } from "./words";

// The map is three hundred kilobytes: fetched only when one is about to be seen.
const whenNear = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      whenNear.unobserve(target);
      void showMap(target as HTMLElement);
    }
  },
  { rootMargin: "200px" },
);

async function showMap(box: HTMLElement): Promise<void> {
  try {
    const map = await import("./islands/map");
    map.mount(box);
  } catch {
    // No network, and the map was never seen on this phone.
    box.classList.add("map-missing");
    const words = box.querySelector<HTMLElement>(".map-words");
    if (words) words.textContent = box.dataset.missing ?? word("mapMissing");
  }
}

function enhance(root: ParentNode): void {
  enhanceCopy(root);
  enhanceDesk(root);
  enhanceForms(root);
  enhanceUploads(root);
  enhancePlace(root);
  enhanceShell(root);
  root.querySelectorAll<HTMLFormElement>("form[data-passkey]:not([data-ready])").forEach((form) => {
    void import("./enhance/passkey").then((passkey) => passkey.mount(form));
  });
  root.querySelectorAll<HTMLFormElement>("form[data-verify]").forEach((form) => void import("./verify/page").then((page) => page.mount(form)));
  root.querySelectorAll<HTMLFormElement>("form[data-masks]:not(.mask-on)").forEach((form) => void import("./enhance/masks").then((masks) => masks.mount(form)));
  if (root.querySelector("[data-live-page]")) void import("./enhance/news").then((news) => news.enhanceNews());
  if (root.querySelector("[data-plot], [data-warnings]")) void import("./signals/enhance").then((signals) => signals.enhanceSignals(root));
  if (root.querySelector("[data-care], [data-care-poll]")) void import("./enhance/care").then((care) => care.enhanceCare());
  root.querySelectorAll<HTMLElement>("[data-patrol]").forEach((box) => void import("./enhance/taps").then((taps) => taps.enhanceTaps(box)));
  root.querySelectorAll<HTMLElement>("[data-speak-words]").forEach((box) => void import("./enhance/speak").then((speak) => speak.enhanceSpeaking(box)));
  root.querySelectorAll<HTMLFormElement>("form[data-site-tap]").forEach((form) => void import("./enhance/site_tap").then((taps) => taps.enhanceSiteTap(form)));
  root.querySelectorAll<HTMLElement>("[data-site-screen]").forEach((box) => void import("./enhance/site_screen").then((screen) => screen.enhanceSiteScreen(box)));
  root.querySelectorAll<HTMLElement>("[data-site-pad]").forEach((box) => void import("./enhance/site_pad").then((pad) => pad.enhanceSitePad(box)));
  root.querySelectorAll<HTMLElement>("[data-site-device]").forEach((box) => void import("./enhance/site_device").then((device) => device.enhanceSiteDevice(box)));
  root.querySelectorAll<HTMLElement>("[data-map]:not([data-waiting])").forEach((box) => {
    box.dataset.waiting = "1";
    whenNear.observe(box);
  });
}

document.documentElement.classList.add("js");
enhance(document);
// After htmx has found what is fetched when it is unfolded.
document.addEventListener("DOMContentLoaded", openTarget);
startOffline();
if (localStorage.getItem("zhili-pocket")) void import("./pocket/watch").then((pocket) => pocket.watch(), () => undefined);
window.addEventListener("hashchange", openTarget);
document.body.addEventListener("htmx:load", (event) => enhance(event.target as HTMLElement));
