/** The view as a picture to keep: what is drawn, its pins, and a line that says which scene, when and from where. */
import { colours } from "../islands/style";
import type { Drawn } from "./pins";
import type { View } from "./view";

const LEAST = 1280;

export async function snapshot(view: View, drawn: Drawn[], lines: string[], name: string): Promise<void> {
  const { clientWidth, clientHeight } = view.canvas;
  const ratio = Math.max(1, LEAST / clientWidth, Math.min(2, window.devicePixelRatio));
  const foot = Math.round((14 + lines.length * 20) * ratio);
  const paper = document.createElement("canvas");
  paper.width = Math.round(clientWidth * ratio);
  const height = Math.round(clientHeight * ratio);
  paper.height = height;
  const pen = paper.getContext("2d");
  if (!pen) return;
  view.copy(pen);
  const whole = document.createElement("canvas");
  whole.width = paper.width;
  whole.height = height + foot;
  const ink = whole.getContext("2d");
  if (!ink) return;
  const c = colours();
  ink.drawImage(paper, 0, 0);
  ink.scale(ratio, ratio);
  ink.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
  drawn.forEach((one) => mark(ink, one, c));
  ink.fillStyle = c.surface;
  ink.fillRect(0, clientHeight, clientWidth, foot / ratio);
  ink.font = `13px ${getComputedStyle(document.body).fontFamily}`;
  ink.fillStyle = c.ink;
  lines.forEach((line, i) => ink.fillText(line, 12, clientHeight + 22 + i * 20, clientWidth - 24));
  const file = await new Promise<Blob | null>((done) => whole.toBlob(done, "image/png"));
  if (!file) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function mark(ink: CanvasRenderingContext2D, { pin, at, lines, behind }: Drawn, c: ReturnType<typeof colours>): void {
  ink.globalAlpha = behind ? 0.45 : 1;
  for (const [width, colour] of [[6, c.surface], [2.5, c.lake]] as const) {
    ink.lineWidth = width;
    ink.strokeStyle = colour;
    for (const [a, b] of lines) {
      ink.beginPath();
      ink.moveTo(a!.x, a!.y);
      ink.lineTo(b!.x, b!.y);
      ink.stroke();
    }
  }
  const text = [pin.number, pin.label].filter(Boolean).join(" ");
  const wide = ink.measureText(text).width + 14;
  ink.fillStyle = c.surface;
  ink.strokeStyle = c.lake;
  ink.lineWidth = 1.5;
  ink.beginPath();
  ink.rect(at.x - wide / 2, at.y - 32, wide, 22);
  ink.fill();
  ink.stroke();
  ink.beginPath();
  ink.arc(at.x, at.y, 3.5, 0, 7);
  ink.fillStyle = c.lake;
  ink.fill();
  ink.fillStyle = c.ink;
  ink.fillText(text, at.x - wide / 2 + 7, at.y - 16);
  ink.globalAlpha = 1;
}
