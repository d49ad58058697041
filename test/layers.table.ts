/** @file The layers: for each function of `layers`, layers that checkLayer checks. */
import { any, concat, logicalOr, mul, notEqual, type Tensor } from "../src/index.js";
import type { LayerRow } from "./checkLayer.js";

const either = (_: readonly Tensor[], masks: readonly Tensor[]): Tensor => masks.reduce((a, b) => logicalOr(a, b));

const merged: LayerRow[] = [
  { inputs: [[4], [4], [4]], mask: either },
  { inputs: [[3, 4], [4]], mask: (_, [a, b]) => logicalOr(a as Tensor, (b as Tensor).reshape([-1, 1])), output: [3, 4] },
];
const pair: LayerRow[] = [
  {
    inputs: [
      [2, 4],
      [2, 4],
    ],
    mask: either,
  },
];

/** Options of the weights of a layer. */
const weights = (key: string): Record<string, unknown> => ({
  [`${key}Initializer`]: { className: "RandomNormal", config: { mean: 0.1, stddev: 0.5, seed: 3 } },
  [`${key}Regularizer`]: { className: "L1L2", config: { l1: 0.01, l2: 0.02 } },
  [`${key}Constraint`]: { className: "MinMaxNorm", config: { minValue: 0, maxValue: 9, rate: 1, axis: 0 } },
});

export const layersTable: Record<string, LayerRow[]> = {
  activation: [{ args: { activation: "softplus" } }, { args: { activation: "logSoftmax" } }],
  add: merged,
  alphaDropout: [{ args: { rate: 0.5 }, training: "random" }],
  average: merged,
  batchNormalization: [
    { training: "other", params: 16 },
    { args: { axis: 1, momentum: 0.5, epsilon: 0.1, center: false, ...weights("gamma") }, inputs: [[3, 5]], training: "other", params: 9 },
    { args: { scale: false }, inputs: [[2, 2, 3]], training: "other", params: 9 },
  ],
  concatenate: [
    {
      inputs: [
        [2, 4],
        [2, 3],
      ],
      output: [2, 7],
      mask: either,
    },
    {
      args: { axis: 1 },
      inputs: [
        [2, 4],
        [3, 4],
      ],
      output: [5, 4],
      mask: (_, masks) => concat([...masks], 1),
    },
  ],
  dense: [
    { args: { units: 3 }, output: [3], params: 15 },
    { args: { units: 2, activation: "tanh", useBias: false }, inputs: [[3, 4]], output: [3, 2], params: 8 },
    { args: { units: 5, activation: "softmax", ...weights("kernel"), ...weights("bias") }, inputs: [[2, 2, 4]], output: [2, 2, 5], params: 25 },
  ],
  dot: [
    { args: { axes: 1 }, inputs: [[4], [4]], output: [1], mask: "stops" },
    {
      args: { axes: [2, 1], normalize: true },
      inputs: [
        [3, 4],
        [4, 2],
      ],
      output: [3, 2],
      mask: "stops",
    },
    { args: { axes: [1, -1] }, inputs: [[4, 2, 3], [4]], output: [2, 3], mask: "stops" },
  ],
  dropout: [
    { args: { rate: 0.5 }, training: "random" },
    { args: { rate: 0 }, inputs: [[3, 4]] },
    { args: { rate: 0.25, noiseShape: [null, 1, 4], seed: 3 }, inputs: [[3, 4]], training: "random" },
  ],
  einsumDense: [
    { args: { equation: "abc,cd->abd", outputShape: [null, 5], biasAxes: "d" }, inputs: [[3, 4]], output: [3, 5], params: 25 },
    { args: { equation: "...x,xy->...y", outputShape: 2, activation: "relu" }, inputs: [[3, 2, 4]], output: [3, 2, 2], params: 8 },
  ],
  elu: [{ args: { alpha: 0.5 } }],
  embedding: [
    { args: { inputDim: 6, outputDim: 2 }, inputs: [[3]], categories: 6, output: [3, 2], params: 12, mask: "stops" },
    {
      args: { inputDim: 3, outputDim: 4, maskZero: true, ...weights("embeddings") },
      inputs: [[2, 2]],
      categories: 3,
      output: [2, 2, 4],
      params: 12,
      mask: ([x]) => notEqual(x as Tensor, 0),
    },
  ],
  flatten: [
    { inputs: [[2, 3, 4]], output: [24], mask: "stops" },
    { args: { dataFormat: "channelsFirst" }, inputs: [[2, 3, 4]], output: [24], mask: "stops" },
    { mask: "stops" },
  ],
  gaussianDropout: [{ args: { rate: 0.3 }, training: "random" }],
  gaussianNoise: [
    { args: { stddev: 0.5 }, training: "random" },
    { args: { stddev: 0.5, seed: 4 }, training: "random" },
  ],
  groupNormalization: [
    { args: { groups: 2 }, inputs: [[3, 4]], params: 8 },
    { args: { groups: -1, axis: 1, scale: false }, inputs: [[2, 5]], params: 2 },
  ],
  lambda: [{ args: { function: (x: Tensor) => mul(x, 3), traceable: true }, isSaved: false }],
  layerNormalization: [{ params: 8 }, { args: { axis: [1, 2], epsilon: 0.1, ...weights("beta") }, inputs: [[3, 4]], params: 24 }],
  leakyReLU: [{ args: { alpha: 0.2 } }],
  masking: [{ args: { maskValue: 0.2 }, inputs: [[3, 1]], mask: ([x]) => any(notEqual(x as Tensor, 0.2), -1) }],
  maximum: merged,
  minimum: merged,
  multiply: merged,
  permute: [{ args: { dims: [3, 1, 2] }, inputs: [[2, 3, 4]], output: [4, 2, 3], mask: "stops" }],
  prelu: [{ params: 4 }, { args: { sharedAxes: [1], ...weights("alpha") }, inputs: [[3, 4]], params: 4 }],
  reLU: [{}, { args: { maxValue: 1.2, negativeSlope: 0.1, threshold: 0.2 } }],
  repeatVector: [{ args: { n: 3 }, output: [3, 4], mask: "stops" }],
  rescaling: [{ args: { scale: 0.5, offset: -1 } }],
  reshape: [{ args: { targetShape: [-1, 3] }, inputs: [[2, 6]], output: [4, 3], mask: "stops" }],
  rmsNormalization: [{ params: 4 }, { args: { axis: [1, 2], epsilon: 0.1 }, inputs: [[3, 4]], params: 12 }],
  softmax: [{}, { args: { axis: 1 }, inputs: [[3, 4]] }],
  spatialDropout1d: [{ args: { rate: 0.5 }, inputs: [[3, 4]], training: "random" }],
  spatialDropout2d: [{ args: { rate: 0.5 }, inputs: [[2, 3, 4]], training: "random" }],
  subtract: pair,
  thresholdedReLU: [{ args: { theta: 0.4 } }],
  unitNormalization: [{}, { args: { axis: 1 }, inputs: [[3, 4]] }],
};
