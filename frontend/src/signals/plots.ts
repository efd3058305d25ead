/** Plots of measurements: lines over time with the threshold that held, bars of firings, a sweep of a threshold.
 *
 * What is drawn stands as JSON inside the box; the sentence under it and the table behind it say the same without.
 */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { colours } from "../islands/style";

echarts.use([LineChart, BarChart, GridComponent, LegendComponent, MarkLineComponent, CanvasRenderer]);

type Role = "now" | "quiet" | "good" | "bad" | "soon";
interface Line {
  name: string;
  role: Role;
  /** of a time axis [milliseconds of the city's wall clock, value], else a value for each name; null is a gap */
  values: ([number, number | null] | number | null)[];
  bars?: boolean;
  stacked?: boolean;
  right?: boolean;
  dots?: boolean;
}
interface Drawing {
  /** of a category axis; without it the axis is time */
  names?: string[];
  every?: number;
  lines: Line[];
  limits?: { name: string; value: number }[];
  marks?: { name: string; at: number | string }[];
  unit?: string;
  right?: string;
  /** the right axis ends here (1 for a share) */
  most?: number;
}

export function plot(box: HTMLElement): void {
  const told = box.querySelector("script")?.textContent;
  if (!told || box.dataset.drawn) return;
  box.dataset.drawn = "1";
  const holder = document.createElement("div");
  holder.className = "chart-canvas";
  box.append(holder);
  const chart = echarts.init(holder, null, { renderer: "canvas" });
  chart.setOption(option(JSON.parse(told) as Drawing, box));
  const watch = new ResizeObserver(() => {
    if (box.isConnected) return chart.resize();
    watch.disconnect();
    chart.dispose();
  });
  watch.observe(holder);
  box.dataset.done = "1";
}

function option(drawing: Drawing, box: HTMLElement): Record<string, unknown> {
  const c = colours();
  const ink: Record<Role, string> = { now: c.lake, quiet: c.quiet, good: c.reed, bad: c.lamp, soon: c.amber };
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8125;
  const text = { color: c.quiet, fontSize: size, fontFamily: getComputedStyle(box).fontFamily };
  const right = drawing.lines.some((line) => line.right);
  const value = { type: "value", splitNumber: 4, axisLabel: text, nameTextStyle: text, scale: !drawing.names, minInterval: drawing.names ? 1 : 0 };
  const series: object[] = drawing.lines.map((line) => ({
    type: line.bars ? "bar" : "line",
    name: line.name,
    data: line.values,
    yAxisIndex: line.right ? 1 : 0,
    stack: line.stacked ? "all" : undefined,
    silent: true,
    symbol: line.dots ? "circle" : "none",
    symbolSize: size * 0.5,
    connectNulls: false,
    barMaxWidth: size * 2.4,
    barMinHeight: line.bars && drawing.names ? 3 : 0, // a nought that was measured is not an empty place
    itemStyle: { color: ink[line.role] },
    lineStyle: { color: ink[line.role], width: line.role === "quiet" ? 1.5 : 2.5, type: line.role === "quiet" ? "dashed" : "solid" },
  }));
  if (series[0]) Object.assign(series[0], { markLine: marks(drawing, ink.bad, c.ink, text) });
  return {
    animation: false,
    useUTC: true, // moments come as the city's wall clock (plots.millis)
    textStyle: text,
    legend: { show: drawing.lines.length > 1, top: 0, left: 0, itemWidth: size * 1.4, itemHeight: size * 0.7, textStyle: text, selectedMode: false },
    grid: { left: size * 0.5, right: size * (right ? 0.5 : 2), top: size * (drawing.lines.length > 1 ? 3.4 : 2.2), bottom: size * 0.5, containLabel: true },
    xAxis: {
      type: drawing.names ? "category" : "time", data: drawing.names, axisTick: { show: false }, splitLine: { show: false },
      axisLine: { lineStyle: { color: c.line } }, boundaryGap: drawing.lines.some((line) => line.bars),
      axisLabel: { ...text, hideOverlap: true, interval: drawing.every ? (n: number) => n % (drawing.every ?? 1) === 0 : undefined },
    },
    yAxis: [
      { ...value, name: drawing.unit ?? "", nameTextStyle: { ...text, align: "left" }, min: drawing.names ? 0 : undefined, splitLine: { lineStyle: { color: c.line, width: 1 } } },
      ...(right ? [{ ...value, name: drawing.right ?? "", nameTextStyle: { ...text, align: "right" }, min: drawing.most ? 0 : undefined, max: drawing.most, minInterval: 0, splitLine: { show: false } }] : []),
    ],
    series,
  };
}

/** The threshold as a line across, the firing as a line down; each with its word beside it. */
function marks(drawing: Drawing, bad: string, ink: string, text: object): object {
  const across = (drawing.limits ?? []).map((one) => ({
    yAxis: one.value, label: { formatter: one.name, position: "insideStartTop", ...text, color: bad }, lineStyle: { color: bad, type: "dashed", width: 1.5 },
  }));
  const down = (drawing.marks ?? []).map((one) => ({
    xAxis: one.at, label: { formatter: one.name, position: "insideEndTop", rotate: 0, ...text, color: ink }, lineStyle: { color: ink, type: "solid", width: 1 },
  }));
  return { silent: true, symbol: "none", animation: false, data: [...across, ...down] };
}
