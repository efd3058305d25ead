/** Where this phone is. It stays on the phone: only a find, or a place somebody fills in, carries it away. */
export interface Point {
  lon: number;
  lat: number;
}

/** null when it cannot be told, or not soon enough. */
export function where(patience = 10_000): Promise<Point | null> {
  if (!("geolocation" in navigator) || !window.isSecureContext) return Promise.resolve(null);
  return new Promise((done) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done({ lon: Number(coords.longitude.toFixed(6)), lat: Number(coords.latitude.toFixed(6)) }),
      () => done(null),
      { enableHighAccuracy: true, timeout: patience, maximumAge: 30_000 },
    );
    setTimeout(() => done(null), patience + 500);
  });
}
