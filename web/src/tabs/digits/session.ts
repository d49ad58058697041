/** @file All that happens on the tab: the digits come, a network learns them, the page asks its own copy meanwhile. */
import { batch, signal } from "@preact/signals";
import { fromBytes, init, type Sequential, type Tensor, tensor } from "engram";
import { engineFacts } from "../../engineFacts.js";
import { Curves, type Point } from "./curves.js";
import { Digits, type Images } from "./digits.js";
import { answers, compile, hiddenWeights, initialSettings, makeNetwork, type Settings } from "./network.js";
import { Pace } from "./pace.js";
import { PIXELS } from "./shards.js";
import { type TestResult, testOn } from "./testing.js";

type Training = ReturnType<Sequential["fit"]>;

export type Phase = "loading" | "failed" | "ready" | "starting" | "training" | "paused" | "stopping";

export interface Readings {
  epoch: number;
  /** The epoch that is the last. */
  end: number;
  /** Share of the run that is done. */
  part: number;
  seen: number;
  seconds: number;
  /** Images a second, of late. */
  speed: number;
  loss: number | null;
  accuracy: number | null;
}

const noReadings: Readings = { epoch: 0, end: 0, part: 0, seen: 0, seconds: 0, speed: 0, loss: null, accuracy: null };
/** Milliseconds between two looks at the weights. */
const LOOK = 160;
/** Test digits that are asked while training. */
const FEW = 1000;

export class Session {
  readonly phase = signal<Phase>("loading");
  readonly settings = signal<Settings>(initialSettings);
  readonly readings = signal<Readings>(noReadings);
  readonly points = signal<readonly Point[]>([]);
  readonly test = signal<TestResult | null>(null);
  /** The image that is asked about: 28 x 28 bytes. */
  readonly image = signal<Uint8Array<ArrayBuffer> | null>(null);
  /** What the network answers about it: ten probabilities. */
  readonly answer = signal<Float32Array | null>(null);
  /** Weights of the first hidden layer, and its number of units. */
  readonly weights = signal<{ values: Float32Array; units: number }>({ values: new Float32Array(0), units: 0 });
  readonly error = signal<string | null>(null);
  readonly digits: Digits;

  private network: Sequential;
  private curves = new Curves();
  private pace = new Pace();
  /** Epochs that are done, and that were done when this run began. */
  private epoch = 0;
  private first = 0;
  private training: Training | null = null;
  private readonly leaving = new AbortController();
  private stopping = new AbortController();
  /** Number of the test that runs: an older one ends. */
  private testing = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.digits = new Digits(this.leaving.signal);
    this.network = this.newNetwork();
  }

  /** Fetches what is needed to begin. */
  async load(): Promise<void> {
    this.phase.value = "loading";
    try {
      await this.digits.begin();
    } catch (reason) {
      if (this.leaving.signal.aborted) return;
      batch(() => {
        this.phase.value = "failed";
        this.error.value = String(reason);
      });
      return;
    }
    this.phase.value = "ready";
    if (this.image.peek() === null) this.ask(this.digits.test.take(1).images.slice());
  }

  /** Ends all that runs; the session is of no use then. */
  leave(): void {
    this.leaving.abort();
    this.stopping.abort();
    this.testing++;
    clearTimeout(this.timer);
    if (this.training === null) this.network.dispose();
  }

  ask(image: Uint8Array<ArrayBuffer> | null): void {
    batch(() => {
      this.image.value = image;
      this.answer.value = image === null ? null : answers(this.network, image);
    });
  }

  /** Another network where its size changes; otherwise the same one goes on, trained differently. */
  change(part: Partial<Settings>): void {
    const before = this.settings.peek();
    this.settings.value = { ...before, ...part };
    const { depth, units, activation } = this.settings.peek();
    if (depth !== before.depth || units !== before.units || activation !== before.activation) this.reset();
    else if ("rate" in part || "optimizer" in part) compile(this.network, this.settings.peek());
  }

  /** Begins anew, with other random weights. */
  reset(): void {
    this.testing++;
    this.network.dispose();
    this.network = this.newNetwork();
    this.curves = new Curves();
    this.pace = new Pace();
    this.epoch = 0;
    batch(() => {
      this.readings.value = noReadings;
      this.points.value = [];
      this.test.value = null;
      this.show();
    });
  }

  private newNetwork(): Sequential {
    const network = makeNetwork(this.settings.peek());
    compile(network, this.settings.peek());
    this.weights.value = { values: hiddenWeights(network), units: this.settings.peek().units };
    return network;
  }

  /** Looks at the network as the page has it now. */
  private show(): void {
    const image = this.image.peek();
    batch(() => {
      this.weights.value = { values: hiddenWeights(this.network), units: this.settings.peek().units };
      if (image !== null) this.answer.value = answers(this.network, image);
    });
  }

  async pause(): Promise<void> {
    this.phase.value = "paused";
    await this.training?.pause();
    if (this.phase.peek() !== "paused") return;
    await this.look();
    if (this.phase.peek() === "paused") void this.testAll();
  }

  resume(): void {
    this.testing++;
    this.phase.value = "training";
    this.pace.begin(performance.now());
    this.training?.resume();
  }

  stop(): void {
    this.phase.value = "stopping";
    this.stopping.abort();
  }

  /** Trains for the chosen number of epochs more. */
  async start(): Promise<void> {
    this.testing++;
    batch(() => {
      this.phase.value = "starting";
      this.error.value = null;
    });
    this.stopping = new AbortController();
    this.digits.fetchRest().catch((reason: unknown) => {
      if (!this.leaving.signal.aborted) this.error.value = String(reason);
    });
    this.first = this.epoch;
    const end = this.epoch + this.settings.peek().epochs;
    try {
      await init({ threads: engineFacts.threads });
      this.lookAgain();
      while (this.epoch < end && !this.stopping.signal.aborted) await this.train(end);
    } catch (reason) {
      if (!this.leaving.signal.aborted) this.error.value = reason instanceof Error ? reason.message : String(reason);
    }
    clearTimeout(this.timer);
    this.training = null;
    this.curves.broken();
    if (this.leaving.signal.aborted) return this.network.dispose();
    this.show();
    this.phase.value = "ready";
    void this.testAll();
  }

  /** Epochs on the digits that have come, until there are many more. */
  private async train(end: number): Promise<void> {
    const { batchSize } = this.settings.peek();
    const images = this.digits.train.take();
    const { network, curves, pace } = this;
    const [x, y] = tensorsOf(images);
    let before = pace.seen;
    /** Tells how far the epoch is. */
    const tell = (epoch: number, inEpoch: number): void => {
      if (this.phase.peek() === "paused") return;
      pace.tell(before + inEpoch, performance.now());
      const latest = curves.points.at(-1);
      this.readings.value = {
        epoch: Math.min(epoch + 1, end),
        end,
        part: (epoch - this.first + inEpoch / images.count) / (end - this.first),
        seen: pace.seen,
        seconds: pace.seconds,
        speed: pace.speed,
        loss: latest?.loss ?? null,
        accuracy: latest?.accuracy ?? null,
      };
    };
    const training = network.fit(x, y, {
      epochs: end,
      initialEpoch: this.epoch,
      batchSize,
      validationData: tensorsOf(this.digits.validation.take()),
      validationBatchSize: 500,
      verbose: 0,
      worker: true,
      signal: this.stopping.signal,
      callbacks: {
        onTrainBegin: () => {
          pace.begin(performance.now());
          if (this.phase.peek() === "starting") this.phase.value = "training";
        },
        onYield: (epoch, batchNumber, logs) => {
          const inEpoch = Math.min((batchNumber + 1) * batchSize, images.count);
          batch(() => {
            if (curves.running(inEpoch, logs, performance.now())) this.points.value = [...curves.points];
            tell(epoch, inEpoch);
          });
        },
        onEpochEnd: (epoch, logs = {}) => {
          this.epoch = epoch + 1;
          curves.epochEnd(images.count, logs);
          batch(() => {
            this.points.value = [...curves.points];
            tell(epoch, images.count);
          });
          before = pace.seen;
          if (this.digits.hasMany(images.count)) network.stopTraining = true;
        },
      },
    });
    this.training = training;
    await training.finally(() => {
      x.dispose();
      y.dispose();
    });
  }

  /** Looks at the weights now and then while they change. */
  private lookAgain(): void {
    this.timer = setTimeout(async () => {
      if (this.phase.peek() === "training") await this.look();
      if (["training", "starting", "paused"].includes(this.phase.peek()) && !this.leaving.signal.aborted) this.lookAgain();
    }, LOOK);
  }

  /** Brings the weights of the moment to the page, and asks them. */
  private async look(): Promise<void> {
    try {
      await this.training?.weights();
    } catch {
      // The training itself tells why it has ended.
      return;
    }
    if (this.leaving.signal.aborted) return;
    this.show();
    await this.testOnFew();
  }

  private async testOnFew(): Promise<void> {
    const { network } = this;
    const result = await testOn(network, this.digits.test.take(FEW), () => this.leaving.signal.aborted || this.network !== network);
    if (result) this.test.value = result;
  }

  private async testAll(): Promise<void> {
    const number = ++this.testing;
    await this.testOnFew();
    // Whoever has trained for a second may have to wait for the rest of the test digits.
    await this.digits.fetchRest().catch(() => {});
    if (this.testing !== number) return;
    const result = await testOn(this.network, this.digits.test.take(), () => this.testing !== number);
    if (result) this.test.value = result;
  }
}

function tensorsOf({ images, labels, count }: Images): [Tensor, Tensor] {
  return [fromBytes(images, [count, PIXELS], "uint8"), tensor(Int32Array.from(labels))];
}
