/** A matter tapped on the map, as a card over its lower edge; several that lie on one point, as a list. */
import type { Feature } from "geojson";

export class Card {
  private card: HTMLElement | null = null;

  constructor(private readonly box: HTMLElement, private readonly back: () => void) {}

  close(): void {
    this.card?.remove();
    this.card = null;
  }

  show(found: Feature[]): void {
    this.close();
    if (!found.length) return;
    const card = document.createElement("section");
    card.className = "map-card";
    card.tabIndex = -1;
    card.append(this.closing(), ...found.map((one) => lines(one.properties as Record<string, unknown>)));
    card.addEventListener("keydown", (event) => event.key === "Escape" && this.leave());
    this.box.append(card);
    this.card = card;
    card.querySelector("a")?.focus({ preventScroll: true });
  }

  private leave(): void {
    this.close();
    this.back();
  }

  private closing(): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "map-card-close";
    button.setAttribute("aria-label", this.box.dataset.close ?? "");
    button.textContent = "×";
    button.addEventListener("click", () => this.leave());
    return button;
  }
}

function lines(about: Record<string, unknown>): HTMLElement {
  const link = document.createElement("a");
  link.href = String(about.url);
  link.textContent = String(about.title);
  const stage = document.createElement("b");
  stage.textContent = String(about.stage);
  const facts = document.createElement("p");
  facts.append(stage, [about.category, about.place, about.opened].filter(Boolean).map((one) => ` · ${one}`).join(""));
  const matter = document.createElement("div");
  matter.append(link, facts);
  return matter;
}
