/** Mouse, touch and keys, put into moves of the look. A press without a move is a pick. */
import type { Look } from "./look";

const STILL = 6;
const TURN = Math.PI / 36;

export interface Hands {
  look: Look;
  /** Of the canvas, in pixels from its upper left corner. */
  pick: (x: number, y: number) => void;
  undo: () => void;
  leave: () => void;
}

export function listen(canvas: HTMLCanvasElement, hands: Hands, stop: AbortSignal): void {
  const fingers = new Map<number, { x: number; y: number; button: number }>();
  let moved = 0;
  const options = { signal: stop };
  const place = (event: PointerEvent | MouseEvent): { x: number; y: number } => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (!fingers.size) moved = 0;
    fingers.set(event.pointerId, { ...place(event), button: event.button });
    if (fingers.size > 1) moved = Infinity;
  }, options);
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = { ...place(event), button: before.button };
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    moved += Math.abs(dx) + Math.abs(dy);
    if (fingers.size === 2) pinch(canvas, hands.look, fingers, event.pointerId, now);
    else if (moved > STILL) drag(canvas, hands.look, dx, dy, event.shiftKey || before.button > 0);
    fingers.set(event.pointerId, now);
  }, options);
  const up = (event: PointerEvent): void => {
    const was = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (event.type === "pointerup" && was?.button === 0 && moved <= STILL && !fingers.size) {
      const { x, y } = place(event);
      hands.pick(x, y);
    }
  };
  canvas.addEventListener("pointerup", up, options);
  canvas.addEventListener("pointercancel", up, options);
  canvas.addEventListener("contextmenu", (event) => event.preventDefault(), options);
  canvas.addEventListener("wheel", (event) => {
    // The page scrolls past the picture unless the reader has gone into it.
    if (document.activeElement !== canvas && !event.ctrlKey) return;
    event.preventDefault();
    hands.look.zoom(Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) / 400));
  }, { ...options, passive: false });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !key(canvas, hands, event)) return;
    event.preventDefault();
  }, options);
}

function drag(canvas: HTMLCanvasElement, look: Look, dx: number, dy: number, pan: boolean): void {
  const height = canvas.clientHeight;
  if (pan && look.way !== "turn") return look.pan(-dx / height, dy / height);
  if (look.way === "around") return look.turn((dx / height) * Math.PI, (-dy / height) * Math.PI);
  const pixel = look.pixel(height); // what is held stays under the finger
  look.turn(-dx * pixel, dy * pixel);
}

function pinch(
  canvas: HTMLCanvasElement, look: Look, fingers: Map<number, { x: number; y: number }>, id: number, now: { x: number; y: number },
): void {
  const other = [...fingers].find(([one]) => one !== id)?.[1];
  const before = fingers.get(id);
  if (!other || !before) return;
  const gap = Math.hypot(before.x - other.x, before.y - other.y);
  if (gap > 10) look.zoom(Math.hypot(now.x - other.x, now.y - other.y) / gap);
  if (look.way !== "turn") look.pan(-(now.x - before.x) / 2 / canvas.clientHeight, (now.y - before.y) / 2 / canvas.clientHeight);
}

/** Whether the key meant something here. Tab is left alone: nobody is caught in the picture. */
function key(canvas: HTMLCanvasElement, hands: Hands, event: KeyboardEvent): boolean {
  const { look } = hands;
  const [side, rise] = [
    Number(event.key === "ArrowRight") - Number(event.key === "ArrowLeft"), Number(event.key === "ArrowUp") - Number(event.key === "ArrowDown"),
  ];
  if (side || rise) {
    if (event.shiftKey) look.pan(side / 20, rise / 20);
    else if (look.way === "walk" && rise) look.walk(rise);
    else look.turn((look.way === "around" ? -side : side) * TURN, (look.way === "around" ? -rise : rise) * TURN);
    return true;
  }
  if (event.key === "+" || event.key === "=") look.zoom(1.15);
  else if (event.key === "-" || event.key === "_") look.zoom(1 / 1.15);
  else if (event.key === "PageUp" || event.key === "PageDown") {
    if (look.way === "walk") look.turn(0, event.key === "PageUp" ? TURN : -TURN);
    else look.pan(0, event.key === "PageUp" ? 0.1 : -0.1);
  } else if (event.key === "Home" || event.key === "0") look.reset();
  else if (event.key === "Enter" || event.key === " ") hands.pick(canvas.clientWidth / 2, canvas.clientHeight / 2);
  else if (event.key === "Backspace") hands.undo();
  else if (event.key === "Escape") hands.leave();
  else return false;
  return true;
}
