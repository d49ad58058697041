/** @file What fit shows while it runs: a progress bar and curves. Imported when there is something to show. */
import type { LivePlot, PlotArgs } from "../draw/livePlot.js";
import { now } from "../platform.js";
import { bytesWritten, colorDepth, isTerminal, terminalColumns, terminalRows, writeOut } from "../platformTerminal.js";
import type { History, Logs } from "./history.js";
import { ProgressBar } from "./progress.js";

/** Where a run shows how far it is. */
export interface View {
  epochBegin(epoch: number): void;
  /** After a batch, or several. @param samples those of the epoch so far */
  batchEnd(samples: number, logs: () => Logs, batches: number): void;
  /** The batches of the epoch are done. */
  trained(): void;
  /** Now and then. @param steps batches of an epoch; 0 where that is not known */
  running(batch: number, steps: number, logs: Logs): void;
  /** Others are to write. */
  clear(): void;
  /** After the values of the epoch are in the history. */
  epochEnd(epoch: number, logs: Logs): void;
  end(): void;
}

export interface ViewArgs {
  verbose: 0 | 1 | 2;
  plot: PlotArgs | undefined;
  epochs: number;
  samples: number | null;
  history: History;
}

/** The bar and the curves in a terminal, a page or a file. */
class ScreenView implements View {
  constructor(
    private readonly bar: ProgressBar | null,
    private readonly plot: LivePlot | null,
  ) {}

  epochBegin(epoch: number): void {
    this.bar?.epochBegin(epoch);
  }

  batchEnd(samples: number, logs: () => Logs, batches: number): void {
    this.bar?.batchEnd(samples, logs, batches);
  }

  trained(): void {}

  running(batch: number, steps: number, logs: Logs): void {
    this.plot?.running(batch / steps, logs);
  }

  clear(): void {
    this.bar?.clear();
  }

  epochEnd(epoch: number, logs: Logs): void {
    this.bar?.epochEnd(epoch, logs);
    this.plot?.epochEnd();
  }

  end(): void {
    this.plot?.end();
  }
}

/** What shows a run. @param clock its time, in milliseconds */
export async function viewOf({ verbose, plot: args, epochs, samples, history }: ViewArgs, clock = now): Promise<View> {
  const plot = args
    ? new (await import("../draw/livePlot.js")).LivePlot(args, history, {
        terminalColumns,
        terminalRows,
        bytesWritten,
        now: clock,
        write: writeOut,
        isTerminal: verbose < 2 && isTerminal(),
        colorDepth: colorDepth(),
      })
    : null;
  const write = (text: string): void => (plot === null ? writeOut(text) : plot.write(text));
  const bar =
    verbose === 0 ? null : new ProgressBar({ epochs, samples, write, isTerminal: verbose === 1 && isTerminal(), columns: terminalColumns(), now: clock });
  return new ScreenView(bar, plot);
}
