/** @file What save handlers exchange: TensorFlow.js's layers-model format in memory, with its names. */

/** How a quantised weight gets its values back: stored * scale + min; float16 is widened. */
export interface Quantization {
  dtype: "uint8" | "uint16" | "float16";
  scale?: number;
  min?: number;
  /** Written by the converter; the weight's own dtype says the same. */
  original_dtype?: string;
}

/** One weight: its values follow those of the one before it. */
export interface WeightSpec {
  /** Layer and weight, "dense_Dense1/kernel". */
  name: string;
  shape: number[];
  dtype: "float32" | "int32" | "bool" | "string" | "complex64";
  quantization?: Quantization;
  /** "optimizer" for the state of one. */
  group?: string;
}

/** Weights and the files, in order, that hold their values end to end. */
export interface WeightsGroup {
  paths: string[];
  weights: WeightSpec[];
}

export type WeightData = ArrayBuffer | readonly ArrayBuffer[];

/** A model between memory and storage. */
export interface ModelArtifacts {
  /** Class name and configuration of the model, in Keras's serialised form. */
  modelTopology?: unknown;
  format?: string;
  generatedBy?: string;
  convertedBy?: string | null;
  weightSpecs?: WeightSpec[];
  /** Values of the weights, end to end, little-endian; in one piece or in several. */
  weightData?: WeightData;
  trainingConfig?: unknown;
  userDefinedMetadata?: unknown;
}

/** What `model.json` holds. */
export interface ModelJson extends Omit<ModelArtifacts, "weightSpecs" | "weightData"> {
  weightsManifest: WeightsGroup[];
}

export interface ModelArtifactsInfo {
  dateSaved: Date;
  modelTopologyType: "JSON";
  modelTopologyBytes: number;
  weightSpecsBytes: number;
  weightDataBytes: number;
}

export interface SaveResult {
  modelArtifactsInfo: ModelArtifactsInfo;
  /** What a server answered. */
  responses?: Response[];
}

/** A place that models are saved to or loaded from. `save` must leave the old model or the new one whole. */
export interface IOHandler {
  save?(artifacts: ModelArtifacts): Promise<SaveResult>;
  /** Fails with an error of `code` "missing" where there is nothing. */
  load?(): Promise<ModelArtifacts>;
  /** Removes what was saved; nothing happens where there is nothing. */
  remove?(): Promise<void>;
}

/** The same without waiting. */
export interface IOHandlerSync {
  save?(artifacts: ModelArtifacts): SaveResult;
  load?(): ModelArtifacts;
}

/** How a model is fetched, and what of it. */
export interface LoadOptions {
  /** Whether weights of the file that no layer takes are an error; true by default. */
  strict?: boolean;
  /** Whether the model is compiled as the file says, where it does; true by default. */
  compile?: boolean;
  /** Options of every request. */
  requestInit?: RequestInit;
  /** In place of fetch. */
  fetchFunc?: (url: string, init?: RequestInit) => Promise<Response>;
  /** Called with the share of the weights' files that are there. */
  onProgress?: (fraction: number) => void;
  /** What the names of the weights' files follow; by default the address of model.json up to its last "/". */
  weightPathPrefix?: string;
  /** The address of a file of weights, by its name. */
  weightUrlConverter?: (name: string) => string | Promise<string>;
}

/** Gives a handler for the addresses that it knows, and null for others. */
export type IORouter = (url: string | string[], options?: LoadOptions) => IOHandler | null;

/** A tensor to be written, by name. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: ArrayBufferView;
}
