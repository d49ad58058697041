/** @file The progress of fit: one line redrawn in place in a terminal, one line an epoch elsewhere. */
import type { Logs } from "./history.js";

export interface ProgressBarArgs {
  epochs: number;
  /** Samples in an epoch; null when they are not known before the first has ended. */
  samples: number | null;
  /** Takes text as it is to be shown, line ends included. */
  write(text: string): void;
  /** Whether text can be overwritten in place. */
  isTerminal: boolean;
  /** Width of the terminal in characters. */
  columns: number;
  /** A clock in milliseconds. */
  now(): number;
}

/** Milliseconds between two drawings: 20 a second are smooth, and cost less than a thousandth of the time. */
const REDRAW_AFTER = 50;
const MAX_BAR = 24;
const MIN_BAR = 8;

/** "1:02:03", "2:03" or "0:03". */
export function clockTime(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const pad = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${pad(seconds % 60)}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

/** A loss or metric at a width that changes little: four decimals, or four digits where those would show nothing. */
export function formatMetric(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size === 0 || (size >= 0.001 && size < 10_000) ? value.toFixed(4) : value.toExponential(3);
}

/** A bar of `width` characters, filled to the half character. */
function bar(share: number, width: number): string {
  const halves = Math.floor(Math.min(1, Math.max(0, share)) * width * 2);
  const whole = halves >> 1;
  return "━".repeat(whole) + (halves % 2 === 1 ? "╸" : "") + "─".repeat(width - whole - (halves % 2));
}

/** Shows how far fit is: epoch, batches, loss and metrics, samples a second, time left. */
export class ProgressBar {
  private readonly args: ProgressBarArgs;
  private epoch = 0;
  private batches = 0;
  /** Batches of an epoch, known after the first. */
  private total = 0;
  private done = 0;
  /** Samples of earlier epochs of this fit. */
  private before = 0;
  private started = 0;
  private epochStarted = 0;
  /** When the last batch ended: the speed is that of training alone, without validation. */
  private lastBatch = 0;
  private nextDrawing = 0;
  private isShown = false;
  /** Samples in an epoch; 0 while they are not known. */
  private samples: number;

  constructor(args: ProgressBarArgs) {
    this.args = args;
    this.samples = args.samples ?? 0;
  }

  epochBegin(epoch: number): void {
    const time = this.args.now();
    if (this.before === 0) this.started = time;
    this.epoch = epoch;
    this.batches = 0;
    this.done = 0;
    this.epochStarted = time;
    this.lastBatch = time;
    this.nextDrawing = time + REDRAW_AFTER;
  }

  /**
   * To be called after each batch, or several; costs one look at the clock unless the line is redrawn.
   * @param samplesDone samples of this epoch so far
   * @param logs gives the values to show, asked only when the line is redrawn
   */
  batchEnd(samplesDone: number, logs: () => Logs, batches = 1): void {
    const time = this.args.now();
    if (this.batches === 0) this.total = Math.ceil((this.samples / samplesDone) * batches);
    this.batches += batches;
    this.done = samplesDone;
    this.lastBatch = time;
    if (time < this.nextDrawing || !this.args.isTerminal) return;
    this.nextDrawing = time + REDRAW_AFTER;
    this.isShown = true;
    this.args.write(`\r${this.line(time, logs(), false)}\x1b[K`);
  }

  /** Takes the line away where it is shown, for others to write. */
  clear(): void {
    if (this.isShown) this.args.write("\r\x1b[K");
    this.isShown = false;
  }

  epochEnd(_epoch: number, logs: Logs): void {
    const time = this.args.now();
    const start = this.args.isTerminal ? "\r" : "";
    const end = this.args.isTerminal ? "\x1b[K\n" : "\n";
    this.args.write(start + this.line(time, logs, true) + end);
    this.before += this.done;
    if (this.args.samples === null) this.samples = this.done;
  }

  /** The line: its least important parts are left out when the terminal is too narrow for them, and what remains is cut. */
  private line(time: number, logs: Logs, finished: boolean): string {
    const { samples } = this;
    const { epochs, columns, isTerminal } = this.args;
    const elapsed = time - this.epochStarted;
    const trained = this.lastBatch - this.epochStarted;
    const rate = trained > 0 ? (this.done / trained) * 1000 : 0;
    const head = `epoch ${String(this.epoch + 1).padStart(String(epochs).length)}/${epochs}`;
    const metrics = Object.entries(logs)
      .map(([name, value]) => `${name} ${formatMetric(value)}`)
      .join("  ");
    const speed = rate > 0 ? `${Math.round(rate).toLocaleString("en")} samples/s` : "";
    const count = finished
      ? `${this.batches} batches`
      : `batch ${String(this.batches).padStart(String(this.total).length)}${this.total > 0 ? `/${this.total}` : ""}`;
    const clock = finished ? clockTime(elapsed) : this.timeLeft(time);
    const join = (...parts: string[]): string => parts.filter((part) => part !== "").join("  ");
    if (!isTerminal) return join(head, count, metrics, speed, clock);
    // One column stays free: a full line makes some terminals go on to the next.
    const room = columns - 1;
    for (const parts of [[count, metrics, speed, clock], [metrics, speed, clock], [metrics, clock], [metrics]]) {
      const free = room - join(head, ...parts).length;
      if (finished && free >= 0) return join(head, ...parts);
      if (!finished && free >= MIN_BAR + 2) return join(head, bar(samples > 0 ? this.done / samples : 0, Math.min(MAX_BAR, free - 2)), ...parts);
    }
    return join(head, metrics).slice(0, Math.max(0, room));
  }

  /** Time until the last epoch ends, at the speed so far. */
  private timeLeft(time: number): string {
    const { samples } = this;
    const { epochs } = this.args;
    const seen = this.before + this.done;
    const total = this.before + samples * (epochs - this.epoch);
    return seen === 0 || samples === 0 || time <= this.started ? "" : `${clockTime(((time - this.started) / seen) * (total - seen))} left`;
  }
}
