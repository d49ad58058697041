/** @file One training in a worker, on the worker's side: makes the page's model, runs fit, and tells the page of it. */
import { init } from "../engine/init.js";
import { getRandomState, setRandomState } from "../engine/random.js";
import { argsFrom } from "../io/training.js";
import { fromBytes } from "../ops/creation.js";
import { Optimizer } from "../optim/optimizer.js";
import { revived } from "../optim/options.js";
import type { Schedule } from "../optim/schedules.js";
import { getOptimizer } from "../optim/train.js";
import { now } from "../platform.js";
import { type Port, shortTurns } from "../platformTrainer.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { allocateResident, release } from "../wasm/block.js";
import { heap } from "../wasm/heap.js";
import type { Callback, FitParams, Resumable } from "./callbacks.js";
import type { FitArgs, FitDatasetArgs } from "./fit.js";
import type { Logs } from "./history.js";
import type { Host } from "./loop.js";
import type { Model } from "./model.js";
import { applyState, buffersOf, layersOf, pack, stateOf, unpack } from "./modelState.js";
import type { ArrayHead, DatasetHead, FromWorker, Heads, HookReply, Plain, Question, Rate, Start, ToWorker } from "./protocol.js";
import { RelayView } from "./relayView.js";
import { RemoteSource } from "./remoteSource.js";
import { reviveModel } from "./revive.js";
import { train } from "./runFit.js";
import type { BatchSource } from "./source.js";
import { Gate } from "./training.js";

/** Milliseconds between two turns of the worker's event loop, in which it hears of pauses, ends and what callbacks set. */
const TURN_AFTER = 16;

const isDataset = (data: Heads | DatasetHead): data is DatasetHead => "source" in data;

/** Thrown for what failed on the page, which knows it. */
const onPage = (): Error => new Error("it failed on the page");

export class Session {
  private readonly gate = new Gate();
  private readonly controller = new AbortController();
  private readonly answers = new Map<number, { resolve(value: unknown): void; reject(failure: Error): void }>();
  private nextQuestion = 0;
  private model: Model | null = null;
  private run: Resumable | null = null;
  private params: FitParams | null = null;
  private hasFailed = false;
  private readonly arrays: Tensor[] = [];
  private readonly sources: RemoteSource[] = [];
  private readonly view: RelayView;
  /** What has come of the arrays, bytes that are not in their places yet, and what happens when some come. */
  private readonly pieces: Extract<ToWorker, { kind: "bytes" }>[] = [];
  private missing = 0;
  private loaded = (): void => {};

  /** Whether model and random numbers are as the page's. */
  private isReady = false;
  /** What was asked for before that. */
  private readonly early: Extract<ToWorker, { kind: "fetch" }>[] = [];

  constructor(
    private readonly port: Port,
    private readonly start: Start,
  ) {
    this.view = new RelayView((event) => this.post({ kind: "view", event, time: now() }));
    if (start.paused) this.pause();
    if (start.aborted) this.controller.abort();
  }

  private post(message: FromWorker, transfer?: ArrayBuffer[]): void {
    this.port.post(message, transfer);
  }

  /** What the page says while the training goes on. */
  hear(message: ToWorker): void {
    switch (message.kind) {
      case "bytes":
        this.pieces.push(message);
        return this.loaded();
      case "reply": {
        const answer = this.answers.get(message.id);
        this.answers.delete(message.id);
        if (message.failed) answer?.reject(onPage());
        else answer?.resolve(message.value);
        return;
      }
      case "gate":
        return message.paused ? this.pause() : this.gate.resume();
      case "abort":
        return this.controller.abort();
      case "set":
        return this.set(message.stop, message.rate);
      case "seen":
        return this.view.seen();
      case "fail":
        this.hasFailed = true;
        return this.controller.abort();
      case "fetch":
        return this.fetch(message);
      case "batch":
        return this.sources[message.source]?.take(message.batch);
    }
  }

  private pause(): void {
    this.gate.pause().then(() => this.post({ kind: "standing" }));
  }

  private set(stop: boolean | undefined, rate: Rate | undefined): void {
    const { model } = this;
    if (model === null) return;
    if (stop) model.stopTraining = true;
    if (rate !== undefined)
      model.optimizer.learningRate = typeof rate === "number" ? rate : (revived({ learningRate: rate }) as { learningRate: Schedule }).learningRate;
  }

  private ask(question: Question): Promise<unknown> {
    const id = this.nextQuestion++;
    this.post({ kind: "ask", id, question });
    return new Promise((resolve, reject) => this.answers.set(id, { resolve, reject }));
  }

  private fetch({ id, whole, isDone }: Extract<ToWorker, { kind: "fetch" }>): void {
    const { model, run } = this;
    if (model === null || !this.isReady) return void this.early.push({ kind: "fetch", id, whole, isDone });
    const weights = pack(model.weights);
    const steps = this.steps;
    if (!whole) return this.post({ kind: "state", id, weights, steps, whole: null }, [weights.buffer]);
    const plain = (tensor: Tensor): Plain => ({ shape: tensor.shape, dtype: tensor.dtype, values: new Uint8Array(tensor.dataSync().buffer) });
    const shot = run?.snapshot(isDone);
    const kept = shot ? { progress: shot.progress, tensors: shot.tensors.map((each) => each.map(plain)) } : null;
    const state = stateOf(model);
    this.post({ kind: "state", id, weights, steps, whole: { state, run: kept } }, buffersOf(state));
  }

  private get steps(): number {
    return this.model === null ? 0 : (heap.i32[this.model.optimizer.block.ptr >> 2] as number);
  }

  /** Trains, and tells the page how that ended. */
  async train(engram: object, modules: (addresses: readonly string[], engram: object) => Promise<void>): Promise<void> {
    const { start } = this;
    try {
      await init(start.settings);
      await modules(start.modules, engram);
      const model = this.make();
      this.model = model;
      const [data, held] = [this.part(start.data), start.held === null ? undefined : this.part(start.held)];
      await this.load();
      applyState(model, start.state);
      setRandomState(start.random);
      this.isReady = true;
      for (const question of this.early) this.fetch(question);
      const history = await train(model, { data, held }, this.args(), this.gate, this.host());
      if (this.hasFailed) throw onPage();
      const state = stateOf(model);
      this.post(
        {
          kind: "done",
          history: { epoch: history.epoch, history: { ...history.history } },
          params: history.params,
          state,
          random: getRandomState(),
          memory: heap.memory.buffer.byteLength,
        },
        buffersOf(state),
      );
    } catch (cause) {
      this.tellFailure(cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      for (const { block } of this.arrays) release(block);
      this.model?.trained?.optimizer.dispose();
      this.model?.dispose();
    }
  }

  private tellFailure({ name, message, stack }: Error): void {
    const { model } = this;
    let state = null;
    try {
      if (model !== null && this.isReady) state = stateOf(model);
    } catch {
      // It failed before it was whole.
    }
    this.post(
      { kind: "failed", failure: { name, message, stack }, state, random: this.isReady ? getRandomState() : null },
      state === null ? [] : buffersOf(state),
    );
  }

  /** The page's model, compiled, with weights whose values are still to come. @throws when a part of it is not known here */
  private make(): Model {
    try {
      return this.revive();
    } catch (cause) {
      if (cause instanceof Error) cause.message += " HINT: what is your own must be made known in the worker: fit(x, y, { modules: [address] }).";
      throw cause;
    }
  }

  private revive(): Model {
    const { topology, compiled, optimizer, inputShapes, calledOn, trainable } = this.start.model;
    const model = reviveModel(topology, "the page's model");
    const Class = getOptimizer({ className: optimizer.className, config: {} }).constructor as never;
    model.compile({
      ...argsFrom({ ...(compiled as object), optimizer_config: { class_name: "sgd" } }, "the page's model"),
      optimizer: Optimizer.fromConfig(Class, optimizer.config),
    });
    if (inputShapes !== null) model.ensureBuilt(inputShapes.length === 1 ? (inputShapes[0] as (typeof inputShapes)[0]) : inputShapes);
    else if (calledOn !== null)
      model.inputsOf(
        "fit",
        calledOn.map(({ shape, dtype }) => this.blank([1, ...shape.slice(1)], dtype)),
      );
    for (const [i, weight] of model.weights.entries()) weight.trainable = trainable[i] ?? weight.trainable;
    return model;
  }

  private blank(shape: number[], dtype: Tensor["dtype"]): Tensor {
    return fromBytes(new Uint8Array(sizeOf(shape) * bytesPerElement(dtype)), shape, dtype);
  }

  /** An array of the page's, whose bytes come from its memory or in pieces. */
  private array({ shape, dtype, bytes, ptr }: ArrayHead): Tensor {
    const { memory } = this.start;
    const tensor = new Tensor(shape, dtype, sizeOf(shape), allocateResident(bytes), "fit");
    if (memory === null) this.missing += bytes;
    else heap.u8.set(new Uint8Array(memory, ptr, bytes), tensor.block.ptr);
    this.arrays.push(tensor);
    return tensor;
  }

  private part(head: Heads | DatasetHead): { inputs: Tensor[]; targets: Tensor[]; weights: Tensor[] } | BatchSource {
    if (isDataset(head)) {
      const source = new RemoteSource(
        head,
        (from, stream) => this.ask({ begin: head.source, from, stream }) as Promise<unknown>,
        () => this.post({ kind: "taken", source: head.source }),
      );
      this.sources[head.source] = source;
      return source;
    }
    const each = (list: readonly ArrayHead[]): Tensor[] => list.map((one) => this.array(one));
    return { inputs: each(head.inputs), targets: each(head.targets), weights: each(head.weights) };
  }

  /** Resolves when all bytes are there. */
  private async load(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.loaded = () => {
        for (const { array, at, bytes } of this.pieces.splice(0)) {
          heap.u8.set(bytes, (this.arrays[array] as Tensor).block.ptr + at);
          this.missing -= bytes.length;
        }
        if (this.missing === 0) resolve();
      };
      this.loaded();
    });
    this.post({ kind: "loaded" });
  }

  private args(): FitArgs & FitDatasetArgs {
    const { args, wants } = this.start;
    const { hooks } = wants;
    const relay: Callback = {
      endsOnNaN: wants.endsOnNaN,
      setParams: (params) => {
        this.params = params;
      },
    };
    for (const hook of hooks) relay[hook] = (...values: unknown[]) => this.hook(hook, values as [number, Logs], false);
    // Callbacks are introduced with this hook.
    relay.onTrainBegin = (...values) => this.hook("onTrainBegin", values, false);
    const saver: Callback = {
      setRun: (run) => {
        this.run = run;
      },
    };
    if (hooks.includes("onEpochEnd")) saver.onEpochEnd = (...values) => this.hook("onEpochEnd", values, true);
    return { ...args, signal: this.controller.signal, callbacks: [...(wants.callbacks ? [relay] : []), ...(wants.savers ? [saver] : [])] };
  }

  private host(): Host {
    return {
      view: (args) => {
        if (!this.start.wants.view) return null;
        this.view.begin(args);
        return this.view;
      },
      write: (text) => this.view.write(text),
      turn: shortTurns(),
      turnAfter: TURN_AFTER,
    };
  }

  /** Calls the page's hooks, and does what they changed. */
  private async hook(hook: (typeof this.start.wants.hooks)[number], values: readonly unknown[], savers: boolean): Promise<void> {
    const model = this.model as Model;
    const params = hook === "onTrainBegin" ? this.params : null;
    const { logs, stop, rate, weights, trainable, restored } = (await this.ask({ hook, args: [...values], savers, steps: this.steps, params })) as HookReply;
    if (logs) Object.assign(values[1] as Logs, logs);
    if (restored) {
      applyState(model, restored.state);
      this.run?.restore(
        restored.progress,
        restored.tensors.map((state) => state.map(({ values: bytes, shape, dtype }) => fromBytes(bytes, shape, dtype))),
      );
    }
    if (weights) unpack(model.weights, weights);
    if (trainable) for (const [i, layer] of layersOf(model).entries()) layer.trainable = trainable[i] ?? layer.trainable;
    this.set(stop, rate);
  }
}
