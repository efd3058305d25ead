/** The wall's map: our own boundaries, quiet; matters the only strong colour, late ones another shape and word. */
import * as maplibre from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import type { Feature, FeatureCollection, Point } from "geojson";
import { boundaryStyle, villagesWhenNear } from "../islands/style";
import { addLayers } from "./layers";
import type { Place } from "./place";
import type { Told } from "./told";

maplibre.setWorkerUrl(workerUrl);

const BOUNDARIES = "/map/boundaries.geojson";
const FRESH = 20_000;
const RENEW = 300_000;
const GONE = new Set(["answered", "closed"]);

export interface WallMap {
  go(place: Place): void;
  told(event: Told): void;
  renew(): void;
}
export interface Matter {
  number: string;
  title: string;
  office: string;
  url?: string;
  due: number | null;
  over: boolean;
  fresh?: boolean;
}
type MatterFeature = Feature<Point, Matter>;

function hasWebGL(): boolean {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

export function mount(box: HTMLElement, words: DOMStringMap): WallMap | undefined {
  const said = box.querySelector<HTMLElement>(".map-words");
  if (!hasWebGL()) {
    box.classList.add("map-missing");
    if (said) said.textContent = said.dataset.missing ?? "";
    return undefined;
  }
  const holder = document.createElement("div");
  holder.className = "map-canvas";
  box.append(holder);
  const map = new maplibre.Map({
    container: holder, style: boundaryStyle(BOUNDARIES), attributionControl: false, dragRotate: false, pitchWithRotate: false,
    maxZoom: 18, fadeDuration: 0, localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
  });
  villagesWhenNear(map, BOUNDARIES);
  map.touchZoomRotate.disableRotation();
  map.scrollZoom.setWheelZoomRate(1 / 300);
  map.getCanvas().setAttribute("aria-label", box.dataset.label ?? "");
  const wall = new Wall(box, map);
  map.once("load", () => {
    addLayers(map, words);
    box.classList.add("map-ready");
    wall.ready();
  });
  window.setInterval(() => wall.renew(), RENEW);
  window.setInterval(() => wall.age(), 30_000);
  return wall;
}

class Wall implements WallMap {
  private place: Place | undefined;
  private matters = new Map<string, MatterFeature>();
  private drawing: number | undefined;
  private loaded = false;

  private moved = false;

  constructor(private box: HTMLElement, private map: maplibre.Map) {
    map.on("movestart", (event) => (this.moved ||= Boolean((event as { originalEvent?: Event }).originalEvent)));
    map.on("resize", () => this.moved || this.fit());
  }

  ready(): void {
    this.loaded = true;
    if (this.place) this.go(this.place);
  }

  go(place: Place): void {
    this.place = place;
    this.moved = false;
    this.fit();
    if (!this.loaded) return;
    const chosen: maplibre.FilterSpecification = ["==", ["get", "id"], Number(place.id || -1)];
    for (const layer of ["county-chosen", "town-chosen", "village-chosen", "cell-chosen"]) {
      this.map.setFilter(layer, (layer === "cell-chosen") === (place.level === "cell") ? chosen : ["==", ["get", "id"], -1]);
    }
    const cells = place.cells ? new URL(place.cells, window.location.href).href : { type: "FeatureCollection" as const, features: [] };
    this.map.getSource<maplibre.GeoJSONSource>("cells")?.setData(cells);
    this.matters.clear();
    this.renew();
  }

  /** The whole place, unless whoever looks has moved the map. */
  private fit(): void {
    const [west, south, east, north] = this.place?.bounds ?? [];
    if (![west, south, east, north].every(Number.isFinite)) return;
    this.map.fitBounds([west!, south!, east!, north!], { padding: 20, duration: 0, maxZoom: 16 });
  }

  renew(): void {
    const asked = this.place?.matters;
    if (!asked || !this.loaded) return;
    void fetch(asked).then(async (answer) => {
      if (!answer.ok) return;
      const found = (await answer.json()) as FeatureCollection<Point, Matter>;
      if (asked !== this.place?.matters) return;
      const fresh = new Map([...this.matters].filter(([, one]) => one.properties.fresh));
      this.matters = new Map(found.features.map((one) => [one.properties.number, fresh.get(one.properties.number) ?? one]));
      this.draw();
    }, () => undefined);
  }

  told(event: Told): void {
    const number = event.number;
    if (!number) return;
    if (event.closed || GONE.has(event.kind)) {
      if (this.matters.delete(number)) this.draw();
      return;
    }
    const known = this.matters.get(number);
    if (known) {
      known.properties.over = event.overdue === true || event.kind === "overdue";
      known.properties.office = event.office_name;
      known.properties.due = event.due ? Date.parse(event.due) / 1000 : null;
    } else if (event.lon !== null && event.lat !== null) {
      const fresh = event.kind === "opened";
      this.matters.set(number, {
        type: "Feature",
        geometry: { type: "Point", coordinates: [event.lon, event.lat] },
        properties: {
          number, title: event.title ?? "", office: event.office_name, url: event.url,
          due: event.due ? Date.parse(event.due) / 1000 : null, over: event.overdue === true, fresh,
        },
      });
      if (fresh) window.setTimeout(() => this.settle(number), FRESH);
    } else return;
    this.draw();
  }

  /** Limits run out while one looks. */
  age(): void {
    const now = Date.now() / 1000;
    let changed = false;
    for (const { properties } of this.matters.values()) {
      const over = properties.due !== null && properties.due < now;
      changed ||= over !== properties.over;
      properties.over = over;
    }
    if (changed) this.draw();
  }

  private settle(number: string): void {
    const one = this.matters.get(number);
    if (!one) return;
    one.properties.fresh = false;
    this.draw();
  }

  private draw(): void {
    if (this.drawing !== undefined || !this.loaded) return;
    this.drawing = window.setTimeout(() => {
      this.drawing = undefined;
      const all = [...this.matters.values()];
      const collection = (features: MatterFeature[]): FeatureCollection<Point, Matter> => ({ type: "FeatureCollection", features });
      this.map.getSource<maplibre.GeoJSONSource>("matters")?.setData(collection(all));
      this.map.getSource<maplibre.GeoJSONSource>("fresh")?.setData(collection(all.filter((one) => one.properties.fresh)));
      this.box.dataset.matters = String(all.length);
      this.box.dataset.fresh = all.filter((one) => one.properties.fresh).map((one) => one.properties.number).join(" ");
    }, 100);
  }
}

