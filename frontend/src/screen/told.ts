import { live, type Told as Heard } from "../live";

/** What /live says of a matter, as far as the screen uses it; and the way to hear it. */
export interface Told extends Heard {
  title?: string | null;
  stage_title?: string;
  category_title?: string;
  cell?: number | null;
  due?: string | null;
  overdue?: boolean;
  child?: boolean;
  closed?: boolean;
}

export function hear(handler: (told: Told) => void): void {
  const last = document.getElementById("screen-place")?.dataset.last;
  if (last) document.body.dataset.liveLast = last;
  document.body.dataset.liveAlways = ""; // a wall that nobody touches goes on
  live(["matters", "alarms"], handler as (told: Heard) => void);
}
