/** The list beside the map follows what the map shows, and so does the address of the page, to be sent on or kept. */
import type * as maplibre from "maplibre-gl";

export interface View {
  bbox: string;
  zoom: string;
}

export function viewOf(map: maplibre.Map): View {
  const seen = map.getBounds();
  const edges = [
    Math.max(seen.getWest(), -180), Math.max(seen.getSouth(), -90), Math.min(seen.getEast(), 180), Math.min(seen.getNorth(), 90),
  ];
  return { bbox: edges.map((one) => one.toFixed(5)).join(","), zoom: map.getZoom().toFixed(2) };
}

export class ListBeside {
  private asking: AbortController | null = null;

  constructor(private readonly list: HTMLElement) {}

  async follow(view: View): Promise<void> {
    const shown = new URL(window.location.href);
    shown.searchParams.set("bbox", view.bbox);
    shown.searchParams.delete("before");
    window.history.replaceState(null, "", shown);
    const part = new URL(shown);
    part.searchParams.set("part", "list");
    this.asking?.abort();
    this.asking = new AbortController();
    this.list.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(part, { signal: this.asking.signal });
      if (!response.ok) throw new Error(String(response.status));
      this.list.innerHTML = await response.text();
      this.list.scrollTop = 0;
      const said = document.getElementById("map-said");
      if (said) said.textContent = this.list.querySelector("h2")?.textContent ?? "";
      this.list.removeAttribute("aria-busy");
    } catch (error) {
      if ((error as Error).name === "AbortError") return;
      this.list.removeAttribute("aria-busy");
      this.failed(view);
    }
  }

  /** What was listed stays, with a word that it is no longer what the map shows. */
  private failed(view: View): void {
    this.list.querySelector(".map-failed")?.remove();
    const note = document.createElement("p");
    note.className = "map-failed";
    note.setAttribute("role", "alert");
    note.append(this.list.dataset.failed ?? "");
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-quiet";
    again.textContent = this.list.dataset.retry ?? "";
    again.addEventListener("click", () => void this.follow(view));
    note.append(again);
    this.list.prepend(note);
  }
}
