/** The muted ground of every map: our own boundaries, in the colours of the page's theme. */
import type * as maplibre from "maplibre-gl";
import type { FeatureCollection } from "geojson";
import type { StyleSpecification } from "maplibre-gl";

export interface Colours {
  ground: string;
  surface: string;
  line: string;
  quiet: string;
  ink: string;
  lake: string;
  lamp: string;
  amber: string;
  reed: string;
}

export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    ground: read("--ground"),
    surface: read("--surface"),
    line: read("--line"),
    quiet: read("--quiet"),
    ink: read("--ink"),
    lake: read("--lake"),
    lamp: read("--lamp"),
    amber: read("--amber"),
    reed: read("--reed"),
  };
}

/** From this zoom villages are drawn; their shapes are many, so they are fetched only then. */
const VILLAGES_FROM = 12;
const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

export function villagesWhenNear(map: maplibre.Map, url: string): void {
  const look = () => {
    if (map.getZoom() < VILLAGES_FROM - 0.5) return;
    map.off("zoomend", look);
    const at = (rest: string) => new URL(`${url}?level=village${rest}`, window.location.href).href;
    map.getSource<maplibre.GeoJSONSource>("village")?.setData(at(""));
    map.getSource<maplibre.GeoJSONSource>("village_names")?.setData(at("&points=1"));
  };
  map.on("zoomend", look);
  map.on("load", look);
}

/** `url` answers GeoJSON of polygons with properties name and level; ?level= chooses which divisions. */
export function boundaryStyle(url: string): StyleSpecification {
  const c = colours();
  const at = (level: string) => new URL(`${url}?level=${level}`, window.location.href).href;
  return {
    version: 8,
    sources: {
      county: { type: "geojson", data: at("county") },
      county_names: { type: "geojson", data: at("county") + "&points=1" },
      town: { type: "geojson", data: at("town") },
      town_names: { type: "geojson", data: at("town") + "&points=1" },
      village: { type: "geojson", data: NOTHING },
      village_names: { type: "geojson", data: NOTHING },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": c.ground } },
      { id: "county-fill", type: "fill", source: "county", paint: { "fill-color": c.surface } },
      {
        id: "village-line", type: "line", source: "village", minzoom: VILLAGES_FROM,
        paint: { "line-color": c.line, "line-width": 1 },
      },
      {
        id: "town-line", type: "line", source: "town", minzoom: 8.5,
        paint: { "line-color": ["interpolate", ["linear"], ["zoom"], 10, c.line, 13, c.quiet], "line-width": 1, "line-opacity": 0.8 },
      },
      {
        id: "county-line", type: "line", source: "county",
        paint: { "line-color": c.quiet, "line-width": ["interpolate", ["linear"], ["zoom"], 7, 0.8, 12, 1.6], "line-opacity": 0.65 },
      },
      {
        id: "village-name", type: "symbol", source: "village_names", minzoom: VILLAGES_FROM + 0.5,
        layout: { "text-field": ["get", "name"], "text-size": 12 },
        paint: { "text-color": c.quiet, "text-halo-color": c.surface, "text-halo-width": 1.5 },
      },
      {
        id: "town-name", type: "symbol", source: "town_names", minzoom: 10, maxzoom: VILLAGES_FROM + 1,
        layout: { "text-field": ["get", "name"], "text-size": 12 },
        paint: { "text-color": c.quiet, "text-halo-color": c.surface, "text-halo-width": 1.5 },
      },
      {
        id: "county-name", type: "symbol", source: "county_names", maxzoom: 10.5,
        layout: { "text-field": ["get", "name"], "text-size": 13 },
        paint: { "text-color": c.quiet, "text-halo-color": c.surface, "text-halo-width": 1.5 },
      },
    ],
  };
}
