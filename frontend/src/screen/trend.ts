/** The one chart. ECharts is fetched only here; without it the sentence and the table say the same. */
export interface Drawing {
  names: string[];
  lines: { name: string; role: "now" | "usual"; values: number[] }[];
  low?: number[];
  high?: number[];
}

export function drawTrend(): void {
  const box = document.querySelector<HTMLElement>("#screen-trend [data-chart]");
  const told = box?.querySelector("script")?.textContent;
  if (!box || !told || box.dataset.drawn) return;
  box.dataset.drawn = "1";
  const drawing = JSON.parse(told) as Drawing;
  void import("./chart").then(({ draw }) => draw(box, drawing, box.dataset.chart === "weeks"));
}
