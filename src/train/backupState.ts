/** @file The state of a training run as artifacts, and back, for backups; imported when one is made or looked for. */
import type { Variable } from "../engine/variable.js";
import type { ModelArtifacts, NamedTensor, WeightSpec } from "../io/types.js";
import { type DecodedWeight, decodeTensors, encodeTensors } from "../io/weights.js";
import type { Layer } from "../nn/layer.js";
import { tensor } from "../ops/creation.js";
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Callback, Resumable } from "./callbacks.js";
import type { Progress } from "./loop.js";
import type { Model } from "./model.js";

/** What a backup says beside tensors. */
interface Saved {
  version: 1;
  progress: Progress;
  learningRate: number;
  callbacks: (Readonly<Record<string, number>> | null)[];
}

/** JSON has no numbers that are not finite, and no -0. */
const toText = (value: unknown): string =>
  JSON.stringify(value, (_, each) =>
    Object.is(each, -0) ? { number: "-0" } : typeof each === "number" && !Number.isFinite(each) ? { number: String(each) } : each,
  );
const fromText = (text: string): unknown =>
  JSON.parse(text, (_, each) =>
    each !== null && typeof each === "object" && typeof each.number === "string" && Object.keys(each).length === 1 ? Number(each.number) : each,
  );

const named = (prefix: string, tensors: readonly Tensor[]): NamedTensor[] =>
  tensors.map((each, i) => ({ name: `${prefix}/${i}`, shape: each.shape, dtype: each.dtype, values: each.dataSync() }));

/** The places in the streams of random numbers that layers have of their own. */
const streamsOf = (layer: Layer & { stream?: Variable | null }): Variable[] => [...(layer.stream ? [layer.stream] : []), ...layer.sublayers.flatMap(streamsOf)];

/** Everything that a run needs to go on. */
export async function stateOf(model: Model, run: Resumable, others: readonly Callback[], isDone: boolean): Promise<ModelArtifacts> {
  const { optimizer } = model;
  const { progress, tensors } = run.snapshot(isDone);
  const states = others.map((callback) => callback.getState?.() ?? null);
  const slots = (await optimizer.getWeights()).map((slot) => slot.tensor);
  const { specs, data } = encodeTensors([
    ...named("model", model.weights),
    ...named("optimizer", slots),
    ...named("streams", streamsOf(model)),
    ...tensors.flatMap((state, i) => named(`metrics/${i}`, state)),
    ...states.flatMap((state, i) => named(`callback/${i}`, state?.tensors ?? [])),
  ]);
  const saved: Saved = { version: 1, progress, learningRate: optimizer.learningRate, callbacks: states.map((state) => state?.numbers ?? null) };
  return {
    format: "engram-backup",
    generatedBy: "engram",
    modelTopology: {},
    weightSpecs: specs as WeightSpec[],
    weightData: data,
    userDefinedMetadata: { state: toText(saved) },
  };
}

/** Goes on from there. @throws when it is no backup, or of another model; nothing has changed then */
export async function goOn(artifacts: ModelArtifacts, where: string, model: Model, run: Resumable, others: readonly Callback[]): Promise<Progress> {
  const fail = (expectation: string, got: string): Error =>
    error("backupAndRestore", `${where}: expected ${expectation}`, got, "name another place, or remove it.");
  const { format, weightSpecs = [], weightData = new ArrayBuffer(0), userDefinedMetadata } = artifacts;
  const { state } = Object(userDefinedMetadata) as { state?: string };
  if (format !== "engram-backup" || typeof state !== "string") throw fail("a backup", `format ${describe(format)}`);
  const groups = new Map<string, Tensor[]>();
  for (const { name, shape, dtype, values } of decodeTensors(weightSpecs, weightData, where) as DecodedWeight[]) {
    const group = name.replace(/\/\d+$/, "");
    groups.set(group, [...(groups.get(group) ?? []), tensor(values, shape, dtype)]);
  }
  const of = (group: string): Tensor[] => groups.get(group) ?? [];
  const [weights, given] = [model.weights, of("model")];
  const shapes = (tensors: readonly Tensor[]): string => tensors.map(({ shape }) => `[${shape}]`).join(" ");
  if (shapes(weights) !== shapes(given)) throw fail(`weights of '${model.name}', ${shapes(weights)}`, shapes(given));
  const { progress, learningRate, callbacks } = fromText(state) as Saved;
  const { optimizer } = model;
  await optimizer.setWeights(of("optimizer").map((each, i) => ({ name: String(i), tensor: each })));
  // A schedule that is where it was stays one.
  if (optimizer.learningRate !== learningRate) optimizer.learningRate = learningRate;
  model.setWeights(given);
  const streams = of("streams");
  for (const [i, stream] of streamsOf(model).entries()) if (streams[i]) stream.assign(streams[i]);
  for (const [i, numbers] of callbacks.entries()) if (numbers) others[i]?.setState?.({ numbers, tensors: of(`callback/${i}`) });
  const { metrics } = model.compiled("backupAndRestore");
  run.restore(
    progress,
    metrics.map((_, i) => of(`metrics/${i}`)),
  );
  return progress;
}
