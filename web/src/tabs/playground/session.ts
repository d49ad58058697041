/** @file A run of training: the points, the network, how far it has come. It knows nothing of the page. */
import { Network, type Samples, samplesOf } from "./network.js";
import type { Pass } from "./pass.js";
import { makePoints, type Point, type Split, split } from "./points.js";
import { randomFrom, shuffle } from "./random.js";
import { PACES, type Settings } from "./settings.js";

export interface Measures {
  readonly loss: number;
  readonly accuracy: number;
}

/** The curves: losses where they were measured. */
export interface Course {
  readonly epochs: readonly number[];
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Points of a curve that are kept; beyond, every other one goes. */
const MOST_MEASURED = 400;
/** Longest time between two frames that training catches up with, in seconds: a page that was away does not hurry. */
const LONGEST_FRAME = 0.1;

/** Which settings make new points, and which a new network. */
const DATA_KEYS = ["set", "count", "noise", "dataSeed", "share", "drawn", "features"] as const;
const NETWORK_KEYS = ["features", "layers", "seed"] as const;
const changes = (keys: readonly (keyof Settings)[], a: Settings, b: Settings): boolean => keys.some((key) => a[key] !== b[key]);

export class Session {
  points: readonly Point[] = [];
  split: Split = { train: [], test: [] };
  network: Network;
  train: Measures = { loss: Number.NaN, accuracy: Number.NaN };
  test: Measures = { loss: Number.NaN, accuracy: Number.NaN };
  private trainSamples: Samples;
  private testSamples: Samples;
  /** The training points in the order of this epoch, and how many of them are done. */
  private order = new Uint16Array(0);
  private done = 0;
  private finished = 0;
  /** Steps that are due, and a part of the next. */
  private due = 0;
  private random = randomFrom(0);
  private curve: { epochs: number[]; train: number[]; test: number[] } = { epochs: [], train: [], test: [] };

  constructor(private current: Settings) {
    this.makePoints();
    [this.trainSamples, this.testSamples] = this.samples();
    this.network = new Network(current, current);
    this.begin();
  }

  get settings(): Settings {
    return this.current;
  }

  /** Epochs so far, with the part of the one that is under way. */
  get epoch(): number {
    return this.finished + (this.order.length === 0 ? 0 : this.done / this.order.length);
  }

  get course(): Course {
    const { epochs, train, test } = this.curve;
    return { epochs: [...epochs], train: [...train], test: [...test] };
  }

  /** Whether there are training points of both classes. */
  get canTrain(): boolean {
    return new Set(this.split.train.map(({ label }) => label)).size === 2;
  }

  /** Whether it came to numbers that are none. */
  get hasDiverged(): boolean {
    return this.trainSamples.count > 0 && !Number.isFinite(this.train.loss);
  }

  /** Goes on with other settings: with a new network if it is of another shape, else with the same weights. */
  change(settings: Settings): void {
    const before = this.current;
    this.current = settings;
    const hasOtherData = changes(DATA_KEYS, before, settings);
    if (hasOtherData) {
      this.makePoints();
      [this.trainSamples, this.testSamples] = this.samples();
    }
    if (changes(NETWORK_KEYS, before, settings)) return this.reset();
    this.network.change(settings);
    if (!hasOtherData) return;
    // Other points begin another epoch.
    if (this.done > 0) this.finished++;
    this.mix();
    this.measure();
  }

  /** A new network, with the weights that the seed gives. */
  reset(): void {
    this.network.dispose();
    this.network = new Network(this.current, this.current);
    this.begin();
  }

  /** Trains for as long as `seconds` at the pace that was chosen, but computes no longer than `budget` milliseconds. */
  advance(seconds: number, budget: number): void {
    if (!this.canTrain || this.hasDiverged) return;
    const perEpoch = Math.ceil(this.order.length / this.current.batchSize);
    const isUnlimited = this.current.pace === PACES.at(-1);
    this.due = isUnlimited ? Number.POSITIVE_INFINITY : this.due + Math.min(seconds, LONGEST_FRAME) * this.current.pace * perEpoch;
    const end = performance.now() + budget;
    while (this.due >= 1 && performance.now() < end) {
      this.step();
      this.due--;
    }
    // What did not fit is not made up for.
    this.due = isUnlimited ? 0 : Math.min(this.due, 1);
    this.measure();
  }

  /** Trains to the end of the epoch. */
  finishEpoch(): void {
    if (!this.canTrain || this.hasDiverged) return;
    const { finished } = this;
    while (this.finished === finished) this.step();
    this.measure();
  }

  /** The pass of a point through the network as it is. */
  pass(point: Point): Pass {
    return this.network.pass(point);
  }

  dispose(): void {
    this.network.dispose();
  }

  private makePoints(): void {
    const { set, count, noise, dataSeed, drawn, share } = this.current;
    this.points = set === "drawn" ? drawn : makePoints(set, count, noise, dataSeed);
    this.split = split(this.points, share);
  }

  private samples(): [Samples, Samples] {
    return [samplesOf(this.split.train, this.current.features), samplesOf(this.split.test, this.current.features)];
  }

  private begin(): void {
    this.random = randomFrom(this.current.seed);
    this.finished = 0;
    this.curve = { epochs: [], train: [], test: [] };
    this.mix();
    this.measure();
  }

  /** Begins an epoch. */
  private mix(): void {
    if (this.order.length !== this.trainSamples.count) this.order = Uint16Array.from({ length: this.trainSamples.count }, (_, i) => i);
    shuffle(this.order, this.random);
    this.done = 0;
    this.due = 0;
  }

  private step(): void {
    const end = Math.min(this.done + this.current.batchSize, this.order.length);
    this.network.trainOn(this.trainSamples, this.order, this.done, end);
    this.done = end;
    if (end < this.order.length) return;
    this.finished++;
    const { due } = this;
    this.mix();
    this.due = due;
  }

  private measure(): void {
    this.train = this.network.evaluate(this.trainSamples);
    this.test = this.network.evaluate(this.testSamples);
    const { epochs, train, test } = this.curve;
    if (epochs.at(-1) === this.epoch) for (const values of [epochs, train, test]) values.pop();
    epochs.push(this.epoch);
    train.push(this.train.loss);
    test.push(this.test.loss);
    if (epochs.length <= MOST_MEASURED) return;
    const thinned = (values: readonly number[]): number[] => values.filter((_, i) => i % 2 === 0);
    this.curve = { epochs: thinned(epochs), train: thinned(train), test: thinned(test) };
  }
}
