/** @file What a page and the worker that trains for it tell one another. */
import type { DataType } from "../tensor/dtype.js";
import type { CallbackHook, FitParams } from "./callbacks.js";
import type { Logs } from "./history.js";
import type { Progress } from "./loop.js";
import type { ModelState } from "./modelState.js";
import type { Place } from "./source.js";

export type Bytes = Uint8Array<ArrayBuffer>;
export type RandomState = Progress["random"];

/** An array whose bytes follow, or lie at an address of the page's memory. */
export interface ArrayHead {
  shape: number[];
  dtype: DataType;
  bytes: number;
  /** In the page's memory, where that is shared. */
  ptr: number;
}

/** Lists of arrays, as a batch has them. */
export interface Heads {
  inputs: ArrayHead[];
  targets: ArrayHead[];
  weights: ArrayHead[];
}

/** A model without its weights. */
export interface ModelDescription {
  topology: unknown;
  /** What compile was told but for the optimizer, as files have it. */
  compiled: unknown;
  optimizer: { className: string; config: Record<string, unknown> };
  /** Shapes of the inputs, where the model tells them; else of what it was called on. */
  inputShapes: (readonly (number | null)[])[] | null;
  calledOn: { shape: readonly number[]; dtype: DataType }[] | null;
  /** Of each weight. */
  trainable: boolean[];
}

/** The page's callbacks, as far as the worker has to know. */
export interface Wants {
  /** Hooks that are waited for. */
  hooks: readonly CallbackHook[];
  /** Whether there are any callbacks, or anything shown. */
  view: boolean;
  callbacks: boolean;
  savers: boolean;
  endsOnNaN: boolean;
}

/** Tensors of a metric or a callback. */
export interface Plain {
  shape: number[];
  dtype: DataType;
  values: Bytes;
}

export interface Start {
  kind: "start";
  /** For init: the page's module of kernels, where the worker has not got it, and what the page has decided. */
  settings: { core?: WebAssembly.Module; threads?: number; workerUrl?: string };
  modules: string[];
  model: ModelDescription;
  state: ModelState;
  random: RandomState;
  args: Record<string, unknown>;
  wants: Wants;
  paused: boolean;
  aborted: boolean;
  /** The page's memory, where it is shared. */
  memory: ArrayBufferLike | null;
  data: Heads | DatasetHead;
  held: Heads | DatasetHead | null;
}

/** A dataset that stays on the page. */
export interface DatasetHead {
  source: number;
  batches: number | null;
  /** Whether an epoch ends after a number of batches, and the next goes on. */
  endsByCount: boolean;
  /** Whether its stream of random numbers is there already. */
  begun: boolean;
}

/** What the page answers to a hook. */
export interface HookReply {
  logs?: Logs;
  stop?: boolean;
  rate?: Rate;
  weights?: Bytes;
  /** Of the layers, in their order. */
  trainable?: boolean[];
  /** A run that is taken up again. */
  restored?: { progress: Progress; tensors: Plain[][]; state: ModelState };
}

/** A learning rate, or a schedule by name. */
export type Rate = number | { className: string; config: Record<string, unknown> };

/** What a batch of a dataset is. */
export interface SentBatch {
  parts: Record<"inputs" | "targets" | "weights", Plain[]>;
  rows: number;
  /** Of the source after this batch, and if the epoch ends with it. */
  place: Place;
  done: Place;
}

export type ToWorker =
  | { kind: "probe"; memory: ArrayBufferLike | null }
  | Start
  | { kind: "bytes"; array: number; at: number; bytes: Bytes }
  | { kind: "reply"; id: number; value: unknown; failed?: boolean }
  | { kind: "gate"; paused: boolean }
  | { kind: "abort" }
  | { kind: "set"; stop: boolean; rate?: Rate | undefined }
  | { kind: "seen" }
  | { kind: "fail" }
  | { kind: "fetch"; id: number; whole: boolean; isDone: boolean }
  | { kind: "batch"; source: number; batch: SentBatch | { end: Place } | { failure: true } }
  | { kind: "ping" };

/** What the worker asks. */
export type Question =
  | { hook: CallbackHook; args: unknown[]; savers: boolean; steps: number; params: FitParams | null }
  | { begin: number; from: Place | null; stream: RandomState | null };

export interface Told {
  name: string;
  message: string;
  stack: string | undefined;
}

export type FromWorker =
  | { kind: "hello" }
  | { kind: "ready"; shared: boolean }
  | { kind: "loaded" }
  | { kind: "ask"; id: number; question: Question }
  | { kind: "standing" }
  | { kind: "state"; id: number; weights: Bytes; steps: number; whole: { state: ModelState; run: { progress: Progress; tensors: Plain[][] } | null } | null }
  | { kind: "view"; event: ViewEvent; time: number }
  | { kind: "taken"; source: number }
  | {
      kind: "done";
      history: { epoch: number[]; history: Record<string, number[]> };
      params: FitParams | null;
      state: ModelState;
      random: RandomState;
      memory: number;
    }
  | { kind: "failed"; failure: Told; state: ModelState | null; random: RandomState | null }
  | { kind: "pong" };

/** What a view is told. */
export type ViewEvent =
  | { what: "begin"; epochs: number; samples: number | null }
  | { what: "trained"; samples: number; batches: number }
  | { what: "epochBegin"; epoch: number }
  | { what: "progress"; progress: Shown }
  | { what: "clear" }
  | { what: "write"; text: string }
  | { what: "epochEnd"; epoch: number; logs: Logs };

/** How far an epoch is. */
export interface Shown {
  epoch: number;
  /** The last batch that is done, and its samples. */
  batch: number;
  size: number;
  /** Samples of the epoch, and batches since the last such message. */
  samples: number;
  batches: number;
  steps: number;
  logs: Logs;
}
