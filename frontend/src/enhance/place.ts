/** "Use my position": fills the two coordinate fields and tells the map island, if it is there. */
export const PLACE_EVENT = "zhili:place";

export interface PlaceDetail {
  lon: number;
  lat: number;
  source: "position" | "map" | "typed";
}

export function setPlace(field: HTMLElement, place: PlaceDetail): void {
  const lon = field.querySelector<HTMLInputElement>("[data-lon]");
  const lat = field.querySelector<HTMLInputElement>("[data-lat]");
  if (!lon || !lat) return;
  lon.value = place.lon.toFixed(6);
  lat.value = place.lat.toFixed(6);
  const said = field.querySelector<HTMLElement>("[data-place-said]");
  if (said) {
    said.textContent = said.dataset[place.source] ?? said.dataset.position ?? "";
    said.hidden = false;
  }
  field.dispatchEvent(new CustomEvent<PlaceDetail>(PLACE_EVENT, { detail: place, bubbles: true }));
}

export function enhancePlace(root: ParentNode): void {
  root.querySelectorAll<HTMLElement>("[data-place]:not([data-ready])").forEach((field) => {
    field.dataset.ready = "1";
    const button = field.querySelector<HTMLButtonElement>("button[data-use-position]");
    if (!button || !("geolocation" in navigator)) return;
    button.hidden = false;
    const said = field.querySelector<HTMLElement>("[data-place-said]");
    button.addEventListener("click", () => {
      button.setAttribute("aria-busy", "true");
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          button.removeAttribute("aria-busy");
          setPlace(field, { lon: coords.longitude, lat: coords.latitude, source: "position" });
        },
        () => {
          button.removeAttribute("aria-busy");
          if (said) {
            said.textContent = said.dataset.failed ?? "";
            said.hidden = false;
          }
        },
        { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
      );
    });
  });
}
