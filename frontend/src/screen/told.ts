/** What /live says of a matter, as far as the screen uses it; and the way to hear it. */
export interface Told {
  event: string;
  id: number;
  kind: string;
  at: string;
  number: string | null;
  url: string;
  office: number | null;
  office_name: string;
  divisions: number[];
  lon: number | null;
  lat: number | null;
  title?: string | null;
  stage_title?: string;
  category_title?: string;
  cell?: number | null;
  due?: string | null;
  overdue?: boolean;
  child?: boolean;
  closed?: boolean;
}
interface Live {
  live(topics: string[], handler: (told: Told) => void): () => void;
}

const found = import.meta.glob<Live>("../live.ts");

export function hear(handler: (told: Told) => void): void {
  const place = document.getElementById("screen-place");
  if (place?.dataset.last && !document.body.dataset.liveLast) document.body.dataset.liveLast = place.dataset.last;
  for (const load of Object.values(found)) void load().then(({ live }) => live(["matters", "alarms"], handler));
}
