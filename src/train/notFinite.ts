/** @file Finds where the first number is that is not finite, when a loss is not; imported when that happens. */
import type { Layer, OneOrMore } from "../nn/layer.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Callback } from "./callbacks.js";
import type { RunArgs } from "./loop.js";
import type { Model } from "./model.js";
import type { BatchData } from "./source.js";

/** The first value that is not finite; undefined where all are. */
const oddOne = (x: Tensor): number | undefined => (x.dtype === "float32" ? (x.dataSync() as Float32Array).find((value) => !Number.isFinite(value)) : undefined);

const nested = (layer: Layer): Layer[] => layer.sublayers.flatMap((each) => [...nested(each), each]);

/** The first layer whose output is not finite when the model is called on the inputs as in training, and that output's value. */
function firstLayer(model: Model, inputs: readonly Tensor[]): { name: string; value: number } | null {
  let found: { name: string; value: number } | null = null;
  const watched = [...new Set(nested(model))];
  // Averages of batch normalisation move when it is called.
  const weights = model.getWeights();
  for (const layer of watched) {
    const { invoke } = layer;
    layer.invoke = (...args): OneOrMore<Tensor> => {
      const output = invoke.apply(layer, args);
      const value = [output]
        .flat()
        .map(oddOne)
        .find((each) => each !== undefined);
      if (value !== undefined) found ??= { name: layer.name, value };
      return output;
    };
  }
  try {
    model.callOn(inputs, { training: true });
  } finally {
    // What stands in front of the class's own goes.
    for (const layer of watched) Reflect.deleteProperty(layer, "invoke");
  }
  model.setWeights(weights);
  return found;
}

/**
 * Says once where the first number is that is not finite, of a guarded step that ended before its update. Then training ends, or the update
 * is made and it goes on, as Keras does.
 */
export function tellWhatIsNotFinite(
  { model, trainer }: Pick<RunArgs, "model" | "trainer">,
  data: BatchData,
  epoch: number,
  batch: number,
  callbacks: readonly Callback[],
  write: (text: string) => void,
): void {
  write(`epoch ${epoch + 1}, batch ${batch + 1}: the loss is ${trainer.logs().loss}. ${whatIsNotFinite(model, data)}\n`);
  if (callbacks.some(({ endsOnNaN }) => endsOnNaN)) {
    model.stopTraining = true;
    return;
  }
  trainer.isGuarded = false;
  if (model.trainStep) return;
  // The step once more, with its update; what the epoch has gathered has it already.
  const state = trainer.getState();
  trainer.step(true, data);
  trainer.setState(state);
}

/** A sentence on where the first number is that is not finite, for a batch before its update. */
function whatIsNotFinite(model: Model, { inputs, targets, weights }: BatchData): string {
  const given = { "The input": inputs, "The targets": targets, "The sample weights": weights };
  for (const [what, tensors] of Object.entries(given))
    for (const [i, x] of tensors.entries()) {
      const value = oddOne(x);
      const names = what === "The input" ? model.inputNames : model.outputNames;
      if (value !== undefined) return `${what}${tensors.length > 1 ? ` of '${names?.[i] ?? i}'` : ""} had ${value} in it already.`;
    }
  // A step with a finite loss made it so. The gradient runs from the last layer to the first: where it went wrong is the last of them.
  const weight = model.trainableWeights.findLast((each) => oddOne(each) !== undefined);
  if (weight !== undefined) {
    const { name } = nested(model).find((each) => each.weights.includes(weight)) ?? model;
    return `The first that was not finite is a gradient of the batch before, in layer '${name}': its weight '${weight.name}' has ${oddOne(weight)} in it.`;
  }
  const first = firstLayer(model, inputs);
  if (first === null) return "The outputs of all layers are finite: it is the loss itself that is not, or a penalty on weights.";
  return `The first that is not finite is an output of layer '${first.name}': ${first.value}.`;
}
