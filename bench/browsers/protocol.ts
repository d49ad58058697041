/** @file What the bench of engines orders, and what it is told. */

/** How engram is set up; the first order of a visit decides. */
export interface Setup {
  relaxed: boolean;
  threads: number;
}

export type Order =
  /** Load the page anew; in Node, end. */
  | { kind: "again" }
  /** Time from import to the first prediction. */
  | { kind: "start"; path: string }
  /** Names of the tasks of a group. */
  | { kind: "list"; group: string }
  /** Milliseconds of one call, over about `ms` milliseconds. */
  | { kind: "slice"; group: string; task: string; setup: Setup; ms: number }
  /** A training of a digits network, in a worker or not, for so long. */
  | { kind: "digits"; worker: boolean; ms: number }
  /** Milliseconds of one call in the first 0.2 s of calls, and after 2 s. */
  | { kind: "warmUp"; group: string; task: string; setup: Setup };

export interface Result {
  /** Of an order that could not be carried out. */
  error?: string;
  times?: number[];
  names?: string[];
  figures?: Record<string, number>;
  /** What one call is: so many of what the unit names; for rates. */
  amount?: number;
  unit?: string;
  /** How engram is set up in fact. */
  setup?: Setup;
}
