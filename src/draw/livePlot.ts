/** @file The curves of a training run while it runs: drawn in place in a terminal, once at the end elsewhere, or given away as pictures. */
import { type ColorDepth, visibleLength } from "./ansi.js";
import { type HistoryValues, historySvg, type Panel, panelsOf } from "./history.js";
import { lineChartText } from "./lineChartText.js";

export interface PlotOptions {
  /** Names of what is drawn, such as ["loss", "acc"]; as much as fits by default. */
  metrics?: readonly string[];
  /** Lines of a chart; 10 by default, fewer in a low terminal. */
  rows?: number;
}

/** True, options, or a function that takes the curves as SVG, such as one that shows them in a page. */
export type PlotArgs = boolean | PlotOptions | ((svg: string) => void);

/** Where the curves are shown. */
export interface Screen {
  /** Takes text as it is to be shown, line ends included. */
  write(text: string): void;
  /** Whether text can be overwritten in place. */
  isTerminal: boolean;
  terminalColumns(): number;
  terminalRows(): number;
  /** Grows when anybody writes. */
  bytesWritten(): number;
  colorDepth: ColorDepth;
  /** A clock in milliseconds. */
  now(): number;
}

/** Milliseconds between two drawings at least, and how many times as long as a drawing takes. */
const REDRAW_AFTER = 100;
const REDRAW_SHARE = 20;
/** Columns of the narrowest chart beside another, of the widest, and between two. */
const NARROW = 36;
const WIDE = 76;
const GAP = 3;
/** Lines of a chart beside its rows: a head, an axis, its marks. */
const AROUND = 3;

/** Lines of charts beside and below each other, as many as fit. */
export function chartLines(panels: readonly Panel[], { metrics, rows: wanted = 10 }: PlotOptions, screen: Screen): string[] {
  const [columns, rows] = [screen.terminalColumns(), screen.terminalRows()];
  // A line of progress, a finished one and the cursor's stay free.
  const height = Math.max(3, Math.min(wanted, rows - 3 - AROUND));
  const across = Math.max(1, Math.min(panels.length, Math.floor((columns - 1 + GAP) / (NARROW + GAP))));
  const down = metrics === undefined || screen.isTerminal ? Math.max(1, Math.floor((rows - 3) / (height + AROUND))) : panels.length;
  const width = Math.min(WIDE, Math.floor((columns - 1 + GAP) / across) - GAP);
  const charts = panels.slice(0, across * down).map(({ name, series }) =>
    lineChartText(
      series.map((one) => ({ ...one, name: one.name === "training" ? "train" : "val" })),
      { title: name, xLabel: "epoch", wholeX: true, columns: width, rows: height, colorDepth: screen.colorDepth },
    ).split("\n"),
  );
  const lines: string[] = [];
  for (let start = 0; start < charts.length; start += across) {
    const row = charts.slice(start, start + across);
    const most = Math.max(...row.map(({ length }) => length));
    for (let i = 0; i < most; i++) {
      const cells = row.map((chart) => (chart[i] ?? "") + " ".repeat(Math.max(0, width - visibleLength(chart[i] ?? ""))));
      lines.push(cells.join(" ".repeat(GAP)).trimEnd());
    }
  }
  return lines;
}

/** Draws a run's curves as its epochs end, with the line of progress below them. */
export class LivePlot {
  private readonly options: PlotOptions;
  private readonly give: ((svg: string) => void) | null;
  /** Lines on the screen that the next drawing replaces. */
  private height = 0;
  /** What the screen's count was after the last writing of its own. */
  private mark = 0;
  /** The progress of the last epoch, and of the running one. */
  private line = "";
  private bar = "";
  private nextDrawing = 0;

  constructor(
    args: PlotArgs,
    private readonly history: HistoryValues,
    private readonly screen: Screen,
  ) {
    this.options = typeof args === "object" ? args : {};
    this.give = typeof args === "function" ? args : null;
  }

  /** Takes what the progress bar writes. */
  write(text: string): void {
    if (this.give !== null || !this.screen.isTerminal) this.screen.write(text);
    else if (text.endsWith("\n")) this.line = text.replace(/^\r/, "").trimEnd();
    else {
      this.bar = text;
      this.put(text);
    }
  }

  /** To be called after each epoch. */
  epochEnd(): void {
    const hadBar = this.bar !== "";
    this.bar = "";
    if (this.isDue()) this.draw(this.history);
    // What others write now is not to stand behind the bar.
    else if (hadBar && this.isUndisturbed) this.put(`\r\x1b[1A${this.line}\x1b[K\n\x1b[J`);
  }

  /** To be called now and then during an epoch, with the share of it that is done: the curves grow on. */
  running(share: number, logs: Readonly<Record<string, number>>): void {
    const { epoch, history } = this.history;
    if (!this.screen.isTerminal || this.give !== null || epoch.length === 0 || !(share < 1) || !this.isDue()) return;
    // The last epoch's number and a part of the next.
    const place = (epoch.at(-1) as number) + share;
    const grown = Object.entries(history).map(([name, values]) => [name, name in logs ? [...values, logs[name] as number] : values] as const);
    this.draw({ epoch: [...epoch, place], history: Object.fromEntries(grown.map(([name, values]) => [name, [...values]])) }, epoch.length);
  }

  /** The last drawing, whatever was left out before. */
  end(): void {
    this.bar = "";
    if (this.give !== null || this.screen.isTerminal) this.draw(this.history);
    else if (this.history.epoch.length > 0)
      this.screen.write(`${chartLines(panelsOf(this.history, this.options.metrics), this.options, this.screen).join("\n")}\n`);
  }

  /** Whether nobody else has written. */
  private get isUndisturbed(): boolean {
    return this.screen.bytesWritten() === this.mark;
  }

  private put(text: string): void {
    const { isUndisturbed } = this;
    this.screen.write(text);
    if (isUndisturbed) this.mark = this.screen.bytesWritten();
  }

  private isDue(): boolean {
    return this.screen.now() >= this.nextDrawing;
  }

  private draw(values: HistoryValues, finished = values.epoch.length): void {
    const started = this.screen.now();
    if (this.give !== null) this.give(historySvg(values, this.options));
    else if (this.screen.isTerminal) this.redraw(panelsOf(values, this.options.metrics, finished));
    const ended = this.screen.now();
    this.nextDrawing = ended + Math.max(REDRAW_AFTER, REDRAW_SHARE * (ended - started));
  }

  /** Writes the charts and the progress over those that are there; below them where others have written since. */
  private redraw(panels: readonly Panel[]): void {
    const { screen } = this;
    const lines = [...chartLines(panels, this.options, screen), ...(this.line === "" ? [] : [this.line])];
    const up = this.height > 0 && this.isUndisturbed ? `\x1b[${this.height}A` : "";
    // Each line is overwritten before its rest is deleted: a screen that is emptied first flickers.
    screen.write(`\r${up}${lines.map((line) => `${line}\x1b[K\n`).join("")}${this.bar}\x1b[J`);
    this.height = lines.length;
    this.mark = screen.bytesWritten();
  }
}
