/**
 * Two sides of a border on one map: our cells in full lines and our matters as discs, theirs dashed and as squares, so
 * that neither is told by colour alone. With data-pick the cells tick the boxes of the list beside it.
 */
import * as maplibre from "maplibre-gl";
import type { FeatureCollection } from "geojson";
import { colours } from "./style";

interface About {
  side: "ours" | "theirs";
  kind: "cell" | "matter";
  words: string;
  code?: string;
  title?: string;
  url?: string;
}

const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

export function addBorder(box: HTMLElement, map: maplibre.Map): void {
  const begin = () => {
    layers(map);
    void load(box, map);
    if (box.dataset.pick === undefined) map.on("click", (event) => open(box, map, event.point));
    else pick(box, map);
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && box.dataset.pick === undefined) open(box, map, map.project(map.getCenter()));
    });
  };
  // this module may come after the map has begun
  if (box.classList.contains("map-ready")) begin();
  else map.once("load", begin);
}

async function load(box: HTMLElement, map: maplibre.Map): Promise<void> {
  try {
    const answer = await fetch(box.dataset.border ?? "");
    if (!answer.ok) throw new Error(String(answer.status));
    const found = (await answer.json()) as FeatureCollection;
    map.getSource<maplibre.GeoJSONSource>("border")?.setData(found);
    box.querySelector(".map-trouble")?.remove();
    if (!box.dataset.bounds) fit(map, found);
    map.once("idle", () => (box.dataset.drawn = String(map.queryRenderedFeatures({ layers: ["border-fill", "border-ours"] }).length)));
  } catch {
    trouble(box, map);
  }
}

function fit(map: maplibre.Map, found: FeatureCollection): void {
  const bounds = new maplibre.LngLatBounds();
  const each = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === "number") bounds.extend(part as [number, number]);
    else part.forEach(each);
  };
  for (const one of found.features) if ("coordinates" in one.geometry) each(one.geometry.coordinates);
  if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 16, duration: 0 });
}

function trouble(box: HTMLElement, map: maplibre.Map): void {
  box.querySelector(".map-trouble")?.remove();
  const note = document.createElement("div");
  note.className = "map-trouble";
  note.setAttribute("role", "alert");
  note.append(box.dataset.failed ?? "");
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-quiet";
  again.textContent = box.dataset.retry ?? "";
  again.addEventListener("click", () => void load(box, map));
  note.append(again);
  box.append(note);
}

/** Our own word for it, then ours as a link; theirs has no page here. */
function open(box: HTMLElement, map: maplibre.Map, at: maplibre.Point): void {
  const near: [maplibre.PointLike, maplibre.PointLike] = [[at.x - 8, at.y - 8], [at.x + 8, at.y + 8]];
  const marker = map.queryRenderedFeatures(near, { layers: ["border-ours", "border-theirs"] })[0];
  const found = marker ?? map.queryRenderedFeatures(at, { layers: ["border-fill"] })[0];
  if (!found) return;
  const about = found.properties as About;
  const body = document.createElement("div");
  if (about.title) {
    const head = document.createElement(about.url ? "a" : "b");
    if (head instanceof HTMLAnchorElement) head.href = about.url ?? "";
    head.textContent = about.title;
    body.append(head);
  }
  const line = document.createElement("p");
  line.textContent = about.words;
  body.append(line);
  const popup = new maplibre.Popup({ closeButton: true, maxWidth: "13.5rem", offset: 12, anchor: away(box, at) }).setLngLat(place(marker) ?? map.unproject(at)).setDOMContent(body).addTo(map);
  popup.getElement()?.querySelector(".maplibregl-popup-close-button")?.setAttribute("aria-label", box.dataset.close ?? "");
}

/** At the marker itself, not where the finger came down. */
function place(marker: maplibre.MapGeoJSONFeature | undefined): [number, number] | undefined {
  return marker?.geometry.type === "Point" ? (marker.geometry.coordinates as [number, number]) : undefined;
}

/** Outwards from the middle, where the fewest neighbours lie; never over the edge of the map. */
function away(box: HTMLElement, at: maplibre.Point): maplibre.PositionAnchor {
  const room = 150;
  if (at.y > box.clientHeight - room) return "bottom";
  if (at.y < room) return "top";
  return at.y < box.clientHeight / 2 ? "bottom" : "top";
}

/** The boxes of the form are the truth: the map shows them, and a tap ticks or unticks one. */
function pick(box: HTMLElement, map: maplibre.Map): void {
  const form = document.getElementById(box.dataset.pick ?? "");
  const boxes = () => [...(form?.querySelectorAll<HTMLInputElement>("input[name=cell]") ?? [])];
  const show = () => map.setFilter("border-picked", ["in", ["get", "code"], ["literal", boxes().filter((one) => one.checked).map((one) => one.value)]]);
  form?.addEventListener("change", show);
  map.on("click", "border-fill", (event) => {
    const code = (event.features?.[0]?.properties as About | undefined)?.code;
    const one = boxes().find((each) => each.value === code);
    if (!one) return;
    one.checked = !one.checked;
    one.dispatchEvent(new Event("change", { bubbles: true }));
  });
  show();
}

function layers(map: maplibre.Map): void {
  const c = colours();
  const side = (one: string): maplibre.ExpressionSpecification => ["==", ["get", "side"], one];
  const cell: maplibre.ExpressionSpecification = ["==", ["get", "kind"], "cell"];
  const matter: maplibre.ExpressionSpecification = ["==", ["get", "kind"], "matter"];
  map.addImage("square", square(c.amber, c.surface), { pixelRatio: 2 });
  map.addSource("border", { type: "geojson", data: NOTHING });
  map.addLayer({
    id: "border-fill", type: "fill", source: "border", filter: cell,
    paint: { "fill-color": ["case", side("ours"), c.lake, c.amber], "fill-opacity": 0.07 },
  });
  map.addLayer({
    id: "border-picked", type: "fill", source: "border", filter: ["==", ["get", "code"], ""],
    paint: { "fill-color": c.lake, "fill-opacity": 0.45 },
  });
  map.addLayer({
    id: "border-line", type: "line", source: "border", filter: ["all", cell, side("ours")],
    paint: { "line-color": c.lake, "line-width": 1 },
  });
  map.addLayer({
    id: "border-line-theirs", type: "line", source: "border", filter: ["all", cell, side("theirs")],
    paint: { "line-color": c.amber, "line-width": 1.2, "line-dasharray": [3, 2] },
  });
  map.addLayer({
    id: "border-count", type: "symbol", source: "border", filter: cell,
    layout: { "text-field": ["get", "count"], "text-size": 14 },
    paint: { "text-color": c.ink, "text-halo-color": c.surface, "text-halo-width": 2 },
  });
  map.addLayer({
    id: "border-name", type: "symbol", source: "border", filter: cell, minzoom: 13,
    layout: { "text-field": ["get", "name"], "text-size": 12, "text-offset": [0, 1.1] },
    paint: { "text-color": c.quiet, "text-halo-color": c.surface, "text-halo-width": 1.5 },
  });
  map.addLayer({
    id: "border-place", type: "symbol", source: "border", filter: ["==", ["get", "kind"], "place"],
    layout: { "text-field": ["get", "name"], "text-size": 13, "text-allow-overlap": true, "text-anchor": "bottom" },
    paint: { "text-color": ["case", side("ours"), c.lake, c.amber], "text-halo-color": c.surface, "text-halo-width": 2 },
  });
  map.addLayer({
    id: "border-ours", type: "circle", source: "border", filter: ["all", matter, side("ours")],
    paint: { "circle-color": c.lake, "circle-radius": 7, "circle-stroke-color": c.surface, "circle-stroke-width": 2 },
  });
  map.addLayer({
    id: "border-theirs", type: "symbol", source: "border", filter: ["all", matter, side("theirs")],
    layout: { "icon-image": "square", "icon-allow-overlap": true },
  });
  for (const layer of ["border-ours", "border-theirs", "border-fill"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
}

function square(fill: string, edge: string): ImageData {
  const size = 30;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  if (!pen) return new ImageData(size, size);
  pen.fillStyle = edge;
  pen.fillRect(0, 0, size, size);
  pen.fillStyle = fill;
  pen.fillRect(4, 4, size - 8, size - 8);
  return pen.getImageData(0, 0, size, size);
}
