/** @file What every fit returns: the promise of its history, with a hand on the training that goes on. */
import type { History } from "./history.js";

/** A training that goes on: the promise of its history, to be awaited or to be held. */
export interface Training extends Promise<History> {
  /** Holds the training between two batches; resolves when it stands still, or has ended. */
  pause(): Promise<void>;
  /** Goes on after a pause. */
  resume(): void;
  /** True from a pause on until it goes on, or has ended. */
  readonly paused: boolean;
  /**
   * Brings the weights of the moment into the model where the training is in a worker; elsewhere they are there already.
   * @param what `optimizer: true` for the optimizer's state, too
   */
  weights(what?: { optimizer?: boolean }): Promise<void>;
}

const nothing = async (): Promise<void> => {};

/** Where a training stands while it is paused. */
export class Gate {
  /** What fit returns. */
  handle: Training | null = null;
  isPaused = false;
  /** Whether the training stands still; see standing in loop.ts. */
  isStanding = false;
  private callers: (() => void)[] = [];
  open = (): void => {};
  /** Brings weights from a worker. */
  fetch = async (_isWhole?: boolean): Promise<void> => {};

  pause = (): Promise<void> => {
    this.isPaused = true;
    return new Promise((resolve) => {
      this.callers.push(resolve);
      if (this.isStanding) this.stood();
    });
  };

  /** Also for those who wait for a pause that does not come any more. */
  resume = (): void => {
    this.isPaused = false;
    this.stood();
    this.open();
  };

  /** The training stands still. */
  stood(): void {
    for (const resolve of this.callers.splice(0)) resolve();
  }

  /** The training that a promise is of; when it has ended there is nothing to wait for. */
  training(history: Promise<History>): Training {
    const untilEnd = async (): Promise<History> => {
      try {
        return await history;
      } finally {
        this.fetch = this.pause = nothing;
        this.resume();
      }
    };
    this.handle = Object.defineProperty(Object.setPrototypeOf(untilEnd(), HAND), "gate", { value: this }) as Training;
    return this.handle;
  }
}

/** What the promise of a training has: of all in one place, as closures of each would be kept until the collector has gone through all of memory. */
const HAND = /* @__PURE__ */ Object.setPrototypeOf(
  {
    gate: null as unknown as Gate,
    get pause() {
      return () => this.gate.pause();
    },
    get resume() {
      return () => this.gate.resume();
    },
    get paused() {
      return this.gate.isPaused;
    },
    get weights() {
      return ({ optimizer = false } = {}) => this.gate.fetch(optimizer);
    },
  },
  Promise.prototype,
);
