/** Where and when a tap is made, as far as the site needs to know: inside or outside its fence, and how wrong this clock is. */
const PATIENCE_MS = 5000;
const SKEW = "zhili-site-clock";

/** true inside, false outside, null where the phone does not know well enough. The place itself stays here. */
export function whether(box: HTMLElement): Promise<boolean | null> {
  const [lon, lat, radius] = ["lon", "lat", "radius"].map((name) => Number(box.dataset[name]));
  if (!("geolocation" in navigator)) return Promise.resolve(null);
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), PATIENCE_MS + 500);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const away = metres(coords.longitude, coords.latitude, lon!, lat!);
        if (away <= radius!) resolve(true);
        else resolve(away - coords.accuracy > radius! ? false : null);
      },
      () => resolve(null),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 15_000 },
    );
  });
}

/**
 * By how many milliseconds this device's clock is behind the server's, measured when a page last came from there. `drawn`: what the
 * page says the server's clock was; a page this device kept says it again, and is not measured a second time.
 */
export function clockError(drawn: number): number {
  const known = JSON.parse(localStorage.getItem(SKEW) ?? "{}") as { drawn?: number; error?: number };
  if (known.error !== undefined && known.drawn !== undefined && drawn <= known.drawn) return known.error;
  const error = drawn - Date.now();
  localStorage.setItem(SKEW, JSON.stringify({ drawn, error }));
  return error;
}

function metres(lon1: number, lat1: number, lon2: number, lat2: number): number {
  const rad = Math.PI / 180;
  const h = Math.sin(((lat2 - lat1) * rad) / 2) ** 2 + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h));
}
