/** The picture: drawn when something changed and never otherwise, coarser while it moves if the machine is slow. */
import {
  AmbientLight, Box3, DirectionalLight, HemisphereLight, type Object3D, PerspectiveCamera, Raycaster, Scene, Sphere, SRGBColorSpace, Vector2,
  Vector3, WebGLRenderer,
} from "three";
import type { Point } from "./geometry";
import { release } from "./loading";
import { Look } from "./look";

const SLOW = 55;
const QUICK = 24;
const RATIOS = [2, 1.5, 1, 0.75, 0.5];
const REST = 220;
const SNAP = 9;

export interface Picked { point: Point; reach: number; snapped: boolean }
export interface Seen { x: number; y: number }

export class View {
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera();
  readonly look: Look;
  box = new Box3();
  private renderer: WebGLRenderer;
  private content: Object3D | undefined;
  private asked = 0;
  private last = 0;
  private slowness: number[] = [];
  private level: number;
  private rest = 0;
  private coarse = false;
  private watch: ResizeObserver;

  constructor(
    readonly canvas: HTMLCanvasElement, still: () => boolean,
    private drawn: (moving: boolean) => void, lost: () => void,
  ) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true, powerPreference: "high-performance" });
    this.renderer.outputColorSpace = SRGBColorSpace;
    this.level = this.finest;
    this.look = new Look(this.camera, still, () => this.draw());
    this.scene.add(this.camera, new AmbientLight(0xffffff, 0.7), new HemisphereLight(0xffffff, 0x98a29f, 1.5));
    const lamp = new DirectionalLight(0xffffff, 1.1);
    lamp.position.set(0.4, 1, 0.7);
    this.scene.add(lamp);
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(canvas.parentElement ?? canvas);
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      lost();
    });
    this.fit();
  }

  get widest(): number {
    return this.renderer.capabilities.maxTextureSize;
  }

  show(content: Object3D): void {
    if (this.content) {
      this.scene.remove(this.content);
      release(this.content);
    }
    this.content = content;
    this.scene.add(content);
    content.updateMatrixWorld(true);
    this.box.setFromObject(content, true);
    this.draw();
  }

  paint(colour: string): void {
    this.renderer.setClearColor(colour);
    this.draw();
  }

  draw(): void {
    if (!this.asked) this.asked = requestAnimationFrame((now) => this.frame(now));
  }

  /** Where a point stands in the picture, in CSS pixels; null behind the camera. */
  place(point: Point): Seen | null {
    const at = new Vector3(...point).applyMatrix4(this.camera.matrixWorldInverse);
    return at.z > -this.camera.near ? null : this.onCanvas(at);
  }

  /** A path as pieces that stand before the camera. */
  path(points: Point[]): Seen[][] {
    const pieces: Seen[][] = [];
    const eye = points.map((one) => new Vector3(...one).applyMatrix4(this.camera.matrixWorldInverse));
    const near = -this.camera.near * 1.01;
    for (let i = 1; i < eye.length; i++) {
      let [a, b] = [eye[i - 1]!.clone(), eye[i]!.clone()];
      if (a.z > near && b.z > near) continue;
      if (a.z > near) a.lerp(b, (near - a.z) / (b.z - a.z));
      else if (b.z > near) b.lerp(a, (near - b.z) / (a.z - b.z));
      pieces.push([this.onCanvas(a), this.onCanvas(b)]);
    }
    return pieces;
  }

  /** What lies under a pixel of the canvas; a corner near it is taken instead. Null where there is nothing. */
  pick(x: number, y: number): Picked | null {
    const hit = this.cast(x, y);
    if (!hit) return null;
    const far = hit.point.distanceTo(this.camera.position);
    const reach = far * this.look.pixel(this.canvas.clientHeight);
    const corner = this.corner(hit, { x, y });
    const point = corner ?? hit.point;
    // A corner of the model is where the file says; a cloud's point likewise. What is left is the half pixel of the choice.
    return { point: point.toArray() as Point, reach: corner ? reach / 2 : reach, snapped: corner !== null };
  }

  /** The direction of a pixel, of length 1. */
  direction(x: number, y: number): Point {
    const { clientWidth, clientHeight } = this.canvas;
    const at = new Vector3((x / clientWidth) * 2 - 1, 1 - (y / clientHeight) * 2, 0.5).unproject(this.camera);
    return at.sub(this.camera.position).normalize().toArray() as Point;
  }

  /** Whether something stands between the camera and a point. */
  hidden(point: Point): boolean {
    if (!this.content || this.look.way === "turn") return false;
    const to = new Vector3(...point);
    const far = to.distanceTo(this.camera.position);
    const ray = new Raycaster(this.camera.position, to.sub(this.camera.position).normalize(), 0, far * 0.985);
    ray.params.Points.threshold = 0;
    return ray.intersectObject(this.content, true).length > 0;
  }

  /** The picture as it stands, drawn on a canvas at once, before the browser clears it. */
  copy(onto: CanvasRenderingContext2D): void {
    this.renderer.render(this.scene, this.camera);
    onto.drawImage(this.canvas, 0, 0, onto.canvas.width, onto.canvas.height);
  }

  dispose(): void {
    cancelAnimationFrame(this.asked);
    window.clearTimeout(this.rest);
    this.watch.disconnect();
    if (this.content) release(this.content);
    this.content = undefined;
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  private onCanvas(eye: Vector3): Seen {
    const at = eye.applyMatrix4(this.camera.projectionMatrix);
    return { x: ((at.x + 1) / 2) * this.canvas.clientWidth, y: ((1 - at.y) / 2) * this.canvas.clientHeight };
  }

  private cast(x: number, y: number) {
    if (!this.content) return undefined;
    const ray = new Raycaster();
    const { clientWidth, clientHeight } = this.canvas;
    ray.setFromCamera(new Vector2((x / clientWidth) * 2 - 1, 1 - (y / clientHeight) * 2), this.camera);
    const ball = this.box.getBoundingSphere(new Sphere());
    const far = Math.max(this.camera.near, ball.distanceToPoint(this.camera.position) + ball.radius);
    ray.params.Points.threshold = far * this.look.pixel(clientHeight) * 4;
    const hits = ray.intersectObject(this.content, true);
    const points = hits.filter((one) => one.distanceToRay !== undefined);
    // Of a cloud the point nearest to the line of sight, not the first that comes within reach of it.
    return points.length && points.length === hits.length
      ? points.slice(0, 60).reduce((best, one) => (one.distanceToRay! < best.distanceToRay! ? one : best))
      : hits[0];
  }

  private corner(hit: NonNullable<ReturnType<View["cast"]>>, at: Seen): Vector3 | null {
    const shape = (hit.object as { geometry?: { getAttribute(name: string): unknown } }).geometry;
    const vertices = shape?.getAttribute("position") as { getX(i: number): number; getY(i: number): number; getZ(i: number): number } | undefined;
    if (!hit.face || !vertices) return hit.index !== undefined && vertices ? new Vector3(vertices.getX(hit.index), vertices.getY(hit.index), vertices.getZ(hit.index)).applyMatrix4(hit.object.matrixWorld) : null;
    let best: Vector3 | null = null;
    let least = SNAP;
    for (const i of [hit.face.a, hit.face.b, hit.face.c]) {
      const vertex = new Vector3(vertices.getX(i), vertices.getY(i), vertices.getZ(i)).applyMatrix4(hit.object.matrixWorld);
      const seen = this.place(vertex.toArray() as Point);
      const off = seen ? Math.hypot(seen.x - at.x, seen.y - at.y) : Infinity;
      if (off < least) [best, least] = [vertex, off];
    }
    return best;
  }

  private fit(): void {
    const { clientWidth, clientHeight } = this.canvas.parentElement ?? this.canvas;
    if (!clientWidth || !clientHeight) return;
    this.camera.aspect = clientWidth / clientHeight;
    this.size(RATIOS[this.level]!);
    this.look?.apply();
  }

  private frame(now: number): void {
    this.asked = 0;
    const since = now - this.last;
    this.last = now;
    if (this.coarse) this.size(RATIOS[this.level]!);
    this.coarse = false;
    if (since < 1000) this.judge(since);
    this.renderer.render(this.scene, this.camera);
    this.canvas.dataset.drawn = String(Number(this.canvas.dataset.drawn ?? 0) + 1);
    this.drawn(true);
    window.clearTimeout(this.rest);
    this.rest = window.setTimeout(() => this.settle(), REST);
  }

  /** Nothing moves any more: as sharp as the screen is, once. */
  private settle(): void {
    if (this.level > this.finest) {
      this.size(RATIOS[this.finest]!);
      this.renderer.render(this.scene, this.camera);
      this.coarse = true;
    }
    this.drawn(false);
  }

  private get finest(): number {
    return Math.max(0, RATIOS.findIndex((one) => one <= Math.max(1, window.devicePixelRatio)));
  }

  private size(ratio: number): void {
    const { clientWidth, clientHeight } = this.canvas.parentElement ?? this.canvas;
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(clientWidth, clientHeight, false);
  }

  /** Eight frames slower than 18 a second make the picture coarser; eight quicker than 40 finer again. */
  private judge(since: number): void {
    this.slowness.push(since);
    if (this.slowness.length < 8) return;
    const middle = [...this.slowness].sort((a, b) => a - b)[4]!;
    this.slowness = [];
    const next = middle > SLOW ? Math.min(RATIOS.length - 1, this.level + 1) : middle < QUICK ? Math.max(this.finest, this.level - 1) : this.level;
    if (next === this.level) return;
    this.level = next;
    this.canvas.dataset.ratio = String(RATIOS[next]);
    this.fit();
  }
}
