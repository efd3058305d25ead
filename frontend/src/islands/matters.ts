/**
 * Public matters on the city map: the only strong colour. Far out they gather into circles with a count; a tap, or
 * Enter on what lies in the middle, opens a circle or shows a matter as a card. The list beside follows the view.
 */
import * as maplibre from "maplibre-gl";
import type { Feature, FeatureCollection, Point } from "geojson";
import { Card } from "./matterCard";
import { ListBeside, type View, viewOf } from "./matterList";
import { colours } from "./style";

const LAYERS = ["clusters", "matter"];
const REACH = 44;
const LEAVES = 20;
const SETTLED_MS = 200;

interface Answer extends FeatureCollection<Point> {
  /** Everything there is was sent: moving the map asks for nothing more. */
  whole: boolean;
}

export function addMatters(box: HTMLElement, map: maplibre.Map): void {
  const url = box.dataset.matters;
  if (!url) return;
  map.on("load", () => void new Matters(box, map, url).begin());
}

class Matters {
  private whole = false;
  private asking: AbortController | null = null;
  private waiting = 0;
  private readonly card: Card;
  private readonly list: ListBeside | null;

  constructor(private readonly box: HTMLElement, private readonly map: maplibre.Map, private readonly url: string) {
    this.card = new Card(box, () => map.getCanvas().focus());
    const list = document.getElementById("map-list");
    this.list = list && new ListBeside(list);
  }

  async begin(): Promise<void> {
    drawLayers(this.map);
    this.listen();
    await this.load();
    if (this.box.dataset.exact !== undefined) void this.list?.follow(viewOf(this.map));
  }

  private listen(): void {
    const { map } = this;
    map.on("click", (event) => void this.open(event.point, 4));
    map.on("moveend", () => {
      window.clearTimeout(this.waiting);
      this.waiting = window.setTimeout(() => this.moved(), SETTLED_MS);
    });
    for (const layer of LAYERS) {
      map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
      map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
    }
    const canvas = map.getCanvas();
    canvas.addEventListener("focus", () => this.box.classList.toggle("map-aimed", canvas.matches(":focus-visible")));
    canvas.addEventListener("blur", () => this.box.classList.remove("map-aimed"));
    canvas.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      void this.open(map.project(map.getCenter()), REACH);
    });
  }

  private moved(): void {
    const view = viewOf(this.map);
    void this.list?.follow(view);
    if (!this.whole) void this.load(view);
  }

  private async load(view: View = viewOf(this.map)): Promise<void> {
    this.asking?.abort();
    this.asking = new AbortController();
    this.box.setAttribute("aria-busy", "true");
    try {
      const address = new URL(this.url, window.location.href);
      address.searchParams.set("bbox", view.bbox);
      address.searchParams.set("zoom", view.zoom);
      const response = await fetch(address, { signal: this.asking.signal });
      if (!response.ok) throw new Error(String(response.status));
      this.show((await response.json()) as Answer);
      this.trouble(false);
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.trouble(true);
    } finally {
      this.box.removeAttribute("aria-busy");
    }
  }

  private show(answer: Answer): void {
    this.whole = answer.whole;
    this.map.getSource<maplibre.GeoJSONSource>("matters")?.setData(answer);
    this.map.once("idle", () => {
      this.box.dataset.drawn = String(this.map.queryRenderedFeatures({ layers: LAYERS }).length);
    });
  }

  private trouble(there: boolean): void {
    this.box.querySelector(".map-trouble")?.remove();
    if (!there) return;
    const note = document.createElement("div");
    note.className = "map-trouble";
    note.setAttribute("role", "alert");
    note.append(this.box.dataset.failed ?? "");
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-quiet";
    again.textContent = this.box.dataset.retry ?? "";
    again.addEventListener("click", () => void this.load());
    note.append(again);
    this.box.append(note);
  }

  /** What lies nearest to a point of the canvas, within so many pixels. */
  private async open(at: maplibre.PointLike, reach: number): Promise<void> {
    const { x, y } = maplibre.Point.convert(at);
    const found = this.map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]], { layers: LAYERS });
    const away = (one: Feature) => {
      const p = this.map.project((one.geometry as Point).coordinates as [number, number]);
      return Math.hypot(p.x - x, p.y - y);
    };
    const [nearest] = found.sort((a, b) => away(a) - away(b));
    if (!nearest) return this.card.close();
    const place = (nearest.geometry as Point).coordinates as [number, number];
    const properties = nearest.properties as Record<string, unknown>;
    if (properties.point_count) return this.openCluster(place, Number(properties.cluster_id));
    if (Number(properties.n) > 1) return this.near(place, this.map.getZoom() + 2);
    const here = found.filter((one) => !one.properties.point_count && away(one) < 4 + away(nearest));
    this.card.show(unique(here));
  }

  private async openCluster(place: [number, number], id: number): Promise<void> {
    const source = this.map.getSource<maplibre.GeoJSONSource>("matters");
    if (!source) return;
    const zoom = await source.getClusterExpansionZoom(id);
    if (zoom <= this.map.getMaxZoom() - 1 && zoom > this.map.getZoom()) return this.near(place, zoom);
    this.card.show(unique(await source.getClusterLeaves(id, LEAVES, 0)));
  }

  private near(center: [number, number], zoom: number): void {
    this.card.close();
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.easeTo({ center, zoom: Math.min(zoom, this.map.getMaxZoom()), duration: still ? 0 : 150 });
  }
}

/** One matter may be drawn on two tiles. */
function unique(found: Feature[]): Feature[] {
  return [...new Map(found.filter((one) => one.properties?.url).map((one) => [one.properties?.url, one])).values()];
}

/** `n` is how many a feature stands for: the server sends squares where there are too many, MapLibre gathers on. */
function drawLayers(map: maplibre.Map): void {
  const c = colours();
  const number: maplibre.ExpressionSpecification = ["coalesce", ["get", "sum"], ["get", "n"]];
  const several: maplibre.ExpressionSpecification = [">", number, 1];
  const done: maplibre.ExpressionSpecification = ["coalesce", ["get", "all_closed"], ["get", "closed"]];
  map.addSource("matters", {
    type: "geojson", data: { type: "FeatureCollection", features: [] },
    cluster: true, clusterRadius: REACH, clusterMaxZoom: 16,
    clusterProperties: { sum: ["+", ["get", "n"]], all_closed: ["all", ["get", "closed"]] },
  });
  map.addLayer({
    id: "clusters", type: "circle", source: "matters", filter: several,
    paint: {
      "circle-color": ["case", done, c.quiet, c.lake], "circle-opacity": 0.92,
      "circle-stroke-color": c.surface, "circle-stroke-width": 2,
      "circle-radius": ["step", number, 14, 10, 17, 100, 21, 1000, 25, 10000, 29],
    },
  });
  map.addLayer({
    id: "cluster-count", type: "symbol", source: "matters", filter: several,
    layout: { "text-field": ["to-string", number], "text-size": 13, "text-allow-overlap": true },
    paint: { "text-color": c.surface },
  });
  map.addLayer({
    id: "matter", type: "circle", source: "matters", filter: ["!", several],
    paint: {
      "circle-color": ["case", done, c.quiet, c.lake], "circle-radius": 7,
      "circle-stroke-color": c.surface, "circle-stroke-width": 2,
    },
  });
}
