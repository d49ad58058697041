/** @file What benches print and write: Markdown tables, JSON with the machine's description, and bar charts as SVG. */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { dirname } from "node:path";

/** The machine a figure was measured on. Nothing in it names a user, a host or a folder. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGB: number;
  platform: string;
  node: string;
  date: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Three significant digits without an exponent: 0.0123, 1.23, 12.3, 1230. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}

/** "12x" and "0.83x": how many times as fast. */
export function formatRatio(ratio: number): string {
  if (!Number.isFinite(ratio)) return "-";
  return `${ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)}x`;
}

/** A table for a README or a terminal: columns are padded, all but the first aligned to the right. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}

/** Writes text, making the folder if need be. */
export function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Writes JSON with numbers rounded to four significant digits: more is noise, and shows as changes in every commit. */
export function writeJson(path: string, value: unknown): void {
  const round = (_key: string, entry: unknown): unknown => (typeof entry === "number" && !Number.isInteger(entry) ? Number(entry.toPrecision(4)) : entry);
  writeText(path, `${JSON.stringify(value, round, 2)}\n`);
}

export interface Bar {
  /** Which series it belongs to: decides its colour and its name in the legend. */
  series: string;
  value: number;
  /** Written beside the bar. */
  text: string;
}

export interface BarGroup {
  label: string;
  bars: Bar[];
}

export interface BarChart {
  title: string;
  subtitle: string;
  groups: BarGroup[];
  /** Colours by series, in the legend's order. */
  colours: Record<string, string>;
  /** Words under the axis, left and right of 1. */
  below: string;
  above: string;
}

const WIDTH = 880;
const LEFT = 210;
const RIGHT = 70;
const TOP = 96;
const BAR = 12;
const GAP = 12;
/** Room beside a bar for its text. */
const TEXT_ROOM = 60;

const escapeXml = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function svgText(x: number, y: number, text: string, attributes = ""): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escapeXml(text)}</text>`;
}

/** Marks at 1, 2, 5, 10, 20, 50, ... and their reciprocals, within the range; only powers of ten in a wide one. */
function axisMarks(smallest: number, largest: number): number[] {
  const marks: number[] = [];
  const steps = largest / smallest > 500 ? [1] : [1, 2, 5];
  for (let power = -4; power <= 5; power++) {
    for (const step of steps) {
      const mark = Number((step * 10 ** power).toPrecision(1));
      if (mark >= smallest && mark <= largest) marks.push(mark);
    }
  }
  return marks;
}

/**
 * Draws ratios as horizontal bars that start at 1, on a logarithmic axis: twice as fast and half as fast are bars of
 * the same length in opposite directions.
 */
export function barChart(chart: BarChart): string {
  const values = chart.groups.flatMap((group) => group.bars.map((bar) => bar.value)).filter((value) => value > 0);
  const smallest = Math.min(0.8, ...values);
  const largest = Math.max(1.25, ...values);
  const from = LEFT + (smallest < 0.79 ? TEXT_ROOM : 0);
  const scale = (WIDTH - RIGHT - from) / Math.log(largest / smallest);
  const place = (value: number): number => from + Math.log(value / smallest) * scale;
  const parts: string[] = [];
  let y = TOP;
  for (const group of chart.groups) {
    const height = group.bars.length * BAR;
    parts.push(svgText(LEFT - 12, y + height / 2 + 4, group.label, 'class="label" text-anchor="end"'));
    for (const bar of group.bars) {
      const [start, end] = [Math.min(place(1), place(bar.value)), Math.max(place(1), place(bar.value))];
      const width = Math.max(1, end - start).toFixed(1);
      parts.push(`<rect x="${start.toFixed(1)}" y="${y}" width="${width}" height="${BAR - 2}" fill="${chart.colours[bar.series]}"/>`);
      const beside = bar.value >= 1 ? svgText(end + 4, y + 9, bar.text) : svgText(start - 4, y + 9, bar.text, 'text-anchor="end"');
      parts.push(beside);
      y += BAR;
    }
    y += GAP;
  }
  const bottom = y;
  const grid = axisMarks(smallest, largest).map((mark) => {
    const x = place(mark).toFixed(1);
    const line = `<line x1="${x}" y1="${TOP - 8}" x2="${x}" y2="${bottom}" class="${mark === 1 ? "one" : "grid"}"/>`;
    return line + svgText(place(mark), bottom + 16, `${mark}x`, 'text-anchor="middle"');
  });
  const caption = [
    svgText(place(1) + 8, bottom + 34, `${chart.above} \u2192`),
    ...(smallest < 0.79 ? [svgText(place(1) - 8, bottom + 34, `\u2190 ${chart.below}`, 'text-anchor="end"')] : []),
  ];
  return document(chart, bottom + 48, [...grid, ...parts, ...caption]);
}

/** The frame: background (dark pages have a dark one otherwise), title, legend. */
function document(chart: BarChart, height: number, content: string[]): string {
  const legend: string[] = [];
  let x = 20;
  for (const [series, colour] of Object.entries(chart.colours)) {
    legend.push(`<rect x="${x}" y="58" width="12" height="12" fill="${colour}"/>`, svgText(x + 17, 68, series, 'class="label"'));
    x += 34 + series.length * 7.2;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escapeXml(chart.title)}</title>`,
    "<style>text{font:11px sans-serif;fill:#444}.label{font-size:12px;fill:#222}.title{font-size:17px;font-weight:bold;fill:#111}" +
      ".grid{stroke:#e3e3e3}.one{stroke:#666}</style>",
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    svgText(20, 28, chart.title, 'class="title"'),
    svgText(20, 46, chart.subtitle),
    ...legend,
    ...content,
    "</svg>\n",
  ].join("\n");
}
