/** Notes and measurements over the picture. Everything here also stands in the list, so it is silent for screen readers. */
import { groundLength, onGround, type Point } from "./geometry";
import { read } from "./points";
import type { Seen, View } from "./view";

const SVG = "http://www.w3.org/2000/svg";
const MOST_HIDDEN = 80;

export interface Pin { number: string; kind: string; label: string; points: Point[]; draft?: boolean }
export interface Drawn { pin: Pin; at: Seen; lines: Seen[][]; dots: Seen[]; behind: boolean }

/** What the list beside the picture says is pinned, without what was withdrawn. */
export function pinsOf(list: ParentNode, flat: boolean): Pin[] {
  return [...list.querySelectorAll<HTMLElement>("[data-mark][data-points]:not([data-withdrawn])")].flatMap((one) => {
    const points = read(one.dataset.points ?? "", flat);
    return points?.length ? [{ number: one.dataset.mark ?? "", kind: one.dataset.kind ?? "", label: one.dataset.label ?? "", points }] : [];
  });
}

export class Pins {
  private layer = document.createElementNS(SVG, "svg");
  private labels = document.createElement("div");
  private behind = new Map<Pin, boolean>();
  drawn: Drawn[] = [];
  chosen = "";

  constructor(private view: View, private height: () => number) {
    this.layer.setAttribute("class", "scene-lines");
    this.labels.className = "scene-labels";
    for (const one of [this.labels, this.layer]) { // each right after the canvas, so the lines lie below the labels
      one.setAttribute("aria-hidden", "true");
      view.canvas.after(one);
    }
  }

  draw(pins: Pin[], moving: boolean): void {
    if (!moving) pins.slice(0, MOST_HIDDEN).forEach((one) => this.behind.set(one, one.points.every((point) => this.view.hidden(point))));
    this.drawn = pins.flatMap((pin) => this.placed(pin));
    this.lines();
    this.names();
  }

  remove(): void {
    this.layer.remove();
    this.labels.remove();
  }

  private placed(pin: Pin): Drawn[] {
    const dots = pin.points.map((one) => this.view.place(one));
    const lines = this.view.path(this.route(pin));
    const middle = lines[Math.floor(lines.length / 2)];
    const at = pin.points.length > 1 && middle ? { x: (middle[0]!.x + middle[1]!.x) / 2, y: (middle[0]!.y + middle[1]!.y) / 2 } : dots.find((one) => one);
    if (!at) return [];
    return [{ pin, at, lines, dots: dots.filter((one): one is Seen => one !== null), behind: this.behind.get(pin) ?? false }];
  }

  /** Straight in a model; along the floor for a distance on it; along the great circle for an angle. */
  private route({ kind, points }: Pin): Point[] {
    if (points.length < 2 || this.view.look.way !== "turn") return points;
    const [a, b] = [points[0]!, points[1]!];
    if (kind === "ground" && this.height() > 0 && groundLength(points, this.height(), 0, [])) {
      return points.flatMap((one, i) => {
        const [to, from] = [onGround(one, this.height())!, i ? onGround(points[i - 1]!, this.height())! : null];
        const lift = (at: Point): Point => [at[0], -this.height(), at[2]];
        return from ? steps(24).map((t) => lift(from.map((v, k) => v + (to[k]! - v) * t) as Point)) : [lift(to)];
      });
    }
    const cos = Math.max(-1, Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]));
    const whole = Math.acos(cos);
    if (whole < 1e-4) return points;
    return [a, ...steps(24).map((t) => a.map((v, k) => (v * Math.sin((1 - t) * whole) + b[k]! * Math.sin(t * whole)) / Math.sin(whole)) as Point)];
  }

  private lines(): void {
    const { clientWidth, clientHeight } = this.view.canvas;
    this.layer.setAttribute("viewBox", `0 0 ${clientWidth} ${clientHeight}`);
    const made: SVGElement[] = [];
    for (const one of this.drawn) {
      const kind = `${one.behind ? " is-behind" : ""}${one.pin.draft ? " is-draft" : ""}`;
      for (const css of ["halo", "line"]) for (const [a, b] of one.lines) {
        made.push(shape("line", `scene-${css}${kind}`, { x1: a!.x, y1: a!.y, x2: b!.x, y2: b!.y }));
      }
      if (one.lines.length || one.pin.draft) for (const dot of one.dots) made.push(shape("circle", `scene-dot${kind}`, { cx: dot.x, cy: dot.y, r: 4.5 }));
    }
    this.layer.replaceChildren(...made);
  }

  private names(): void {
    const { clientWidth, clientHeight } = this.view.canvas;
    const made = this.drawn.filter(({ at }) => at.x > -40 && at.y > -40 && at.x < clientWidth + 40 && at.y < clientHeight + 40).map(({ pin, at, behind }) => {
      const box = document.createElement("div");
      box.className = `scene-pin scene-pin-${pin.kind}${behind ? " is-behind" : ""}${pin.draft ? " is-draft" : ""}${pin.number && pin.number === this.chosen ? " is-chosen" : ""}`;
      if (pin.number) {
        const number = document.createElement("b");
        number.textContent = pin.number;
        box.append(number);
      }
      if (pin.label) box.append(Object.assign(document.createElement("span"), { textContent: pin.label }));
      box.style.transform = `translate(${at.x.toFixed(1)}px, ${at.y.toFixed(1)}px)`;
      return box;
    });
    this.labels.replaceChildren(...made);
  }
}

function steps(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i + 1) / count);
}

function shape(name: string, css: string, values: Record<string, number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  made.setAttribute("class", css);
  for (const [key, value] of Object.entries(values)) made.setAttribute(key, value.toFixed(1));
  return made;
}
