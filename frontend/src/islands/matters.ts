/** Public matters on the map: the only strong colour. Far out they gather into circles with a count. */
import * as maplibre from "maplibre-gl";
import { colours } from "./style";

export function addMatters(box: HTMLElement, map: maplibre.Map): void {
  const url = box.dataset.matters;
  if (!url) return;
  map.on("load", () => {
    const c = colours();
    map.addSource("matters", {
      type: "geojson", data: new URL(url, window.location.href).href, cluster: true, clusterRadius: 44, clusterMaxZoom: 13,
    });
    map.addLayer({
      id: "clusters", type: "circle", source: "matters", filter: ["has", "point_count"],
      paint: {
        "circle-color": c.lake, "circle-opacity": 0.9, "circle-stroke-color": c.surface, "circle-stroke-width": 2,
        "circle-radius": ["step", ["get", "point_count"], 14, 10, 18, 100, 24],
      },
    });
    map.addLayer({
      id: "cluster-count", type: "symbol", source: "matters", filter: ["has", "point_count"],
      layout: { "text-field": ["get", "point_count_abbreviated"], "text-size": 13, "text-allow-overlap": true },
      paint: { "text-color": c.surface },
    });
    map.addLayer({
      id: "matter", type: "circle", source: "matters", filter: ["!", ["has", "point_count"]],
      paint: {
        "circle-color": ["case", ["get", "closed"], c.quiet, c.lake], "circle-radius": 7,
        "circle-stroke-color": c.surface, "circle-stroke-width": 2,
      },
    });
    map.once("idle", () => (box.dataset.drawn = String(map.queryRenderedFeatures({ layers: ["clusters", "matter"] }).length)));
    map.on("click", "clusters", (event) => void open(map, event));
    map.on("click", "matter", (event) => popup(map, event));
    for (const layer of ["clusters", "matter"]) {
      map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
      map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
    }
  });
}

async function open(map: maplibre.Map, event: maplibre.MapLayerMouseEvent): Promise<void> {
  const feature = event.features?.[0];
  const source = map.getSource<maplibre.GeoJSONSource>("matters");
  if (!feature || !source) return;
  const zoom = await source.getClusterExpansionZoom(Number(feature.properties.cluster_id));
  map.easeTo({ center: event.lngLat, zoom, duration: 150 });
}

function popup(map: maplibre.Map, event: maplibre.MapLayerMouseEvent): void {
  const properties = event.features?.[0]?.properties;
  if (!properties) return;
  const link = document.createElement("a");
  link.href = String(properties.url);
  link.textContent = String(properties.title);
  const state = document.createElement("p");
  state.textContent = `${properties.stage} · ${properties.opened}`;
  const body = document.createElement("div");
  body.append(link, state);
  new maplibre.Popup({ closeButton: true, maxWidth: "260px" }).setLngLat(event.lngLat).setDOMContent(body).addTo(map);
}
