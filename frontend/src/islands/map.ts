/**
 * The map island, told by data-map: "pick" (a place for a form), "show" (one point), "points" (numbered places),
 * "border" (two sides of a border), "matters" (public cases).
 * It draws our own boundaries only; no tile server is asked. Where WebGL is missing the box says so and the list remains.
 */
import * as maplibre from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { coordinates, PLACE_EVENT, type PlaceDetail, setPlace } from "../enhance/place";
import { word } from "../words";
import { addMatters } from "./matters";
import { addPoints } from "./points";
import { boundaryStyle, colours, villagesWhenNear } from "./style";

// MapLibre 6 is ESM-only: without its worker's address it silently draws nothing.
maplibre.setWorkerUrl(workerUrl);

const BOUNDARIES = "/map/boundaries.geojson";

function hasWebGL(): boolean {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

export function mount(box: HTMLElement): void {
  if (box.dataset.ready) return;
  box.dataset.ready = "1";
  if (!hasWebGL()) {
    box.classList.add("map-missing");
    const words = box.querySelector<HTMLElement>(".map-words");
    if (words) words.textContent = box.dataset.missing ?? word("mapMissing");
    return;
  }
  const bounds = (box.dataset.bounds ?? "").split(",").map(Number);
  const holder = document.createElement("div");
  holder.className = "map-canvas";
  box.append(holder);
  const map = new maplibre.Map({
    container: holder,
    style: boundaryStyle(BOUNDARIES),
    bounds: bounds.length === 4 && bounds.every(Number.isFinite) ? (bounds as [number, number, number, number]) : undefined,
    fitBoundsOptions: { padding: box.dataset.exact === undefined ? 16 : 0 },
    attributionControl: false,
    locale: { "NavigationControl.ZoomIn": word("zoomIn"), "NavigationControl.ZoomOut": word("zoomOut") },
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 18,
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
  });
  villagesWhenNear(map, BOUNDARIES);
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.getCanvas().setAttribute("aria-label", box.dataset.label ?? "");
  map.once("load", () => {
    box.classList.add("map-ready");
    box.dispatchEvent(new CustomEvent("zhili:map-ready", { bubbles: true }));
  });
  if (box.dataset.map === "pick") pick(box, map);
  else if (box.dataset.map === "show") show(box, map);
  else if (box.dataset.map === "points") addPoints(box, map);
  else if (box.dataset.map === "border") void import("./border").then((border) => border.addBorder(box, map));
  else addMatters(box, map);
}

function marker(): maplibre.Marker {
  return new maplibre.Marker({ color: colours().lake });
}

function show(box: HTMLElement, map: maplibre.Map): void {
  const at: [number, number] = [Number(box.dataset.lon), Number(box.dataset.lat)];
  if (!at.every(Number.isFinite)) return;
  map.jumpTo({ center: at, zoom: 13 });
  marker().setLngLat(at).addTo(map);
}

/** A tap sets the place; the form's own two fields are the truth, so a typed or measured place moves the marker too. */
function pick(box: HTMLElement, map: maplibre.Map): void {
  const field = box.closest<HTMLElement>("[data-place]");
  if (!field) return;
  const pin = marker().setDraggable(true);
  const put = (lon: number, lat: number) => pin.setLngLat([lon, lat]).addTo(map);
  const inputs = coordinates(field);
  const lon = Number(inputs?.lon.value || NaN);
  const lat = Number(inputs?.lat.value || NaN);
  if (Number.isFinite(lon) && Number.isFinite(lat)) {
    put(lon, lat);
    map.jumpTo({ center: [lon, lat], zoom: 13 });
  }
  map.on("click", (event) => {
    put(event.lngLat.lng, event.lngLat.lat);
    setPlace(field, { lon: event.lngLat.lng, lat: event.lngLat.lat, source: "map" });
  });
  pin.on("dragend", () => {
    const at = pin.getLngLat();
    setPlace(field, { lon: at.lng, lat: at.lat, source: "map" });
  });
  field.addEventListener(PLACE_EVENT, (event) => {
    const place = (event as CustomEvent<PlaceDetail>).detail;
    if (place.source === "map") return;
    put(place.lon, place.lat);
    map.flyTo({ center: [place.lon, place.lat], zoom: 15, duration: reduced() ? 0 : 150 });
  });
}

function reduced(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
