/** @file Line charts as SVG: loss and accuracy over epochs. */
import { tickText, valueText } from "./scale.js";
import { axesFor, type ChartOptions, type Point, runsOf, type Series } from "./series.js";
import { escapeXml, faint, gridColor, ink, lineColors, px, svgLine, svgPicture, svgText } from "./svg.js";

export interface SvgChartOptions extends ChartOptions {
  width?: number;
  height?: number;
}

/** Up to this many points are marked with dots; more would hide the line. */
const MAX_DOTS = 30;

/**
 * A line chart as SVG, with a legend that tells each line's last value.
 * @example
 * ```ts
 * import { lineChartSvg } from "engram/draw";
 * const svg = lineChartSvg([{ name: "loss", values: [0.9, 0.4, 0.3] }], { title: "Training" });
 * assert.match(svg, /^<svg .*Training.*loss/s);
 * ```
 */
export function lineChartSvg(series: readonly Series[], options: SvgChartOptions = {}): string {
  const { title, xLabel, width = 440, height = 280 } = options;
  const axes = axesFor(series, options, Math.max(2, Math.floor(width / 70)), Math.max(2, Math.floor(height / 55)));
  const head = title === undefined ? "" : svgText(16, 24, title, { size: 14, weight: 600 });
  if (axes === null) return svgPicture(width, height, head + svgText(width / 2, height / 2, "no values", { color: faint, anchor: "middle" }), title);

  const yTexts = axes.y.ticks.map((tick) => tickText(tick, axes.y));
  const left = 22 + 7 * Math.max(...yTexts.map(({ length }) => length));
  const legend = legendOf(series, 16, title === undefined ? 22 : 44, width - 16);
  const top = legend.bottom + 16;
  const bottom = height - (xLabel === undefined ? 28 : 44);
  const end = width - 20;
  const at = ({ x, y }: Point): Point => ({
    x: left + ((x - axes.x.min) / (axes.x.max - axes.x.min)) * (end - left),
    y: bottom - ((Math.min(axes.y.max, Math.max(axes.y.min, y)) - axes.y.min) / (axes.y.max - axes.y.min)) * (bottom - top),
  });

  const rows = axes.y.ticks.map((tick, i) => {
    const { y } = at({ x: axes.x.min, y: tick });
    return svgLine(left, y, end, y, i === 0 ? faint : gridColor) + svgText(left - 8, y + 4, yTexts[i] as string, { size: 11, color: faint, anchor: "end" });
  });
  const marks = axes.x.ticks.map((tick) => svgText(at({ x: tick, y: 0 }).x, bottom + 17, tickText(tick, axes.x), { size: 11, color: faint, anchor: "middle" }));
  const under = xLabel === undefined ? "" : svgText((left + end) / 2, height - 10, xLabel, { size: 12, color: faint, anchor: "middle" });
  const lines = series.map((one, i) => lineOf(one, at, colorOf(i)));
  return svgPicture(width, height, [head, legend.body, ...rows, ...marks, under, ...lines].join(""), title);
}

const colorOf = (index: number): string => lineColors[index % lineColors.length] as string;

function lineOf(series: Series, at: (point: Point) => Point, color: string): string {
  return runsOf(series)
    .map((run) => {
      const points = run.map(at);
      const path = `<polyline points="${points.map(({ x, y }) => `${px(x)},${px(y)}`).join(" ")}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>`;
      const dots = run.length > MAX_DOTS ? "" : points.map(({ x, y }) => `<circle cx="${px(x)}" cy="${px(y)}" r="3" fill="${color}"/>`).join("");
      return path + dots;
    })
    .join("");
}

/** Names and last values in rows from (left, y); widths are estimates, as text cannot be measured here. */
function legendOf(series: readonly Series[], left: number, y: number, end: number): { body: string; bottom: number } {
  let x = left;
  let body = "";
  let row = y;
  series.forEach(({ name, values }, i) => {
    const last = values.at(-1);
    const value = last === undefined ? "" : valueText(last);
    const width = 18 + 7 * name.length + 6 + 7.2 * value.length + 18;
    if (x > left && x + width > end) {
      x = left;
      row += 18;
    }
    body += `<rect x="${px(x)}" y="${px(row - 6)}" width="12" height="4" rx="2" fill="${colorOf(i)}"/>`;
    body += `<text x="${px(x + 18)}" y="${px(row)}" font-size="12" fill="${faint}">${escapeXml(name)} <tspan fill="${ink}" font-weight="600">${value}</tspan></text>`;
    x += width;
  });
  return { body, bottom: row };
}
