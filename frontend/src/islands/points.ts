/**
 * Numbered places on the map island: [data-map="points"] with data-points, a JSON list of {lon, lat, label, name, state?,
 * ring?}; data-line joins them in order. A list of the same stands beside the map.
 */
import * as maplibre from "maplibre-gl";
import { colours } from "./style";

interface Place {
  lon: number;
  lat: number;
  label: string;
  name: string;
  state?: string;
  ring?: boolean;
}

export function addPoints(box: HTMLElement, map: maplibre.Map): void {
  const places = (JSON.parse(box.dataset.points ?? "[]") as Place[]).filter((one) => Number.isFinite(one.lon) && Number.isFinite(one.lat));
  if (!places.length) return;
  const bounds = new maplibre.LngLatBounds();
  for (const one of places) {
    bounds.extend([one.lon, one.lat]);
    new maplibre.Marker({ element: drawn(one), anchor: "center" }).setLngLat([one.lon, one.lat]).addTo(map);
  }
  map.fitBounds(bounds, { padding: 48, maxZoom: 15, animate: false });
  if (box.dataset.line !== undefined && places.length > 1) map.on("load", () => line(map, places));
}

function drawn(one: Place): HTMLElement {
  const dot = document.createElement("span");
  dot.className = `map-dot${one.ring ? " map-dot-ring" : ""}${one.state ? ` map-dot-${one.state}` : ""}`;
  dot.textContent = one.label;
  dot.title = one.name;
  dot.setAttribute("role", "img");
  dot.setAttribute("aria-label", one.label ? `${one.label} ${one.name}` : one.name);
  return dot;
}

function line(map: maplibre.Map, places: Place[]): void {
  const geometry = { type: "LineString" as const, coordinates: places.map((one) => [one.lon, one.lat]) };
  map.addSource("points-line", { type: "geojson", data: { type: "Feature", properties: {}, geometry } });
  const paint = { "line-color": colours().lake, "line-width": 2, "line-dasharray": [2, 1.5] };
  map.addLayer({ id: "points-line", type: "line", source: "points-line", paint });
}
