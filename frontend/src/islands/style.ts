/** The muted ground of every map: our own boundaries, in the colours of the page's theme. */
import type { StyleSpecification } from "maplibre-gl";

export interface Colours {
  ground: string;
  surface: string;
  line: string;
  quiet: string;
  ink: string;
  lake: string;
  lamp: string;
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
  };
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
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": c.ground } },
      { id: "county-fill", type: "fill", source: "county", paint: { "fill-color": c.surface } },
      {
        id: "town-line", type: "line", source: "town", minzoom: 8.5,
        paint: { "line-color": c.line, "line-width": 1 },
      },
      {
        id: "county-line", type: "line", source: "county",
        paint: { "line-color": c.quiet, "line-width": ["interpolate", ["linear"], ["zoom"], 7, 0.8, 12, 1.6], "line-opacity": 0.65 },
      },
      {
        id: "town-name", type: "symbol", source: "town_names", minzoom: 10,
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
