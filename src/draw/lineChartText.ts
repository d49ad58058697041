/** @file Line charts as text: dots of braille characters, or one letter a line where there is no colour to tell lines apart. */
import { type ColorDepth, cutVisible, lineStyles, paint } from "./ansi.js";
import { tickText, valueText } from "./scale.js";
import { axesFor, type ChartOptions, type Point, runsOf, type Series } from "./series.js";

export interface TextChartOptions extends ChartOptions {
  /** Characters in a line. */
  columns?: number;
  /** Lines of the plot itself. */
  rows?: number;
  /** Bits of colour of the terminal; 0 for plain text. */
  colorDepth?: ColorDepth;
}

/** Bits of the eight dots of a braille character, by column and row (Unicode 2800 to 28FF). */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const SYMBOLS = "*o+x#%";

/** A raster of dots, several to a character, each character in the colour of the line that came last. */
class Canvas {
  private readonly bits: Uint8Array;
  private readonly owners: Int8Array;

  constructor(
    readonly columns: number,
    readonly rows: number,
    private readonly braille: boolean,
  ) {
    this.bits = new Uint8Array(columns * rows);
    this.owners = new Int8Array(columns * rows).fill(-1);
  }

  get width(): number {
    return this.columns * (this.braille ? 2 : 1);
  }

  get height(): number {
    return this.rows * (this.braille ? 4 : 1);
  }

  dot(x: number, y: number, owner: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const [across, down] = this.braille ? [2, 4] : [1, 1];
    const cell = Math.floor(y / down) * this.columns + Math.floor(x / across);
    this.bits[cell] = (this.bits[cell] as number) | (DOTS[(x % across) as 0 | 1][(y % down) as 0 | 1 | 2 | 3] as number);
    this.owners[cell] = owner;
  }

  /** A line of dots without gaps (Bresenham 1965). */
  line(from: Point, to: Point, owner: number): void {
    let { x, y } = from;
    const dx = Math.abs(to.x - x);
    const dy = -Math.abs(to.y - y);
    const stepX = x < to.x ? 1 : -1;
    const stepY = y < to.y ? 1 : -1;
    for (let slack = dx + dy; ; ) {
      this.dot(x, y, owner);
      if (x === to.x && y === to.y) return;
      const twice = 2 * slack;
      if (twice >= dy) {
        slack += dy;
        x += stepX;
      }
      if (twice <= dx) {
        slack += dx;
        y += stepY;
      }
    }
  }

  row(index: number, depth: ColorDepth): string {
    let text = "";
    let segment = "";
    let owner = -1;
    const finish = (): void => {
      text += owner < 0 || !this.braille ? segment : paint(segment, styleOf(owner), depth);
      segment = "";
    };
    for (let cell = index * this.columns; cell < (index + 1) * this.columns; cell++) {
      if (this.owners[cell] !== owner) finish();
      owner = this.owners[cell] as number;
      segment += this.character(cell);
    }
    if (owner >= 0) finish();
    return text.trimEnd();
  }

  private character(cell: number): string {
    const owner = this.owners[cell] as number;
    if (owner < 0) return " ";
    return this.braille ? String.fromCharCode(0x2800 + (this.bits[cell] as number)) : (SYMBOLS[owner % SYMBOLS.length] as string);
  }
}

const styleOf = (index: number): (typeof lineStyles)[number] => lineStyles[index % lineStyles.length] as (typeof lineStyles)[number];

/**
 * A line chart as text of several lines.
 * @example
 * ```ts
 * import { lineChartText } from "engram/draw";
 * const text = lineChartText([{ name: "loss", values: [3, 2, 1] }], { columns: 30, rows: 4 });
 * assert.equal(text.split("\n").length, 7);
 * ```
 */
export function lineChartText(series: readonly Series[], options: TextChartOptions = {}): string {
  const { title, xLabel, columns = 72, rows = 10, colorDepth = 0 } = options;
  const braille = colorDepth > 0 || series.length === 1;
  const parts = [title === undefined ? "" : paint(title, "bold", colorDepth), ...series.map((one, i) => legendOf(one, i, braille, colorDepth))].filter(
    (part) => part !== "",
  );
  const head = cutVisible(parts.join("   "), columns);
  const axes = axesFor(series, options, Math.max(1, Math.floor(columns / 12)), Math.max(1, Math.floor(rows / 3)));
  if (axes === null) return `${head}\n  no values`;

  const labels = labelRows(
    axes.y.ticks.map((tick) => ({ tick, text: tickText(tick, axes.y) })),
    axes.y.min,
    axes.y.max,
    rows,
  );
  const margin = Math.max(...labels.map(({ length }) => length));
  const canvas = new Canvas(Math.max(4, columns - margin - 2), rows, braille);
  const at = ({ x, y }: Point): Point => ({
    x: Math.round(((x - axes.x.min) / (axes.x.max - axes.x.min)) * (canvas.width - 1)),
    y: Math.round((1 - (Math.min(axes.y.max, Math.max(axes.y.min, y)) - axes.y.min) / (axes.y.max - axes.y.min)) * (canvas.height - 1)),
  });
  series.forEach((one, i) => {
    for (const run of runsOf(one)) {
      const points = run.map(at);
      points.forEach((point, j) => {
        canvas.line(points[Math.max(0, j - 1)] as Point, point, i);
      });
    }
  });

  const body = labels.map((label, row) => `${paint(`${label.padStart(margin)} ${label === "" ? "│" : "┤"}`, "dim", colorDepth)}${canvas.row(row, colorDepth)}`);
  const label = xLabel === undefined ? "" : ` ${xLabel}`;
  const axis = paint(`${" ".repeat(margin)} └${"─".repeat(Math.max(0, canvas.columns - label.length))}${label}`, "dim", colorDepth);
  const marks = axes.x.ticks.map((tick) => ({
    at: Math.round(((tick - axes.x.min) / (axes.x.max - axes.x.min)) * (canvas.columns - 1)),
    text: tickText(tick, axes.x),
  }));
  const under = `${" ".repeat(margin + 2)}${marksRow(marks, canvas.columns)}`;
  return [head, ...body, axis, paint(under.trimEnd(), "dim", colorDepth)].join("\n");
}

function legendOf({ name, values }: Series, index: number, braille: boolean, depth: ColorDepth): string {
  const mark = braille ? paint("━━", styleOf(index), depth) : (SYMBOLS[index % SYMBOLS.length] as string);
  const last = values.at(-1);
  return `${mark} ${name}${last === undefined ? "" : ` ${valueText(last)}`}`;
}

/** The label of each row: a tick's text in the row that is nearest to it. */
function labelRows(ticks: readonly { tick: number; text: string }[], min: number, max: number, rows: number): string[] {
  const labels = new Array<string>(rows).fill("");
  for (const { tick, text } of ticks) labels[Math.round((1 - (tick - min) / (max - min)) * (rows - 1))] = text;
  return labels;
}

/** Texts centred at their columns as far as they do not run into each other. */
function marksRow(marks: readonly { at: number; text: string }[], columns: number): string {
  let row = "";
  for (const { at, text } of marks) {
    const start = Math.max(0, Math.min(columns - text.length, at - Math.floor(text.length / 2)));
    if (row === "" || start > row.length) row = row.padEnd(start) + text;
  }
  return row;
}
