/**
 * A worker's tap on a site. The phone compares its place with the fence once, at the tap, and sends inside or outside, never
 * a position; it tells its own clock, so that a wrong one is known. Without scripts the form goes as it is.
 */
const PATIENCE_MS = 5000;

export function enhanceSiteTap(form: HTMLFormElement): void {
  if (form.dataset.siteReady) return;
  form.dataset.siteReady = "1";
  form.addEventListener("submit", (event) => {
    if (form.dataset.measured) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const way = event.submitter;
    way?.setAttribute("aria-busy", "true");
    void measure(form).then(() => {
      form.dataset.measured = "1";
      way?.removeAttribute("aria-busy");
      form.requestSubmit(way as HTMLButtonElement | null);
    });
  }, true);
}

async function measure(form: HTMLFormElement): Promise<void> {
  set(form, "inside", await whether(form));
  const at = new Date().toISOString();
  set(form, "device_at", at);
  set(form, "sent_at", at);
}

function set(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}

/** inside, outside, or nothing where the phone does not know well enough. */
function whether(form: HTMLFormElement): Promise<string> {
  const [lon, lat, radius] = ["lon", "lat", "radius"].map((name) => Number(form.dataset[name]));
  if (!("geolocation" in navigator)) return Promise.resolve("");
  return new Promise((resolve) => {
    setTimeout(() => resolve(""), PATIENCE_MS + 500);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const away = metres(coords.longitude, coords.latitude, lon!, lat!);
        if (away <= radius!) resolve("inside");
        else resolve(away - coords.accuracy > radius! ? "outside" : "");
      },
      () => resolve(""),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 15_000 },
    );
  });
}

function metres(lon1: number, lat1: number, lon2: number, lat2: number): number {
  const rad = Math.PI / 180;
  const h = Math.sin(((lat2 - lat1) * rad) / 2) ** 2 + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h));
}
