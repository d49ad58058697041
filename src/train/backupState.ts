/** @file The state of a training run as artifacts, for backups; imported when one is made or looked for. */
import type { ModelArtifacts, NamedTensor, WeightSpec } from "../io/types.js";
import { type DecodedWeight, decodeTensors, encodeTensors } from "../io/weights.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CallbackState } from "./callbacks.js";
import type { Kit } from "./kit.js";
import type { Progress } from "./loop.js";
import type { Model } from "./model.js";

/** What a backup says beside tensors. */
export interface Saved {
  version: 1;
  progress: Progress;
  learningRate: number;
  callbacks: (Readonly<Record<string, number>> | null)[];
}

/** JSON has no numbers that are not finite. */
const toText = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === "number" && !Number.isFinite(each) ? { number: String(each) } : each));
const fromText = (text: string): unknown =>
  JSON.parse(text, (_, each) =>
    each !== null && typeof each === "object" && typeof each.number === "string" && Object.keys(each).length === 1 ? Number(each.number) : each,
  );

const named = (prefix: string, tensors: readonly Tensor[]): NamedTensor[] =>
  tensors.map((each, i) => ({ name: `${prefix}/${i}`, shape: each.shape, dtype: each.dtype, values: each.dataSync() }));

/** Everything that a run needs to go on, as artifacts. */
export async function stateOf(model: Model, progress: Progress, states: readonly (CallbackState | null)[]): Promise<ModelArtifacts> {
  const trainer = model.compiled("backupAndRestore");
  const optimizer = await trainer.optimizer.getWeights();
  const { specs, data } = encodeTensors([
    ...model.weights.map((weight, i) => ({ name: `model/${i}/${weight.name}`, shape: weight.shape, dtype: weight.dtype, values: weight.dataSync() })),
    ...named(
      "optimizer",
      optimizer.map(({ tensor: each }) => each),
    ),
    ...trainer.metrics.flatMap((metric, i) => named(`metrics/${i}`, metric.getState())),
    ...states.flatMap((state, i) => named(`callback/${i}`, state?.tensors ?? [])),
  ]);
  const saved: Saved = { version: 1, progress, learningRate: trainer.optimizer.learningRate, callbacks: states.map((state) => state?.numbers ?? null) };
  return {
    format: "engram-backup",
    generatedBy: "engram",
    modelTopology: {},
    weightSpecs: specs as WeightSpec[],
    weightData: data,
    userDefinedMetadata: { state: toText(saved) },
  };
}

/** The backup that artifacts hold, checked to fit the model. */
export function readBackup(
  { format, weightSpecs, weightData, userDefinedMetadata }: ModelArtifacts,
  model: Model,
  where: string,
  tensor: Kit["tensor"],
): { saved: Saved; tensors: Map<string, Tensor[]> } {
  const fail = (expectation: string, got: string): Error =>
    error("backupAndRestore", `${where}: expected ${expectation}`, got, "name another place, or remove it.");
  if (format !== "engram-backup") throw fail("a backup", `format ${describe(format)}`);
  const { state } = Object(userDefinedMetadata) as { state?: string };
  if (typeof state !== "string") throw fail("a backup with its state", describe(state));
  const tensors = new Map<string, Tensor[]>();
  for (const { name, shape, dtype, values } of decodeTensors(weightSpecs ?? [], weightData ?? new ArrayBuffer(0), where) as DecodedWeight[]) {
    const [kind = "", index = ""] = name.split("/");
    const key = kind === "callback" || kind === "metrics" ? `${kind}/${index}` : kind;
    tensors.set(key, [...(tensors.get(key) ?? []), tensor(values, shape, dtype)]);
  }
  const [weights, given] = [model.weights, tensors.get("model") ?? []];
  if (weights.length !== given.length || weights.some(({ shape }, i) => shape.join() !== given[i]?.shape.join()))
    throw fail(`weights of '${model.name}', ${weights.map(({ shape }) => `[${shape}]`).join(" ")}`, given.map(({ shape }) => `[${shape}]`).join(" "));
  return { saved: fromText(state) as Saved, tensors };
}
