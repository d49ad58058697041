/** @file A run of fit in a worker, as the page's callbacks see it: hooks, progress, pauses, weights that come and go. */
import { setRandomState } from "../engine/random.js";
import { fromBytes } from "../ops/creation.js";
import { writeOut } from "../platformTerminal.js";
import { soon } from "../platformTrainer.js";
import { EngramError, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Callback, Resumable } from "./callbacks.js";
import { rateOf } from "./describeModel.js";
import type { TrainingArgs } from "./fit.js";
import { History } from "./history.js";
import { addEpoch, appendHistory } from "./historyValues.js";
import { callbackList, callHook } from "./hooks.js";
import type { Progress } from "./loop.js";
import type { Model } from "./model.js";
import { applyState, isPacked, layersOf, pack, setSteps, stateOf, unpack } from "./modelState.js";
import type { Bytes, FromWorker, HookReply, Plain, Question, Rate, Shown, Told, ViewEvent, Wants } from "./protocol.js";
import type { Outbox } from "./remoteData.js";
import type { RemoteDatasets } from "./remoteDataset.js";
import type { Trainer } from "./trainers.js";
import type { Gate, Training } from "./training.js";
import type { View } from "./view.js";

/** What is trained, and what of it is here. */
export interface Job {
  model: Model;
  args: TrainingArgs;
  gate: Gate;
  outbox: Outbox;
  datasets: RemoteDatasets;
}

const HOOKS = ["onTrainBegin", "onEpochBegin", "onEpochEnd", "onBatchBegin", "onBatchEnd"] as const;
const isOfBatches = (hook: string): boolean => hook.startsWith("onBatch");

function failureOf({ name, message, stack }: Told): Error {
  const failure = Object.assign(name === "EngramError" ? new EngramError(message) : new Error(message), { name });
  if (stack !== undefined) failure.stack = stack;
  return failure;
}

export class RemoteRun implements Resumable {
  /** What the worker has to know of callbacks. */
  readonly wants: Wants;
  isOver = false;
  /** Bytes that the worker's memory has at the end. */
  memory = 0;
  private readonly history: History;
  private readonly callbacks: readonly Callback[];
  private readonly fetches = new Map<number, { resolve(): void; reject(reason: unknown): void }>();
  private nextFetch = 0;
  private view: View | null = null;
  /** Weights as they came for the hook that runs. */
  private brought: Bytes | null = null;
  /** What snapshot gives. */
  private state: { progress: Progress; tensors: Plain[][] } | null = null;
  private restored: HookReply["restored"];
  /** What is to be shown in the next frame. */
  private shown: Shown | null = null;
  private shownTime = 0;
  /** The worker's clock at what is shown: the bar tells its speed. */
  private time = 0;
  /** What a callback or a dataset of the page threw: the reason why the worker is told to end. */
  private reason: { failure: unknown } | null = null;
  /** What the worker says is answered in its order. */
  private answers: Promise<void> = Promise.resolve();
  private settle!: { resolve(history: History): void; reject(failure: unknown): void };

  constructor(
    private readonly job: Job,
    private readonly trainer: Trainer,
  ) {
    const { args } = job;
    this.history = new History();
    this.callbacks = callbackList(args.callbacks);
    const { callbacks } = this;
    this.wants = {
      hooks: HOOKS.filter((hook) => callbacks.some((callback) => callback[hook] && (!isOfBatches(hook) || callback.everyBatch))),
      callbacks: callbacks.length > 0,
      view: callbacks.length > 0 || (args.verbose ?? 1) > 0 || !!args.plot,
      savers: callbacks.some(({ setRun }) => setRun),
      endsOnNaN: callbacks.some(({ endsOnNaN }) => endsOnNaN),
    };
  }

  get isAborted(): boolean {
    return this.job.args.signal?.aborted === true;
  }

  /** Listens to the worker until the training has ended. */
  async train(): Promise<History> {
    const { trainer, job } = this;
    const { gate, model } = job;
    const { signal } = job.args;
    const abort = (): void => trainer.post({ kind: "abort" });
    const result = new Promise<History>((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    trainer.listen = (message) => this.hear(message);
    trainer.lost = (failure) => this.settle.reject(failure);
    // A page may end the training between hooks, too.
    trainer.looked = () => {
      if (model.stopTraining) this.tell(this.rateText);
    };
    const { pause, resume } = gate;
    gate.pause = () => {
      const stands = pause();
      trainer.post({ kind: "gate", paused: true });
      return stands;
    };
    gate.resume = () => {
      trainer.post({ kind: "gate", paused: false });
      resume();
    };
    gate.fetch = (isWhole = false) => this.fetch(isWhole, false);
    signal?.addEventListener("abort", abort);
    try {
      return await result;
    } finally {
      this.isOver = true;
      gate.resume = resume;
      signal?.removeEventListener("abort", abort);
      const late = error("weights", "expected a training that goes on", "one that has ended");
      for (const { reject } of this.fetches.values()) reject(late);
    }
  }

  /** Ends it for a reason of the page's. */
  fail(failure: unknown): void {
    this.trainer.end();
    this.settle.reject(failure);
  }

  private hear(message: FromWorker): void {
    switch (message.kind) {
      case "loaded":
        return this.job.outbox.close(this.job.args.transfer === true);
      case "standing":
        return this.job.gate.stood();
      case "state":
        return this.take(message);
      case "taken":
        this.job.datasets.taken(message.source);
        return this.pump(message.source);
    }
    // A progress that is late is no progress.
    if (message.kind === "view" && message.event.what === "progress") return this.progress(message.event.progress, message.time);
    this.answers = this.answers.then(() => this.answer(message)).catch((failure: unknown) => this.settle.reject(failure));
  }

  private pump(source: number): void {
    this.job.datasets.pump(source, this.trainer).catch((failure: unknown) => {
      this.reason ??= { failure };
    });
  }

  private async answer(message: FromWorker): Promise<void> {
    await this.show();
    if (message.kind === "view") {
      this.time = message.time;
      return this.look(message.event);
    }
    if (message.kind === "ask") {
      const { id, question } = message;
      try {
        this.trainer.post({ kind: "reply", id, value: await this.reply(question) });
      } catch (failure) {
        this.reason ??= { failure };
        this.trainer.post({ kind: "reply", id, value: null, failed: true });
      }
      return;
    }
    const { job } = this;
    if (message.kind === "done") {
      const { history, params, state, random, memory } = message;
      this.memory = memory;
      this.isOver = true;
      applyState(job.model, state);
      setRandomState(random);
      this.history.epoch.length = 0;
      for (const values of Object.values(this.history.history)) values.length = 0;
      appendHistory(this.history, history);
      this.history.params = params;
      this.view?.end();
      // The weights are here: whoever asks has them.
      job.gate.fetch = async () => {};
      for (const { resolve } of this.fetches.values()) resolve();
      this.fetches.clear();
      await callHook(this.callbacks, "onTrainEnd", {});
      this.settle.resolve(this.history);
    } else if (message.kind === "failed") {
      const { failure, state, random } = message;
      if (state !== null) applyState(job.model, state);
      if (random !== null) setRandomState(random);
      this.settle.reject(this.reason === null ? failureOf(failure) : this.reason.failure);
    }
  }

  private async reply(question: Question): Promise<unknown> {
    if ("begin" in question) {
      const { begin, from, stream } = question;
      await this.job.datasets.begin(begin, from, stream);
      this.pump(begin);
      return null;
    }
    return this.hook(question);
  }

  private get rateText(): string {
    return JSON.stringify(rateOf(this.job.model));
  }

  /** Calls the hooks of callbacks, with the model as it is in the worker, and tells what they changed. */
  private async hook({ hook, args, savers, steps, params }: Exclude<Question, { begin: number }>): Promise<HookReply> {
    const { job } = this;
    const { model } = job;
    if (params) this.introduce(params);
    const split = hook === "onEpochEnd";
    const called = this.callbacks.filter(
      (callback) => callback[hook] && (!isOfBatches(hook) || callback.everyBatch) && (!split || (callback.setRun !== undefined) === savers),
    );
    setSteps(model, steps);
    this.brought = null;
    this.restored = undefined;
    const isFresh = hook === "onTrainBegin";
    if (isFresh) this.brought = pack(model.weights);
    else if (!isOfBatches(hook) && called.some(({ needsWeights }) => needsWeights ?? true)) await this.fetch(false, false);
    const rate = this.rateText;
    const layers = layersOf(model).map(({ trainable }) => trainable);
    await callHook(called, hook, ...(args as [never]));
    const reply: HookReply = { stop: model.stopTraining };
    if (split) reply.logs = args[1] as HookReply["logs"] & object;
    if (this.rateText !== rate) reply.rate = rateOf(model);
    if (this.restored) reply.restored = this.restored;
    else if (this.brought !== null && !isPacked(model.weights, this.brought)) reply.weights = pack(model.weights);
    const now = layersOf(model).map(({ trainable }) => trainable);
    if (now.join() !== layers.join()) reply.trainable = now;
    this.brought = null;
    return reply;
  }

  /** What callbacks are told before training. */
  private introduce(params: NonNullable<History["params"]>): void {
    const { model, gate } = this.job;
    this.history.params = params;
    for (const callback of this.callbacks) {
      callback.setParams?.(params);
      callback.setModel?.(model);
      callback.setTraining?.(gate.handle as Training);
      callback.setRun?.(this, this.callbacks);
    }
  }

  private async look(event: ViewEvent): Promise<void> {
    const { history, callbacks } = this;
    const { args } = this.job;
    switch (event.what) {
      case "begin": {
        const { epochs, samples } = event;
        const plot = args.plot || callbacks.find((callback) => callback.plot)?.plot;
        const verbose = args.verbose ?? 1;
        if (verbose || plot) this.view = await (await import("./view.js")).viewOf({ verbose, plot, epochs, samples, history }, () => this.time);
        return;
      }
      case "epochBegin":
        return this.view?.epochBegin(event.epoch);
      case "trained":
        return event.batches > 0 ? this.view?.batchEnd(event.samples, () => ({}), event.batches) : undefined;
      case "clear":
        return this.view?.clear();
      case "write":
        return writeOut(event.text);
      case "epochEnd":
        addEpoch(history, event.epoch, event.logs);
        return this.view?.epochEnd(event.epoch, event.logs);
    }
  }

  /** Shows it in the next frame, if nothing newer has come by then. */
  private progress(progress: Shown, time: number): void {
    const isDue = this.shown === null;
    this.shownTime = time;
    this.shown = { ...progress, batches: progress.batches + (this.shown?.batches ?? 0) };
    if (isDue)
      soon()
        .then(() => this.show())
        .catch((failure: unknown) => this.settle.reject(failure));
  }

  private async show(): Promise<void> {
    const { shown, callbacks, job } = this;
    if (shown === null || this.isOver) return;
    this.shown = null;
    this.trainer.post({ kind: "seen" });
    const { epoch, batch, size, samples, batches, steps, logs } = shown;
    this.time = this.shownTime;
    this.view?.batchEnd(samples, () => logs, batches);
    this.view?.running(batch + 1, steps, logs);
    const loose = callbacks.filter(({ everyBatch }) => !everyBatch);
    const rate = this.rateText;
    try {
      await callHook(loose, "onBatchBegin", batch, { batch, size });
      await callHook(loose, "onBatchEnd", batch, { batch, size, ...logs });
      await callHook(callbacks, "onYield", epoch, batch, logs);
    } catch (failure) {
      this.reason ??= { failure };
      job.model.stopTraining = true;
      this.trainer.post({ kind: "fail" });
    }
    if (job.model.stopTraining || this.rateText !== rate) this.tell(rate);
  }

  /** Tells the worker what was changed outside of hooks that it waits for. */
  private tell(rate: string): void {
    const now = this.rateText;
    this.trainer.post({ kind: "set", stop: this.job.model.stopTraining, rate: now === rate ? undefined : (JSON.parse(now) as Rate) });
  }

  private fetch(whole: boolean, isDone: boolean): Promise<void> {
    const id = this.nextFetch++;
    const came = new Promise<void>((resolve, reject) => this.fetches.set(id, { resolve, reject }));
    this.trainer.post({ kind: "fetch", id, whole, isDone });
    return came;
  }

  /** Weights have come. */
  private take({ id, weights, steps, whole }: Extract<FromWorker, { kind: "state" }>): void {
    const { model } = this.job;
    if (whole === null) {
      unpack(model.weights, weights);
      setSteps(model, steps);
    } else {
      applyState(model, whole.state);
      this.state = whole.run;
    }
    this.brought = weights;
    this.fetches.get(id)?.resolve();
    this.fetches.delete(id);
  }

  async bring(isDone: boolean): Promise<void> {
    await this.fetch(true, isDone);
  }

  snapshot(): { progress: Progress; tensors: Tensor[][] } {
    const { progress, tensors } = this.state as NonNullable<typeof this.state>;
    return { progress, tensors: tensors.map((state) => state.map(({ values, shape, dtype }) => fromBytes(values, shape, dtype))) };
  }

  restore(progress: Progress, tensors: Tensor[][]): void {
    const plain = (tensor: Tensor): Plain => ({ shape: tensor.shape, dtype: tensor.dtype, values: new Uint8Array(tensor.dataSync().buffer) });
    appendHistory(this.history, progress.history);
    this.restored = { progress, tensors: tensors.map((state) => state.map(plain)), state: stateOf(this.job.model) };
  }
}
