/**
 * Rectangles over a picture, drawn by hand: with mouse, finger or pen on the picture, by keyboard on the rectangles, or as
 * numbers in the rows below. The rows are the form; without this script they are all there is.
 */
const WHOLE = 10_000;
const LEAST = 60;
const STEP = 50;
const NAMES = ["left", "top", "width", "height"] as const;
const SVG = "http://www.w3.org/2000/svg";

type Box = [number, number, number, number];
interface Point {
  x: number;
  y: number;
}

export function mount(form: HTMLFormElement): void {
  const stage = form.querySelector<SVGSVGElement>(".mask-stage svg");
  const list = form.querySelector<HTMLOListElement>(".mask-rows");
  const pattern = list?.querySelector<HTMLLIElement>(".mask-spare");
  if (!stage || !list || !pattern) return;
  new Masks(form, stage, list, pattern);
}

class Masks {
  private readonly pairs = new Map<SVGRectElement, HTMLLIElement>();
  private readonly blank: HTMLLIElement;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly stage: SVGSVGElement,
    private readonly list: HTMLOListElement,
    pattern: HTMLLIElement,
  ) {
    this.blank = pattern.cloneNode(true) as HTMLLIElement;
    this.blank.classList.remove("mask-spare");
    list.querySelectorAll(".mask-spare").forEach((row) => row.remove());
    const drawn = Array.from(stage.querySelectorAll("rect"));
    Array.from(list.children).forEach((row, n) => {
      const rect = drawn[n];
      if (rect) this.tie(rect, row as HTMLLIElement);
    });
    form.classList.add("mask-on");
    form.querySelector("[data-mask-add]")?.addEventListener("click", () => {
      const rect = this.add([4000, 4000, 2000, 2000]);
      this.pairs.get(rect)?.querySelector("input")?.focus();
    });
    stage.addEventListener("pointerdown", (event) => this.press(event));
    this.name();
  }

  private add(box: Box): SVGRectElement {
    const rect = document.createElementNS(SVG, "rect");
    const row = this.blank.cloneNode(true) as HTMLLIElement;
    this.stage.append(rect);
    this.list.append(row);
    this.tie(rect, row);
    this.put(rect, box);
    this.name();
    return rect;
  }

  private tie(rect: SVGRectElement, row: HTMLLIElement): void {
    this.pairs.set(rect, row);
    rect.setAttribute("tabindex", "0");
    rect.setAttribute("role", "button");
    rect.addEventListener("focus", () => this.choose(rect));
    rect.addEventListener("keydown", (event) => this.key(event, rect));
    row.addEventListener("focusin", () => this.choose(rect));
    row.addEventListener("input", () => this.draw(rect, this.typed(row)));
    row.querySelector(".mask-drop")?.addEventListener("click", () => this.drop(rect));
  }

  /** Numbers and names by order: 方框 1, 方框 2 … */
  private name(): void {
    let n = 0;
    for (const [rect, row] of this.pairs) {
      n += 1;
      const label = (this.list.dataset.label ?? "{n}").replace("{n}", String(n));
      rect.setAttribute("aria-label", label);
      const legend = row.querySelector("legend");
      if (legend) legend.textContent = label;
      const drop = row.querySelector(".mask-drop");
      drop?.setAttribute("aria-label", (drop.getAttribute("aria-label") ?? "").replace(/\d+/, String(n)));
    }
  }

  private drop(rect: SVGRectElement): void {
    this.pairs.get(rect)?.remove();
    this.pairs.delete(rect);
    rect.remove();
    this.name();
    this.form.querySelector<HTMLElement>("[data-mask-add]")?.focus();
  }

  private choose(rect: SVGRectElement): void {
    for (const [one, row] of this.pairs) {
      one.classList.toggle("is-chosen", one === rect);
      row.classList.toggle("is-chosen", one === rect);
    }
  }

  private box(rect: SVGRectElement): Box {
    return ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name))) as Box;
  }

  private typed(row: HTMLLIElement): Box {
    return NAMES.map((name) => Math.round(Number(row.querySelector<HTMLInputElement>(`[name=${name}]`)?.value) * (WHOLE / 100))) as Box;
  }

  private draw(rect: SVGRectElement, box: Box): void {
    ["x", "y", "width", "height"].forEach((name, n) => rect.setAttribute(name, String(box[n])));
  }

  /** Draws a rectangle and writes its numbers, both within the picture. */
  private put(rect: SVGRectElement, [left, top, width, height]: Box): void {
    const w = Math.min(WHOLE, Math.max(LEAST, Math.round(width)));
    const h = Math.min(WHOLE, Math.max(LEAST, Math.round(height)));
    const box: Box = [Math.min(WHOLE - w, Math.max(0, Math.round(left))), Math.min(WHOLE - h, Math.max(0, Math.round(top))), w, h];
    this.draw(rect, box);
    const row = this.pairs.get(rect);
    box.forEach((value, n) => {
      const input = row?.querySelector<HTMLInputElement>(`[name=${NAMES[n] ?? ""}]`);
      if (input) input.value = String(value / (WHOLE / 100));
    });
  }

  private key(event: KeyboardEvent, rect: SVGRectElement): void {
    const ways: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    const [left, top, width, height] = this.box(rect);
    if (event.key === "Delete" || event.key === "Backspace") this.drop(rect);
    else if (!way) return;
    else if (event.shiftKey) this.put(rect, [left, top, width + way[0] * STEP, height + way[1] * STEP]);
    else this.put(rect, [left + way[0] * STEP, top + way[1] * STEP, width, height]);
    event.preventDefault();
  }

  private at(event: PointerEvent): Point {
    const area = this.stage.getBoundingClientRect();
    return { x: ((event.clientX - area.left) / area.width) * WHOLE, y: ((event.clientY - area.top) / area.height) * WHOLE };
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    const from = this.at(event);
    const held = event.target instanceof SVGRectElement ? event.target : null;
    const start: Box = held ? this.box(held) : [from.x, from.y, 0, 0];
    let rect = held;
    const move = (later: PointerEvent): void => {
      const now = this.at(later);
      const [dx, dy] = [now.x - from.x, now.y - from.y];
      if (held) this.put(held, [start[0] + dx, start[1] + dy, start[2], start[3]]);
      else if (rect || Math.max(Math.abs(dx), Math.abs(dy)) > LEAST) {
        rect ??= this.add([from.x, from.y, LEAST, LEAST]);
        this.put(rect, [Math.max(0, Math.min(from.x, now.x)), Math.max(0, Math.min(from.y, now.y)), Math.abs(dx), Math.abs(dy)]);
      }
    };
    const end = (): void => {
      this.stage.removeEventListener("pointermove", move);
      this.stage.removeEventListener("pointerup", end);
      this.stage.removeEventListener("pointercancel", end);
      rect?.focus();
    };
    this.stage.setPointerCapture(event.pointerId);
    this.stage.addEventListener("pointermove", move);
    this.stage.addEventListener("pointerup", end);
    this.stage.addEventListener("pointercancel", end);
    event.preventDefault();
  }
}
