/** Arriving: the code on the door is read with the camera where the browser can, or typed; kept, and sent with signal. */
import { back, done } from "../acts";
import { h, icon, type Part, t } from "../dom";
import type { Visit } from "../pack";
import { keep, moment } from "./own";

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

type WithDetector = typeof globalThis & { BarcodeDetector?: new (options: { formats: string[] }) => Detector };

/** As core/visits/arrivals.py reads it: the end of an address, O for 0, I and L for 1. */
function tidy(text: string): string {
  const symbols = (text.trim().replace(/\/$/, "").split("/").pop() ?? "").toUpperCase().replace(/[-\s]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(symbols) ? symbols : "";
}

export function drawScan(visit: Visit): Part[] {
  const home = `#/v/${visit.id}`;
  const input = h("input", { id: "door-code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", "aria-describedby": "door-help", maxlength: 80 });
  const trouble = h("p", { class: "form-error", role: "alert", hidden: true }, t("visit_bad_code"));
  const take = async (text: string) => {
    const code = tidy(text);
    trouble.hidden = Boolean(code);
    if (!code) return input.focus();
    await keep(visit, t("visit_arrive"), { arrived: { code, made_at: moment() } }, [], "/scan");
    done(home, "kept");
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void take(input.value);
  };
  const form = h("form", { class: "form", novalidate: true, submit }, h("label", { class: "form-label", for: "door-code" }, t("visit_door_code")), h("p", { class: "form-help", id: "door-help" }, t("visit_door_help")), input, trouble, h("div", { class: "row-actions" }, h("button", { class: "btn btn-primary btn-wide", type: "submit" }, t("visit_here_now"))));
  return [back(home), h("div", { class: "page-head" }, h("h1", { tabindex: -1 }, t("visit_arrive")), h("p", {}, visit.name)), h("section", { class: "sheet sheet-pad stack" }, camera(take), form, h("p", { class: "quiet" }, t("visit_arrive_help")))];
}

function camera(take: (text: string) => Promise<void>): Part {
  const Reader = (globalThis as WithDetector).BarcodeDetector;
  if (!Reader || !navigator.mediaDevices) return null;
  const video = h("video", { class: "visit-camera", hidden: true, playsinline: true, muted: true });
  const button = h("button", { type: "button", class: "btn btn-plain btn-wide" }, icon("qr-code"), t("visit_camera"));
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    void watch(new Reader({ formats: ["qr_code"] }), video).then((text) => {
      button.removeAttribute("aria-busy");
      if (text) return take(text);
      button.replaceWith(h("p", { class: "form-help" }, t("visit_no_camera")));
      return undefined;
    });
  });
  return h("div", { class: "stack-tight" }, button, video);
}

/** The first code the camera sees; "" when it may not look. It stops when the page is left. */
async function watch(reader: Detector, video: HTMLVideoElement): Promise<string> {
  let stream: MediaStream | undefined;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    while (video.isConnected) {
      const [found] = await reader.detect(video);
      if (found) return found.rawValue;
      await new Promise((go) => setTimeout(go, 200));
    }
    return "";
  } catch {
    return "";
  } finally {
    stream?.getTracks().forEach((one) => one.stop());
    video.hidden = true;
  }
}
