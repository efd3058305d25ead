/**
 * A place on a form: the address stays typed; a tap on the map or "use my position" fills the two hidden coordinates.
 * Markup of forms/place.html: [data-place] holds inputs whose names end in _lon and _lat.
 */
import { word } from "../words";

export const PLACE_EVENT = "zhili:place";

export interface PlaceDetail {
  lon: number;
  lat: number;
  source: "position" | "map" | "photo" | "kept";
}

const SAID = { position: "placeFound", map: "placePicked", photo: "placePhoto", kept: "placePicked" };

export function coordinates(field: HTMLElement): { lon: HTMLInputElement; lat: HTMLInputElement } | null {
  const lon = field.querySelector<HTMLInputElement>('input[name$="_lon"]');
  const lat = field.querySelector<HTMLInputElement>('input[name$="_lat"]');
  return lon && lat ? { lon, lat } : null;
}

export function setPlace(field: HTMLElement, place: PlaceDetail): void {
  const inputs = coordinates(field);
  if (!inputs) return;
  inputs.lon.value = place.lon.toFixed(6);
  inputs.lat.value = place.lat.toFixed(6);
  say(field, word(SAID[place.source]));
  void sayWhere(field, place);
  field.dispatchEvent(new CustomEvent<PlaceDetail>(PLACE_EVENT, { detail: place, bubbles: true }));
}

export function clearPlace(field: HTMLElement): void {
  const inputs = coordinates(field);
  if (!inputs) return;
  inputs.lon.value = inputs.lat.value = "";
  say(field, "");
}

function say(field: HTMLElement, text: string): void {
  const said = field.querySelector<HTMLElement>("[data-place-said]");
  if (said) said.textContent = text;
}

/** Which village and cell it is in, so that the reporter sees that it is the right one. Nothing is said without an answer. */
async function sayWhere(field: HTMLElement, { lon, lat }: PlaceDetail): Promise<void> {
  const before = coordinates(field)?.lon.value;
  try {
    const response = await fetch(`/map/here?lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}`);
    if (!response.ok || coordinates(field)?.lon.value !== before) return;
    const { words } = (await response.json()) as { words: string };
    const said = field.querySelector<HTMLElement>("[data-place-said]");
    if (said && words) said.textContent = `${words} ${said.textContent}`;
  } catch {
    // no network: the place is marked all the same
  }
}

export function enhancePlace(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-place]:not([data-ready])").forEach((field) => {
    field.dataset.ready = "1";
    const inputs = coordinates(field);
    if (!inputs) return;
    const tools = document.createElement("div");
    tools.className = "place-tools";
    const said = document.createElement("p");
    said.dataset.placeSaid = "1";
    said.className = "form-help";
    said.setAttribute("role", "status");
    if (inputs.lon.value) {
      said.textContent = word("placePicked");
      void sayWhere(field, { lon: Number(inputs.lon.value), lat: Number(inputs.lat.value), source: "kept" });
    }
    if ("geolocation" in navigator && window.isSecureContext) tools.append(positionButton(field));
    tools.append(said);
    const map = document.createElement("div");
    map.className = "map map-pick";
    map.dataset.map = "pick";
    map.dataset.bounds = word("cityBounds");
    map.dataset.label = word("mapPick");
    map.innerHTML = '<p class="map-words"></p>';
    map.firstElementChild!.textContent = word("mapLoading");
    // In an office's step the place is seldom put right: there the map waits until it is asked for.
    field.append(tools, field.closest(".act") && !inputs.lon.value ? folded(map) : map);
    // The plain text of the chosen coordinates is for readers without scripts.
    field.parentElement?.querySelector<HTMLElement>(".form-point")?.remove();
  });
}

function folded(map: HTMLElement): HTMLElement {
  const fold = document.createElement("details");
  fold.className = "why";
  const summary = document.createElement("summary");
  summary.className = "who";
  summary.textContent = word("mapPick");
  fold.append(summary, map);
  return fold;
}

function positionButton(field: HTMLElement): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-plain";
  button.textContent = word("usePosition");
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.removeAttribute("aria-busy");
        setPlace(field, { lon: coords.longitude, lat: coords.latitude, source: "position" });
      },
      () => {
        button.removeAttribute("aria-busy");
        say(field, word("positionFailed"));
      },
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    );
  });
  return button;
}
