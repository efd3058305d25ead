/** The forms beside the picture: each is a folded part; open, what is picked goes into its field of points. */
import { angle, groundLength, length, type Point, type Scale } from "./geometry";
import { read, written } from "./points";
import type { Pin } from "./pins";

export interface Facts { flat: boolean; scale: Scale; camera: number; cameraError: number; known: boolean; words: DOMStringMap }

export class Tools {
  constructor(private root: HTMLElement, private facts: () => Facts, private changed: () => void, stop: AbortSignal) {
    root.addEventListener("toggle", (event) => this.toggled(event.target as HTMLDetailsElement), { capture: true, signal: stop });
    root.addEventListener("input", (event) => {
      if ((event.target as HTMLElement).matches("[name=points]")) this.typed();
    }, { signal: stop });
    root.addEventListener("click", (event) => {
      const button = (event.target as HTMLElement).closest("[data-undo], [data-clear]");
      if (!button) return;
      if (button.matches("[data-undo]")) this.undo();
      else this.put([], []);
    }, { signal: stop });
  }

  get open(): HTMLDetailsElement | null {
    return this.root.querySelector<HTMLDetailsElement>("details[data-tool][open]");
  }

  /** How many points the open tool takes at most; 0 without one. */
  get most(): number {
    return Number(this.open?.dataset.most ?? 0);
  }

  pick(point: Point, reach: number): void {
    if (!this.open) return;
    const full = this.points().length >= this.most;
    const first = this.most === 1 || full;
    this.put([...(first ? [] : this.points()), point], [...(first ? [] : this.reach()), reach]);
  }

  undo(): void {
    this.put(this.points().slice(0, -1), this.reach().slice(0, -1));
  }

  leave(): void {
    if (this.open) this.open.open = false;
  }

  /** What is being measured or pinned, as it is drawn. */
  draft(): Pin[] {
    const tool = this.open;
    const points = this.points();
    return tool && points.length ? [{ number: "", kind: tool.dataset.tool ?? "", label: this.figure(points)?.short ?? "", points, draft: true }] : [];
  }

  private field(name: string): HTMLInputElement | HTMLTextAreaElement | null {
    return this.open?.querySelector(`[name=${name}]`) ?? null;
  }

  private points(): Point[] {
    return read(this.field("points")?.value ?? "", this.facts().flat) ?? [];
  }

  private reach(): number[] {
    return (this.field("reach")?.value ?? "").split(" ").filter(Boolean).map(Number);
  }

  private put(points: Point[], reach: number[]): void {
    const field = this.field("points");
    const reached = this.field("reach");
    if (!field || !reached) return;
    field.value = points.map((one) => written(one, this.facts().flat)).join("\n");
    reached.value = reach.map((one) => one.toExponential(3)).join(" ");
    this.tell();
  }

  /** Typed by hand: nobody knows how far off, the server takes its own figure. */
  private typed(): void {
    const reached = this.field("reach");
    if (reached) reached.value = "";
    this.tell();
  }

  private toggled(tool: HTMLDetailsElement): void {
    if (!tool.matches("details[data-tool]")) return;
    if (tool.open) {
      for (const other of this.root.querySelectorAll<HTMLDetailsElement>("details[data-tool][open]")) if (other !== tool) other.open = false;
    }
    this.tell();
  }

  private tell(): void {
    const points = this.points();
    const figure = points.length ? this.figure(points) : undefined;
    const said = this.open?.querySelector<HTMLElement>("[data-figure]");
    if (said) {
      said.dataset.help ??= said.textContent ?? "";
      said.textContent = figure?.long ?? said.dataset.help;
    }
    const told = this.field("told");
    if (told) told.value = figure?.told !== undefined ? figure.told.toFixed(4) : "";
    this.changed();
  }

  private figure(points: Point[]): { long: string; short: string; told?: number } | undefined {
    const { words, scale, camera, cameraError, known } = this.facts();
    const put = (text: string | undefined, ...values: string[]): string => values.reduce((sum, one) => sum.replace("%s", one), text ?? "");
    const kind = this.open?.dataset.tool;
    if (kind === "distance" && points.length > 1) {
      const found = length(points, scale, this.reach());
      if (!found) return undefined;
      const unit = known ? words.metres! : words.units!;
      const short = `${found.metres.toFixed(2)} ${unit}`;
      const error = this.reach().length ? `±${Math.max(found.error, 0.0005).toFixed(3)}` : "";
      return { long: put(words.length, `${found.metres.toFixed(3)} ${error} ${unit}`, found.level.toFixed(3), found.rise.toFixed(3)), short, told: found.metres };
    }
    if (kind === "angle" && points.length > 1) {
      const found = angle(points[0]!, points[1]!);
      return { long: put(words.angle, found.toFixed(2)), short: `${found.toFixed(1)}°`, told: found };
    }
    if (kind === "ground") {
      if (camera <= 0) return { long: words.noCamera ?? "", short: "" };
      if (!points.every((one) => groundLength([one, one], camera, cameraError, []))) return { long: words.horizon ?? "", short: "" };
      const found = points.length > 1 ? groundLength(points, camera, cameraError, this.reach()) : null;
      return found ? { long: put(words.ground, found.metres.toFixed(2), found.error.toFixed(2), camera.toFixed(2)), short: `${found.metres.toFixed(2)} ${words.metres}`, told: found.metres } : undefined;
    }
    return { long: put(words.picked, String(points.length)), short: "" };
  }
}
