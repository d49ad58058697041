/** @file What a section of the bench is given and gives. */
import type { PeakLoop } from "./peers/peak.js";

export interface SectionOptions {
  rounds: number;
  ms: number;
  /** The machine's limit, timed in turn with the kernels. */
  peak: PeakLoop;
}

export interface Section {
  /** For the results file. */
  rows: Record<string, string | number>[];
  /** For the terminal and the README. */
  table: string;
  /** Shares of the peak, which none may exceed by more than noise. */
  fractions: number[];
}
