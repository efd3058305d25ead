/** Where a JPEG was taken, if the camera wrote it down (Exif 2.3, GPS IFD). Read on the phone; the file itself is sent without it. */
const GPS_IFD = 0x8825;

export async function placeOf(file: File): Promise<{ lon: number; lat: number } | null> {
  if (file.type !== "image/jpeg") return null;
  try {
    const view = new DataView(await file.slice(0, 256 * 1024).arrayBuffer());
    const tiff = exif(view);
    return tiff === null ? null : gps(view, tiff);
  } catch {
    return null; // cut short or badly written
  }
}

/** Where the TIFF part begins. */
function exif(view: DataView): number | null {
  if (view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 10 < view.byteLength) {
    const marker = view.getUint16(at);
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
    if (marker === 0xffda || marker < 0xff00) return null;
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function gps(view: DataView, tiff: number): { lon: number; lat: number } | null {
  const little = view.getUint16(tiff) === 0x4949;
  const entries = (start: number) => {
    const found = new Map<number, number>();
    const count = view.getUint16(tiff + start, little);
    for (let n = 0; n < count; n++) {
      const at = tiff + start + 2 + n * 12;
      found.set(view.getUint16(at, little), at);
    }
    return found;
  };
  const pointer = entries(view.getUint32(tiff + 4, little)).get(GPS_IFD);
  if (pointer === undefined) return null;
  const written = entries(view.getUint32(pointer + 8, little));
  const degrees = (value: number, side: number, negative: string) => {
    const at = written.get(value);
    const half = written.get(side);
    if (at === undefined || half === undefined) return NaN;
    const start = tiff + view.getUint32(at + 8, little);
    const part = (n: number) => view.getUint32(start + n * 8, little) / (view.getUint32(start + n * 8 + 4, little) || NaN);
    const size = part(0) + part(1) / 60 + part(2) / 3600;
    return String.fromCharCode(view.getUint8(half + 8)) === negative ? -size : size;
  };
  const lat = degrees(2, 1, "S");
  const lon = degrees(4, 3, "W");
  return Number.isFinite(lat) && Number.isFinite(lon) && (lat !== 0 || lon !== 0) ? { lon, lat } : null;
}
