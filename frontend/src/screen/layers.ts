/** What is drawn over the ground: the chosen place, cells, matters gathered and single, those that just came. */
import * as maplibre from "maplibre-gl";
import type { FeatureCollection } from "geojson";
import { colours } from "../islands/style";
import type { Matter } from "./map";

const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };
const NONE: maplibre.FilterSpecification = ["==", ["get", "id"], -1];

export function addLayers(map: maplibre.Map, words: DOMStringMap): void {
  const c = colours();
  const empty = { type: "geojson" as const, data: NOTHING };
  map.addImage("late", triangle(c.lamp, c.ground), { pixelRatio: 2 });
  map.addSource("cells", empty);
  map.addSource("fresh", empty);
  map.addSource("matters", {
    ...empty, cluster: true, clusterRadius: 46, clusterMaxZoom: 13,
    clusterProperties: { late: ["+", ["case", ["get", "over"], 1, 0]] },
  });
  map.addLayer({ id: "cell-line", type: "line", source: "cells", paint: { "line-color": c.quiet, "line-width": 0.8, "line-opacity": 0.6 } });
  map.addLayer({
    id: "cell-name", type: "symbol", source: "cells", minzoom: 12.5, layout: { "text-field": ["get", "name"], "text-size": 12 },
    paint: { "text-color": c.quiet, "text-halo-color": c.surface, "text-halo-width": 1.5 },
  });
  for (const level of ["county", "town", "village"]) chosen(map, `${level}-chosen`, level, c.ink);
  chosen(map, "cell-chosen", "cells", c.ink);
  const gathered: maplibre.FilterSpecification = ["has", "point_count"];
  map.addLayer({
    id: "gathered", type: "circle", source: "matters", filter: gathered,
    paint: {
      "circle-color": c.lake, "circle-opacity": 0.92, "circle-stroke-color": c.ground, "circle-stroke-width": 2,
      "circle-radius": ["step", ["get", "point_count"], 13, 10, 17, 100, 22, 1000, 28],
    },
  });
  map.addLayer({
    id: "gathered-count", type: "symbol", source: "matters", filter: gathered,
    layout: { "text-field": ["to-string", ["get", "point_count"]], "text-size": 14, "text-allow-overlap": true },
    paint: { "text-color": c.ground },
  });
  map.addLayer({
    id: "gathered-late", type: "symbol", source: "matters", filter: ["all", gathered, [">", ["get", "late"], 0]],
    layout: {
      "icon-image": "late", "icon-size": 0.8, "icon-allow-overlap": true, "icon-offset": [22, -22],
      "text-field": ["concat", words.over ?? "", ["to-string", ["get", "late"]]], "text-size": 13, "text-anchor": "left",
      "text-offset": [2.1, -1.35], "text-allow-overlap": true,
    },
    paint: { "text-color": c.lamp, "text-halo-color": c.ground, "text-halo-width": 2 },
  });
  const single: maplibre.FilterSpecification = ["!", gathered];
  map.addLayer({
    id: "single", type: "circle", source: "matters", filter: ["all", single, ["!", ["get", "over"]]],
    paint: { "circle-color": c.lake, "circle-radius": 6, "circle-stroke-color": c.ground, "circle-stroke-width": 1.5 },
  });
  map.addLayer({
    id: "single-late", type: "symbol", source: "matters", filter: ["all", single, ["get", "over"]],
    layout: { "icon-image": "late", "icon-allow-overlap": true },
  });
  map.addLayer({
    id: "fresh", type: "circle", source: "fresh",
    paint: { "circle-radius": 8, "circle-color": c.lake, "circle-stroke-color": c.ink, "circle-stroke-width": 2.5 },
  });
  map.addLayer({
    id: "fresh-word", type: "symbol", source: "fresh",
    layout: { "text-field": words.fresh ?? "", "text-size": 15, "text-offset": [0, -1.9], "text-allow-overlap": true },
    paint: { "text-color": c.ink, "text-halo-color": c.ground, "text-halo-width": 2 },
  });
  map.on("click", "gathered", (event) => void open(map, event));
  for (const layer of ["single", "single-late"]) map.on("click", layer, (event) => popup(map, event, words));
  for (const layer of ["gathered", "single", "single-late"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
}

function chosen(map: maplibre.Map, id: string, source: string, colour: string): void {
  map.addLayer({ id, type: "line", source, filter: NONE, paint: { "line-color": colour, "line-width": 2, "line-opacity": 0.9 } });
}

/** A shape of its own, so that late is told without colour. */
function triangle(fill: string, edge: string): ImageData {
  const size = 40;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  if (!pen) return new ImageData(size, size);
  pen.beginPath();
  pen.moveTo(size / 2, 4);
  pen.lineTo(size - 4, size - 6);
  pen.lineTo(4, size - 6);
  pen.closePath();
  pen.lineWidth = 5;
  pen.lineJoin = "round";
  pen.strokeStyle = edge;
  pen.stroke();
  pen.fillStyle = fill;
  pen.fill();
  return pen.getImageData(0, 0, size, size);
}

async function open(map: maplibre.Map, event: maplibre.MapLayerMouseEvent): Promise<void> {
  const feature = event.features?.[0];
  const source = map.getSource<maplibre.GeoJSONSource>("matters");
  if (!feature || !source) return;
  const zoom = await source.getClusterExpansionZoom(Number(feature.properties.cluster_id));
  map.jumpTo({ center: event.lngLat, zoom });
}

function popup(map: maplibre.Map, event: maplibre.MapLayerMouseEvent, words: DOMStringMap): void {
  const matter = event.features?.[0]?.properties as Matter | undefined;
  if (!matter) return;
  const link = document.createElement("a");
  link.href = `/desk/c/${encodeURIComponent(matter.number)}`;
  link.textContent = matter.title;
  const state = document.createElement("p");
  state.textContent = [matter.office, matter.over ? words.late : ""].filter(Boolean).join(" · ");
  const body = document.createElement("div");
  body.append(link, state);
  new maplibre.Popup({ closeButton: true, maxWidth: "280px" }).setLngLat(event.lngLat).setDOMContent(body).addTo(map);
}
