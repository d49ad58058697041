/** @file What a run in a worker shows: it tells the page. */
import { now } from "../platform.js";
import type { Logs } from "./history.js";
import type { Shown, ViewEvent } from "./protocol.js";
import type { View, ViewArgs } from "./view.js";

/** Milliseconds between two tellings of progress: a frame. */
const FRAME = 16;

export class RelayView implements View {
  private epoch = 0;
  private samples = 0;
  private size = 0;
  private steps = 0;
  private batch = 0;
  /** Batches since progress was told. */
  private batches = 0;
  private told = 0;
  /** The page has not shown the last progress yet. */
  private isWaiting = false;

  constructor(private readonly tell: (event: ViewEvent) => void) {}

  begin({ epochs, samples }: ViewArgs): void {
    this.tell({ what: "begin", epochs, samples });
  }

  write(text: string): void {
    this.tell({ what: "write", text });
  }

  /** The page has shown what it was told. */
  seen(): void {
    this.isWaiting = false;
  }

  epochBegin(epoch: number): void {
    this.epoch = epoch;
    this.samples = 0;
    this.batches = 0;
    this.batch = 0;
    this.tell({ what: "epochBegin", epoch });
  }

  batchEnd(samples: number, _logs: () => Logs, batches: number): void {
    this.size = Math.round((samples - this.samples) / batches);
    this.samples = samples;
    this.batches += batches;
    this.batch += batches;
  }

  running(batch: number, steps: number, logs: Logs): void {
    this.batch = batch;
    this.steps = steps;
    if (!this.isWaiting && now() - this.told >= FRAME && this.batches > 0) this.progress(logs);
  }

  /** The rest of the epoch's batches, for the bar. */
  trained(): void {
    const { samples, batches } = this;
    this.tell({ what: "trained", samples, batches });
    this.batches = 0;
  }

  private progress(logs: Logs): void {
    const { epoch, batch, size, samples, batches, steps } = this;
    const progress: Shown = { epoch, batch: batch - 1, size, samples, batches, steps, logs };
    this.tell({ what: "progress", progress });
    this.told = now();
    this.isWaiting = true;
    this.batches = 0;
  }

  clear(): void {
    this.tell({ what: "clear" });
  }

  epochEnd(epoch: number, logs: Logs): void {
    this.tell({ what: "epochEnd", epoch, logs });
  }

  end(): void {}
}
