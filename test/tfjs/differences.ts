/** @file Where engram and TensorFlow.js (cpu) differ, each with its reason: errors of TensorFlow.js, or choices of engram. */
import type { Sample } from "../table/row.js";

/** A known difference: some samples of a row. */
export interface Difference {
  reason: string;
  /** The samples that differ; all by default. */
  of?: (sample: Sample) => boolean;
}

const isEmpty = ({ inputs }: Sample): boolean => inputs.some(({ shape }) => shape.includes(0));
const rankOf = ({ inputs }: Sample, input = 0): number => inputs[input]?.shape.length ?? 0;
const batchOf = (sample: Sample, input: number): string => String(sample.inputs[input]?.shape.slice(0, -2));

const isSquare = ({ inputs: [x] }: Sample): boolean => x?.shape.at(-1) === x?.shape.at(-2);
const isMixed = ({ inputs }: Sample): boolean => inputs.some(({ dtype }) => dtype !== inputs[0]?.dtype);
const isChannelsFirst = ({ attributes }: Sample): boolean => attributes.dataFormat === "NCHW";
const isVectorProduct = (sample: Sample): boolean => rankOf(sample) === 1 || rankOf(sample, 1) === 1;

const isBool = ({ inputs }: Sample): boolean => inputs.some(({ dtype }) => dtype === "bool");
/** An equation without an arrow, with a letter twice in one term, or with an ellipsis. */
const isBeyondTfjs = (equation: string): boolean =>
  !equation.includes("->") || equation.includes(".") || equation.split(/,|->/).some((term) => new Set(term).size < term.length);

const noBroadcast: Difference = {
  reason: "TensorFlow.js does not broadcast",
  of: ({ inputs }) => String(inputs[0]?.shape) !== String(inputs[1]?.shape),
};
const ownGenerator: Difference = { reason: "each library has a generator of its own" };
const noGradient: Difference = { reason: "TensorFlow.js has no gradient" };
const emptyTuples: Difference = {
  reason: "a tuple of no indices names everything; TensorFlow.js leaves such updates out",
  of: ({ inputs }) => inputs[1]?.shape.at(-1) === 0,
};
const searchShape: Difference = {
  reason: "the result has the shape of values, as TensorFlow.js documents; it gives two axes, and takes nothing empty",
  of: (sample) => rankOf(sample) !== 2 || isEmpty(sample),
};
const lastAxisOnly: Difference = {
  reason: "TensorFlow.js knows the last axis only",
  of: (sample) => rankOf(sample) === 0 || ![undefined, -1, rankOf(sample) - 1].includes(sample.attributes?.axis),
};

const isNegativeAxis = ({ attributes: { axis } }: Sample): boolean => axis < 0;
const scanAxis: Difference = { reason: "TensorFlow.js gives a wrong shape for negative axes", of: isNegativeAxis };

const eluAlpha: Difference = { reason: "TensorFlow.js's elu has no alpha", of: ({ attributes }) => attributes.parameter !== undefined };

/** Values, shapes or types that differ, by row of the op table. */
export const differences: Record<string, Difference> = {
  mean: { reason: "the mean of nothing is NaN (numpy), in TensorFlow.js 0", of: isEmpty },
  max: { reason: "the maximum of nothing is -Infinity, in TensorFlow.js NaN", of: isEmpty },
  min: { reason: "the minimum of nothing is Infinity, in TensorFlow.js NaN", of: isEmpty },
  prod: { reason: "int32 wraps; TensorFlow.js multiplies in float64", of: (sample) => sample.inputs[0]?.dtype === "int32" },
  any: { reason: "TensorFlow.js refuses other types than bool", of: (sample) => !isBool(sample) },
  all: {
    reason: "all of nothing is true (numpy), in TensorFlow.js false; it refuses other types than bool",
    of: (sample) => !isBool(sample) || isEmpty(sample),
  },
  logSumExp: { reason: "log(0) is -Infinity, in TensorFlow.js NaN", of: isEmpty },
  moments: { reason: "the mean of nothing is NaN (numpy), in TensorFlow.js 0", of: isEmpty },
  norm: {
    reason: "TensorFlow.js refuses negative axes of a matrix and 'fro' of vectors, and takes the wrong axis of a matrix whose axes do not ascend by one",
    of: ({ attributes: { ord, axis } }) => ord === "fro" || (typeof ord === "number" && Array.isArray(axis) && (axis[0] < 0 || axis[0] + 1 !== axis[1])),
  },
  cumsum: scanAxis,
  cumprod: { reason: `${scanAxis.reason}; int32 wraps`, of: (sample) => isNegativeAxis(sample) || sample.inputs[0]?.dtype === "int32" },
  topk: lastAxisOnly,
  bincount: { reason: "counts with weights of bool are int32, in TensorFlow.js bool", of: ({ inputs }) => inputs[1]?.dtype === "bool" },
  denseBincount: {
    reason: "counts with weights of bool are int32, in TensorFlow.js bool; of a vector it ignores binaryOutput",
    of: (sample) => sample.inputs[1]?.dtype === "bool" || (rankOf(sample) === 1 && sample.attributes.binary),
  },
  einsum: {
    reason: "TensorFlow.js takes one or two operands and an arrow, no diagonals, no ellipsis, and does not broadcast",
    of: ({ inputs, attributes }) => inputs.length > 2 || isBeyondTfjs(attributes.equation) || inputs.some(({ shape }) => shape.includes(1)),
  },
  bitwiseAnd: noBroadcast,
  movingAverage: noBroadcast,
  concat: { reason: "TensorFlow.js writes every type into an array of the first one's", of: isMixed },
  stack: { reason: "TensorFlow.js stacks tensors of one type only", of: isMixed },
  stridedSlice: { reason: "TensorFlow.js throws for an empty range", of: ({ attributes }) => String(attributes.begin) === "4" },
  floorDiv: { reason: "of float32 the result is float32 (Keras), in TensorFlow.js int32", of: ({ inputs }) => inputs[0]?.dtype !== "int32" },
  mirrorPad: { reason: "TensorFlow.js refuses axes of size 0 that are not padded", of: isEmpty },
  depthToSpace: { reason: "TensorFlow.js's cpu knows NHWC only", of: isChannelsFirst },
  elu: eluAlpha,
  softmax: lastAxisOnly,
  logSoftmax: lastAxisOnly,
  matMul: {
    reason: "TensorFlow.js takes the wrong matrices when both operands' batch axes broadcast, and has no products of vectors",
    of: (sample) => isVectorProduct(sample) || (rankOf(sample) > 2 && rankOf(sample, 1) > 2 && batchOf(sample, 0) !== batchOf(sample, 1)),
  },
  where: { reason: "TensorFlow.js gives size 1 where sizes 1 and 0 broadcast", of: isEmpty },
  unsortedSegmentSum: {
    reason: "int32 sums are int32 as everywhere, on TensorFlow.js's cpu float32; it has no ids of more axes, and no results of 0 segments",
    of: ({ inputs: [x, ids], attributes }) => x?.dtype === "int32" || ids?.shape.length !== 1 || attributes.segments === 0,
  },
  scatterND: emptyTuples,
  tensorScatterUpdate: emptyTuples,
  searchSorted: searchShape,
  lowerBound: searchShape,
  upperBound: searchShape,
  "fused.matMul": { reason: "TensorFlow.js has no tanh here", of: ({ attributes }) => attributes.activation === "tanh" },
  "linalg.qr": {
    reason: "TensorFlow.js refuses what is empty, and batches of matrices that are not square",
    of: (sample) => isEmpty(sample) || (rankOf(sample) > 2 && !isSquare(sample)),
  },
  "linalg.gramSchmidt": {
    reason: "TensorFlow.js refuses what is empty, and loses digits where there are many vectors",
    of: (sample) => isEmpty(sample) || (sample.inputs[0]?.shape[0] as number) > 9,
  },
  "linalg.bandPart": { reason: "TensorFlow.js refuses what is empty", of: isEmpty },
  randomInt: ownGenerator,
  randomUniformInt: ownGenerator,
  randomStandardNormal: ownGenerator,
  randomGamma: ownGenerator,
  dropout: ownGenerator,
  multinomial: ownGenerator,
  randomUniform: ownGenerator,
  randomNormal: ownGenerator,
  truncatedNormal: ownGenerator,
};

/** Gradients that differ though the values agree. */
export const gradientDifferences: Record<string, Difference> = {
  elu: eluAlpha,
  movingAverage: noBroadcast,
  prelu: { reason: "TensorFlow.js does not sum x's gradient where x is broadcast", of: ({ inputs: [x, alpha] }) => String(x?.shape) !== String(alpha?.shape) },
  prod: { reason: "TensorFlow.js fails for negative axes", of: isNegativeAxis },
  cumsum: { reason: "TensorFlow.js fails for axes that are not the last, and negative ones", of: (sample) => sample.attributes.axis !== rankOf(sample) - 1 },
  cumprod: noGradient,
  topk: noGradient,
  bincount: noGradient,
  denseBincount: noGradient,
  dropout: ownGenerator,
  einsum: { reason: "TensorFlow.js has no gradient of einsum" },
  stridedSlice: { reason: "TensorFlow.js has no gradient of it" },
  ...Object.fromEntries(
    ["", "2d", "3d", "4d"].map((rank) => [
      `batchNorm${rank}`,
      { reason: "TensorFlow.js's gradient needs scale and offset", of: ({ inputs }) => inputs.length < 5 },
    ]),
  ),
  "fused.matMul": { reason: "TensorFlow.js has no tanh here", of: ({ attributes }) => attributes.activation === "tanh" },
  "linalg.qr": noGradient,
  "linalg.gramSchmidt": { reason: "TensorFlow.js loses digits", of: ({ inputs }) => inputs[0]?.shape[0] !== 2 },
  "linalg.bandPart": { reason: "TensorFlow.js fails" },
  unsortedSegmentSum: { reason: "TensorFlow.js fails on ids that are outside" },
  gatherND: noGradient,
  scatterND: noGradient,
  tensorScatterUpdate: noGradient,
  sparseToDense: noGradient,
  depthToSpace: { reason: "TensorFlow.js has no gradient of it" },
  diag: { reason: "TensorFlow.js has no gradient of it" },
  mirrorPad: { reason: "TensorFlow.js leaves out what the mirror images receive" },
  maximum: { reason: "TensorFlow.js does not sum the gradient over broadcast axes", of: ({ inputs }) => String(inputs[0]?.shape) !== String(inputs[1]?.shape) },
  minimum: { reason: "TensorFlow.js does not sum the gradient over broadcast axes", of: ({ inputs }) => String(inputs[0]?.shape) !== String(inputs[1]?.shape) },
  divNoNan: { reason: "TensorFlow.js has none" },
  squaredDifference: {
    reason: "TensorFlow.js does not sum the gradient over broadcast axes",
    of: ({ inputs }) => String(inputs[0]?.shape) !== String(inputs[1]?.shape),
  },
  floorDiv: { reason: "a step function has the slope 0; TensorFlow.js gives that of a / b" },
  matMul: {
    reason: "TensorFlow.js does not sum the gradient over broadcast axes",
    of: (sample) => isVectorProduct(sample) || batchOf(sample, 0) !== batchOf(sample, 1),
  },
};
