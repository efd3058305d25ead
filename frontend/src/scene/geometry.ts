/**
 * The figures shown while one picks. The truth is scenarios/evidence/scenes/geometry.py, which computes them anew from the
 * points that are sent and refuses what differs; a browser test compares the two.
 */
export type Point = [number, number, number];
export interface Scale { metres: number; error: number | null }
export interface Length { metres: number; error: number; level: number; rise: number }

/** See LOWEST and TILT there. */
const LOWEST = (2 * Math.PI) / 180;
const TILT = (0.5 * Math.PI) / 180;

export const apart = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

export function length(points: Point[], scale: Scale, reach: number[]): Length | null {
  if (points.length < 2) return null;
  const units = along(points);
  const picked = Math.hypot(...points.map((_, i) => times(i, points) * (reach[i] ?? 0)));
  const [first, last] = [points[0]!, points[points.length - 1]!];
  return {
    metres: units * scale.metres,
    error: Math.hypot(picked * scale.metres, units * scale.metres * (scale.error ?? 0)),
    level: Math.hypot(last[0] - first[0], last[2] - first[2]) * scale.metres,
    rise: (last[1] - first[1]) * scale.metres,
  };
}

/** Degrees between two directions. */
export function angle(a: Point, b: Point): number {
  const cross = Math.hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]);
  return (Math.atan2(cross, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) * 180) / Math.PI;
}

/** Where a look from the camera meets a level floor; null at the horizon, above it, and too near it to say anything. */
export function onGround(direction: Point, height: number): Point | null {
  const long = Math.hypot(...direction);
  if (!long || Math.asin(-direction[1] / long) < LOWEST) return null;
  const far = height / -direction[1];
  return [direction[0] * far, 0, direction[2] * far];
}

export function groundLength(points: Point[], height: number, give: number, reach: number[]): Length | null {
  const floor = points.map((one) => onGround(one, height));
  if (points.length < 2 || floor.some((one) => one === null)) return null;
  const met = floor as Point[];
  const metres = along(met);
  const moved = met.map((at, i) => {
    const depression = Math.atan2(height, Math.hypot(at[0], at[2]));
    return (times(i, points) * height * Math.hypot(reach[i] ?? 0, TILT)) / Math.sin(depression) ** 2;
  });
  return { metres, error: Math.hypot((metres * give) / height, ...moved), level: apart(met[0]!, met[met.length - 1]!), rise: 0 };
}

export function heading(direction: Point, north: number): number {
  return (((Math.atan2(direction[0], -direction[2]) * 180) / Math.PI + north) % 360 + 360) % 360;
}

function along(points: Point[]): number {
  return points.reduce((sum, at, i) => (i ? sum + apart(points[i - 1]!, at) : 0), 0);
}

/** A point in the middle counts for both of its sides. */
function times(i: number, points: Point[]): number {
  return i === 0 || i === points.length - 1 ? 1 : 2;
}
