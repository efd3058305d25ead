/** A drawing of the post's own ground with its matters: lines and numbers, without tiles, WebGL or network. */
import { t } from "./dom";
import type { Pack, Ring } from "./pack";
import type { Point } from "./position";
import type { Matter } from "./work";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 360;
const HIGH = 240;
const EDGE = 18;

/** null where neither ground nor places are known. The list below it says the same in words. */
export function drawMap(ground: Pack["ground"], shown: Matter[], here: Point | null): Element | null {
  const placed = shown
    .map((one, n) => ({ n: n + 1, lon: one.case.lon, lat: one.case.lat, over: one.case.due !== null && Date.parse(one.case.due) < Date.now() }))
    .filter((one): one is { n: number; lon: number; lat: number; over: boolean } => one.lon !== null && one.lat !== null);
  const frame = ground.own.length ? ground.own.flat() : placed.map((one): [number, number] => [one.lon, one.lat]);
  if (!frame.length) return null;
  const put = projection(frame);
  const map = part("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "pocket-map", role: "img", "aria-label": t("map_label", { name: ground.name, n: placed.length }) });
  map.append(part("path", { d: path(ground.around, put), class: "around" }), part("path", { d: path(ground.own, put), class: "own" }));
  for (const one of [...placed].reverse()) map.append(pin(put(one.lon, one.lat), String(one.n), one.over));
  if (here) {
    const [x, y] = put(here.lon, here.lat);
    map.append(part("circle", { cx: x, cy: y, r: 6, class: "here" }));
  }
  return map;
}

function projection(points: Ring): (lon: number, lat: number) => [number, number] {
  const lons = points.map((one) => one[0]);
  const lats = points.map((one) => one[1]);
  const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min((WIDE - 2 * EDGE) / Math.max((east - west) * narrow, 1e-4), (HIGH - 2 * EDGE) / Math.max(north - south, 1e-4));
  const [midLon, midLat] = [(west + east) / 2, (south + north) / 2];
  return (lon, lat) => [WIDE / 2 + (lon - midLon) * narrow * scale, HIGH / 2 - (lat - midLat) * scale];
}

function path(rings: Ring[], put: (lon: number, lat: number) => [number, number]): string {
  return rings.map((ring) => `M${ring.map(([lon, lat]) => put(lon, lat).map((one) => one.toFixed(1)).join(",")).join("L")}Z`).join("");
}

function pin([x, y]: [number, number], words: string, over: boolean): SVGElement {
  const group = part("g", { class: over ? "pin pin-over" : "pin" });
  const text = part("text", { x, y: y + 4.5 });
  text.textContent = words;
  group.append(part("circle", { cx: x, cy: y, r: 11 }), text);
  return group;
}

function part(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
