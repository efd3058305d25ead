/**
 * Points as people read and type them, one to a line: "x y z" in a model (units of the file, y up), "right up" in degrees
 * from the middle of the picture in a panorama.
 */
import type { Point } from "./geometry";

const RADIAN = Math.PI / 180;

export function written(point: Point, flat: boolean): string {
  if (!flat) return point.map((value) => value.toFixed(4)).join(" ");
  const long = Math.hypot(...point);
  const right = Math.atan2(point[0], -point[2]) / RADIAN;
  return `${right.toFixed(3)} ${(Math.asin(point[1] / long) / RADIAN).toFixed(3)}`;
}

/** The points of a text; null when a line is none. */
export function read(text: string, flat: boolean): Point[] | null {
  const found: Point[] = [];
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const values = line.split(/[\s,，]+/).map(Number);
    if (values.length !== (flat ? 2 : 3) || !values.every(Number.isFinite)) return null;
    found.push(flat ? direction(values[0]!, values[1]!) : (values as Point));
  }
  return found;
}

export function direction(right: number, up: number): Point {
  const level = Math.cos(up * RADIAN);
  return [Math.sin(right * RADIAN) * level, Math.sin(up * RADIAN), -Math.cos(right * RADIAN) * level];
}
