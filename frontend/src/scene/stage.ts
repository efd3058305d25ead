/** A scene on its page: file, picture, pins, tools and buttons brought together, and given back when the reader leaves. */
import { colours } from "../islands/style";
import { bytes, fetchBytes, Unreachable } from "./fetching";
import { heading, type Point } from "./geometry";
import { listen } from "./hands";
import { cloud, model, NotShown, panorama } from "./loading";
import type { Stand } from "./look";
import { Pins, pinsOf, type Pin } from "./pins";
import { snapshot } from "./snapshot";
import { type Facts, Tools } from "./tools";
import { View } from "./view";

const NARROW = 4096;

export class Stage {
  private leaving = new AbortController();
  private view: View | undefined;
  private pins: Pins | undefined;
  private tools: Tools | undefined;
  private pinned: Pin[] = [];
  private pixels = 0;
  private words: DOMStringMap;

  constructor(private root: HTMLElement) {
    this.words = document.getElementById("scene-words")?.dataset ?? {};
  }

  async begin(): Promise<void> {
    window.addEventListener("pagehide", () => this.end(), { signal: this.leaving.signal });
    this.root.addEventListener("click", (event) => this.pressed(event), { signal: this.leaving.signal });
    try {
      await this.open(this.weak() && Boolean(this.root.dataset.small));
    } catch (error) {
      if (!this.leaving.signal.aborted) this.failed(error);
    }
  }

  /** Everything is given back: threads, graphics memory, listeners. */
  end(): void {
    this.leaving.abort();
    this.pins?.remove();
    this.view?.dispose();
    this.view = undefined;
    delete this.root.dataset.ready;
  }

  private get flat(): boolean {
    return this.root.dataset.kind === "panorama";
  }

  private weak(): boolean {
    const told = navigator as { deviceMemory?: number; connection?: { saveData?: boolean } };
    return (told.deviceMemory ?? 8) <= 2 || navigator.hardwareConcurrency <= 2 || told.connection?.saveData === true;
  }

  private async open(small: boolean): Promise<void> {
    const url = (small ? this.root.dataset.small : this.root.dataset.file) ?? "";
    this.say(this.words.reading ?? "", 0, 1);
    const file = await fetchBytes(url, (had, all) => this.say(`${this.words.reading} ${bytes(had)}${all ? ` / ${bytes(all)}` : ""}`, had, all), this.leaving.signal);
    this.say(this.words.opening ?? "", 1, 1);
    await new Promise((done) => window.setTimeout(done)); // so that the sentence is seen before the work begins
    const view = this.view ?? this.makeView();
    if (this.flat) {
      const { ball, pixels } = await panorama(file, Math.min(view.widest, this.weak() ? NARROW : 8192));
      if (this.leaving.signal.aborted) return;
      this.pixels = pixels;
      view.show(ball);
      if (!this.root.dataset.ready) view.look.inside();
    } else {
      const found = this.root.dataset.kind === "points" ? await cloud(file, this.root.dataset.up ?? "y") : await model(file);
      if (this.leaving.signal.aborted) return;
      view.show(found);
      view.look.frame(view.box);
    }
    this.ready(small);
  }

  private makeView(): View {
    const canvas = document.createElement("canvas");
    canvas.tabIndex = 0;
    canvas.className = "scene-canvas";
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", this.words.label ?? "");
    canvas.setAttribute("aria-describedby", "scene-how");
    this.root.querySelector("[data-view]")?.append(canvas);
    const still = (): boolean => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const view = new View(canvas, still, (moving) => this.drawn(moving), () => this.lost());
    const { signal } = this.leaving;
    this.view = view;
    this.pins = new Pins(view, () => this.facts().camera);
    this.tools = new Tools(document.getElementById("main") ?? document.body, () => this.facts(), () => this.follow(), signal);
    listen(canvas, { look: view.look, pick: (x, y) => this.pick(x, y), undo: () => this.tools?.undo(), leave: () => this.tools?.leave() }, signal);
    view.paint(colours().ground);
    document.body.addEventListener("htmx:afterSettle", () => this.follow(), { signal });
    document.addEventListener("focusin", (event) => this.visited(event.target as HTMLElement), { signal });
    return view;
  }

  private ready(small: boolean): void {
    this.root.dataset.ready = "1";
    this.root.querySelector<HTMLElement>("[data-said]")!.hidden = true;
    this.root.querySelectorAll<HTMLElement>("[data-bar]").forEach((bar) => (bar.hidden = false));
    this.root.querySelectorAll<HTMLElement>("[data-do=sharp]").forEach((one) => (one.hidden = !small));
    this.follow();
  }

  /** The list may have changed: what it says is what is drawn. */
  private follow(): void {
    this.pinned = [...pinsOf(document, this.flat), ...(this.tools?.draft() ?? [])];
    this.root.classList.toggle("is-picking", Boolean(this.tools?.most));
    this.view?.draw();
  }

  private facts(): Facts {
    const now = document.querySelector<HTMLElement>("[data-scene-facts]")?.dataset ?? {};
    const number = (text: string | undefined): number => Number(text || 0);
    return {
      flat: this.flat, words: this.words, known: Boolean(now.metres), camera: number(now.camera), cameraError: number(now.cameraError),
      scale: { metres: number(now.metres) || 1, error: now.scaleError ? Number(now.scaleError) : null },
    };
  }

  private pick(x: number, y: number): void {
    const view = this.view;
    if (!view || !this.tools?.most) return this.choose(x, y);
    if (this.flat) {
      const pixel = Math.max(view.look.pixel(view.canvas.clientHeight), (2 * Math.PI) / Math.max(1, this.pixels));
      return this.tools.pick(view.direction(x, y), pixel);
    }
    const found = view.pick(x, y);
    if (found) this.tools.pick(found.point, found.reach);
    else this.hint(this.words.nothing ?? "");
  }

  /** Without a tool, a press on a pin chooses it in the list. */
  private choose(x: number, y: number): void {
    const near = this.pins?.drawn.find(({ at }) => Math.hypot(at.x - x, at.y - 18 - y) < 30);
    const row = near && document.querySelector<HTMLElement>(`[data-go="${near.pin.number}"]`);
    row?.scrollIntoView({ block: "nearest" });
    row?.focus({ preventScroll: true });
  }

  private visited(target: HTMLElement): void {
    const number = target.dataset?.go;
    if (!number || !this.view || !this.pins) return;
    const pin = this.pinned.find((one) => one.number === number);
    this.pins.chosen = number;
    if (pin) this.view.look.face(middle(pin.points));
    this.view.draw();
  }

  private pressed(event: Event): void {
    const what = (event.target as HTMLElement).closest<HTMLElement>("[data-do]")?.dataset.do;
    const view = this.view;
    if (what === "again") window.location.reload();
    if (!what || !view) return;
    if (what === "nearer") view.look.zoom(1.3);
    if (what === "farther") view.look.zoom(1 / 1.3);
    if (what === "reset") view.look.reset();
    if (what === "enter") this.enter(view);
    if (what === "full") void this.full();
    if (what === "keep") void snapshot(view, this.pins?.drawn ?? [], this.stamp(), `${this.root.dataset.name ?? "scene"}.png`);
    if (what === "sharp") void this.open(false).catch((error: unknown) => this.failed(error));
  }

  private enter(view: View): void {
    const inside = view.look.way === "around";
    if (inside) view.look.enter(view.box, this.facts().scale.metres);
    else view.look.reset();
    this.root.querySelector<HTMLElement>("[data-do=enter]")?.setAttribute("aria-pressed", String(inside));
  }

  private async full(): Promise<void> {
    if (document.fullscreenElement) return document.exitFullscreen();
    try {
      await this.root.requestFullscreen();
    } catch {
      this.root.classList.toggle("is-full"); // phones that keep full screen for videos
    }
  }

  private drawn(moving: boolean): void {
    const view = this.view;
    if (!view || !this.pins) return;
    this.pins.draw(this.pinned, moving);
    if (!moving) view.canvas.dataset.stand = pose(view, view.look.stand());
    const north = document.querySelector<HTMLElement>("[data-scene-facts]")?.dataset.north;
    const said = this.root.querySelector<HTMLElement>("[data-heading]");
    if (!said) return;
    const { canvas } = view;
    said.textContent = north ? (this.words.heading ?? "").replace("%s", heading(view.direction(canvas.clientWidth / 2, canvas.clientHeight / 2), Number(north)).toFixed(0)) : "";
    said.hidden = !north;
  }

  private stamp(): string[] {
    const at = new Date();
    const zone = this.words.zone || undefined;
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "medium", timeZone: zone }).format(at);
    return [this.root.dataset.title ?? "", (this.words.stamp ?? "%s").replace("%s", time)];
  }

  private say(text: string, had: number, all: number): void {
    const box = this.root.querySelector<HTMLElement>("[data-said]");
    const line = box?.querySelector("progress");
    if (!box || !line) return;
    box.hidden = false;
    box.querySelector("[data-sentence]")!.textContent = text;
    if (all) [line.max, line.value] = [all, had];
    else line.removeAttribute("value");
  }

  private hint(text: string): void {
    const said = document.querySelector<HTMLElement>("details[data-tool][open] [data-figure]");
    if (said) said.textContent = text;
  }

  private lost(): void {
    this.failed(new NotShown("broken"), this.words.lost);
  }

  private failed(error: unknown, sentence?: string): void {
    const word = error instanceof NotShown ? error.word : error instanceof Unreachable ? "unreachable" : "broken";
    const box = this.root.querySelector<HTMLElement>("[data-said]");
    if (!box) return;
    box.hidden = false;
    box.classList.add("is-bad");
    box.querySelector("progress")?.remove();
    box.querySelector("[data-sentence]")!.textContent = (sentence ?? this.words[word] ?? "").replace("%s", error instanceof NotShown ? error.detail : "");
    box.querySelector<HTMLElement>("[data-then]")!.hidden = false;
    this.root.dataset.failed = word;
  }
}

/** Position, direction and lens as text: for whoever repeats a view, and for tests that must know where a point is seen. */
function pose(view: View, stand: Stand): string {
  const at = view.camera.position;
  return [at.x, at.y, at.z, stand.yaw, stand.pitch, stand.fov].map((one) => one.toFixed(5)).join(" ");
}

function middle(points: Point[]): Point {
  return [0, 1, 2].map((i) => points.reduce((sum, one) => sum + one[i]!, 0) / points.length) as Point;
}
