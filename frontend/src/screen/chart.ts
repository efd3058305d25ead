/** Lines against their own past (hours), or bars side by side (weeks). No motion, nothing that glows. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { colours } from "../islands/style";
import type { Drawing } from "./trend";

echarts.use([LineChart, BarChart, GridComponent, CanvasRenderer]);

export function draw(box: HTMLElement, drawing: Drawing, bars: boolean): void {
  const holder = document.createElement("div");
  holder.className = "chart-canvas";
  box.append(holder);
  const chart = echarts.init(holder, null, { renderer: "canvas" });
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8125;
  chart.setOption(bars ? barOption(drawing, size) : lineOption(drawing, size));
  const watch = new ResizeObserver(() => {
    if (box.isConnected) return chart.resize();
    watch.disconnect();
    chart.dispose();
  });
  watch.observe(holder);
  box.dataset.done = "1";
}

function ground(drawing: Drawing, size: number, every: number) {
  const c = colours();
  const text = { color: c.quiet, fontSize: size, fontFamily: getComputedStyle(document.body).fontFamily };
  return {
    animation: false,
    textStyle: text,
    grid: { left: size * 3.2, right: size * 6, top: size * 0.9, bottom: size * 2 },
    xAxis: {
      type: "category" as const, data: drawing.names, boundaryGap: false, axisTick: { show: false },
      axisLine: { lineStyle: { color: c.line } }, axisLabel: { ...text, interval: every },
    },
    yAxis: {
      type: "value" as const, splitNumber: 3, minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: c.line, width: 1 } },
    },
  };
}

function lineOption(drawing: Drawing, size: number) {
  const c = colours();
  const base = ground(drawing, size, 3);
  base.xAxis.axisLabel = { ...base.xAxis.axisLabel, interval: ((index: number) => index % 6 === 5) as unknown as number };
  const series: object[] = [];
  if (drawing.low?.length && drawing.high?.length) {
    const band = { type: "line", stack: "band", symbol: "none", lineStyle: { width: 0 }, silent: true };
    series.push({ ...band, data: drawing.low });
    series.push({ ...band, data: drawing.high.map((v, i) => v - (drawing.low?.[i] ?? 0)), areaStyle: { color: c.quiet, opacity: 0.14 } });
  }
  for (const line of drawing.lines) {
    const now = line.role === "now";
    series.push({
      type: "line", data: line.values, symbol: "none", silent: true, z: now ? 3 : 2,
      lineStyle: { color: now ? c.lake : c.quiet, width: now ? 3 : 1.5, type: now ? "solid" : "dashed" },
      endLabel: {
        show: line.values.length > 0, formatter: line.name, color: now ? c.lake : c.quiet, fontSize: size,
        fontWeight: now ? 600 : 400, distance: size * 0.5,
      },
    });
  }
  return { ...base, series };
}

function barOption(drawing: Drawing, size: number) {
  const c = colours();
  const base = ground(drawing, size, 0);
  base.xAxis.boundaryGap = true;
  const series = drawing.lines.map((line) => {
    const now = line.role === "now";
    const itemStyle = { color: now ? c.lake : c.quiet, opacity: now ? 1 : 0.6 };
    return { type: "bar", silent: true, barMaxWidth: size * 2, barGap: "15%", itemStyle, data: line.values };
  });
  return { ...base, grid: { ...base.grid, right: size * 1.5 }, series };
}
