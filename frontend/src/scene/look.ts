/** Where one looks from. Three ways: around a thing, walking in it, or turning on the spot (a panorama). */
import { type Box3, MathUtils, type PerspectiveCamera, Vector3 } from "three";
import type { Point } from "./geometry";

export type Way = "around" | "walk" | "turn";
export interface Stand { way: Way; yaw: number; pitch: number; far: number; at: Point; fov: number }

const STEEPEST = Math.PI / 2 - 0.02;
const FLIGHT = 150;

export class Look {
  way: Way = "around";
  /** Radians: 0 looks towards -z, rising to the right; pitch upwards. */
  yaw = 0;
  pitch = -0.5;
  far = 5;
  fov = 60;
  /** What is looked at (around), or where one stands. */
  at = new Vector3();
  private home: Stand | undefined;
  private flight = 0;
  private near = 0.01;
  private size = 5;

  constructor(private camera: PerspectiveCamera, private still: () => boolean, private changed: () => void) {}

  /** All of a thing, from a little above. */
  frame(box: Box3): void {
    const size = box.getSize(new Vector3());
    this.size = Math.max(size.length(), 1e-3);
    this.near = this.size / 500;
    const across = Math.min(1, this.camera.aspect);
    const [way, yaw, pitch, fov] = ["around" as Way, 0.6, -0.62, 55];
    const far = (this.size / 2 / Math.sin(MathUtils.degToRad(fov / 2)) / across);
    this.home = { way, yaw, pitch, far, at: box.getCenter(new Vector3()).toArray() as Point, fov };
    this.take(this.home);
  }

  /** On the spot, in the middle of a panorama. */
  inside(): void {
    this.size = 100;
    this.near = 0.1;
    this.home = { way: "turn", yaw: 0, pitch: -0.12, far: 0, at: [0, 0, 0], fov: 75 };
    this.take(this.home);
  }

  /** Step from around a thing into it, to where one looks from the height of a person, or out again. */
  enter(box: Box3, metres: number): void {
    const middle = box.getCenter(new Vector3());
    const eye = Math.min(box.min.y + 1.6 / metres, box.min.y + (box.max.y - box.min.y) * 0.7);
    this.take({ way: "walk", yaw: this.yaw, pitch: 0, far: this.far, at: [middle.x, eye, middle.z], fov: 70 });
  }

  reset(): void {
    if (this.home) this.fly(this.home);
  }

  stand(): Stand {
    return { way: this.way, yaw: this.yaw, pitch: this.pitch, far: this.far, at: this.at.toArray() as Point, fov: this.fov };
  }

  take(stand: Stand): void {
    cancelAnimationFrame(this.flight);
    this.put(stand);
  }

  /** Go there within 150 ms, or at once for whoever wants less motion. */
  fly(to: Stand): void {
    cancelAnimationFrame(this.flight);
    const from = this.stand();
    if (this.still() || from.way !== to.way) return this.put(to);
    const began = performance.now();
    const turn = ((((to.yaw - from.yaw) % (2 * Math.PI)) + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
    const step = (now: number): void => {
      const part = Math.min(1, Math.max(0, (now - began) / FLIGHT));
      const mix = (a: number, b: number): number => a + (b - a) * part;
      this.put({
        way: to.way, yaw: from.yaw + turn * part, pitch: mix(from.pitch, to.pitch), far: mix(from.far, to.far), fov: mix(from.fov, to.fov),
        at: from.at.map((value, i) => mix(value, to.at[i]!)) as Point,
      });
      if (part < 1) this.flight = requestAnimationFrame(step);
    };
    this.flight = requestAnimationFrame(step);
  }

  /** Bring a point into the middle of the view. */
  face(point: Point): void {
    const there = new Vector3(...point);
    if (this.way === "around") return this.fly({ ...this.stand(), at: point, far: Math.min(this.far, this.size * 0.6) });
    const way = there.sub(this.way === "turn" ? new Vector3() : this.at).normalize();
    if (way.lengthSq() < 0.5) return;
    this.fly({ ...this.stand(), yaw: Math.atan2(way.x, -way.z), pitch: Math.asin(MathUtils.clamp(way.y, -1, 1)) });
  }

  /** Turn by radians. Around a thing, the thing seems to turn. */
  turn(right: number, up: number): void {
    this.put({ ...this.stand(), yaw: this.yaw + right, pitch: MathUtils.clamp(this.pitch + up, -STEEPEST, STEEPEST) });
  }

  /** Move in the plane of the picture, by shares of its height. */
  pan(right: number, up: number): void {
    if (this.way === "turn") return this.turn(right * MathUtils.degToRad(this.fov), up * MathUtils.degToRad(this.fov));
    const reach = this.way === "around" ? 2 * this.far * Math.tan(MathUtils.degToRad(this.fov / 2)) : this.size / 6;
    this.move(new Vector3(right * reach, up * reach, 0));
  }

  /** Nearer (above 1: factor) or farther: going, or by a longer lens in a panorama. */
  zoom(factor: number): void {
    const now = this.stand();
    if (this.way === "around") now.far = MathUtils.clamp(this.far / factor, this.size / 200, this.size * 6);
    else now.fov = MathUtils.clamp(this.fov / factor, 15, 100);
    this.put(now);
  }

  /** A step ahead or back, level with the floor. */
  walk(ahead: number): void {
    const step = (this.size / 20) * ahead;
    this.put({ ...this.stand(), at: [this.at.x + Math.sin(this.yaw) * step, this.at.y, this.at.z - Math.cos(this.yaw) * step] });
  }

  /** Radians that one pixel of the view spans. */
  pixel(height: number): number {
    return (2 * Math.tan(MathUtils.degToRad(this.fov / 2))) / Math.max(1, height);
  }

  private move(by: Vector3): void {
    this.put({ ...this.stand(), at: this.at.clone().add(by.applyQuaternion(this.camera.quaternion)).toArray() as Point });
  }

  private put(stand: Stand): void {
    this.way = stand.way;
    this.yaw = Math.atan2(Math.sin(stand.yaw), Math.cos(stand.yaw));
    this.pitch = MathUtils.clamp(stand.pitch, -STEEPEST, STEEPEST);
    this.far = stand.far;
    this.fov = stand.fov;
    this.at.fromArray(stand.at);
    this.apply();
  }

  apply(): void {
    const ahead = new Vector3(Math.sin(this.yaw) * Math.cos(this.pitch), Math.sin(this.pitch), -Math.cos(this.yaw) * Math.cos(this.pitch));
    const from = this.way === "around" ? this.at.clone().addScaledVector(ahead, -this.far) : this.at;
    this.camera.position.copy(from);
    this.camera.lookAt(from.clone().add(ahead));
    this.camera.fov = this.fov;
    this.camera.near = this.near;
    this.camera.far = this.size * 12;
    this.camera.updateProjectionMatrix();
    this.camera.updateMatrixWorld();
    this.changed();
  }
}
