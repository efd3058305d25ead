/** The place the screen looks at, as the server wrote it into the page. */
import type { Told } from "./told";

export interface Place {
  id: string;
  level: string;
  order: string;
  title: string;
  bounds: number[];
  matters: string;
  cells: string;
  now: string;
  alarms: string;
  holds(event: Told): boolean;
}

export function reading(): Place | undefined {
  const told = document.getElementById("screen-place")?.dataset;
  if (!told) return undefined;
  const id = told.id ?? "";
  const level = told.level ?? "";
  return {
    id,
    level,
    order: told.order ?? "new",
    title: told.title ?? "",
    bounds: (told.bounds ?? "").split(",").map(Number),
    matters: told.matters ?? "",
    cells: told.cells ?? "",
    now: told.now ?? "",
    alarms: told.alarms ?? "",
    holds: (event) => !id || (level === "cell" ? String(event.cell ?? "") === id : event.divisions.map(String).includes(id)),
  };
}

/** By the city's own clock, wherever the wall hangs. */
export function timeOf(at: Date, zone: string | undefined, seconds = false): string {
  return at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}), timeZone: zone });
}
