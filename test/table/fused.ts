/** @file Rows of the namespace `fused`. */
import { fused, type Tensor } from "../../src/index.js";
import { broadcastShape, eachPosition, indexIn, matMul, type Values } from "../naive.js";
import { sigmoidOf } from "./pointwise.js";
import { DENORMAL, type InputSpec, type Row, range, type Sample } from "./row.js";

interface Attributes {
  transposeA?: boolean;
  transposeB?: boolean;
  activation?: fused.Activation;
  alpha?: number;
}

/** a, b, then bias and slopes where they are given. */
const product = (shapes: readonly (readonly number[])[], attributes: Attributes = {}): Sample => ({ inputs: shapes.map((shape) => ({ shape })), attributes });
const activations: fused.Activation[] = ["linear", "relu", "relu6", "elu", "sigmoid", "tanh", "leakyrelu"];

const values: Record<fused.Activation, (x: number, slope: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
  sigmoid: sigmoidOf,
  tanh: Math.tanh,
  prelu: (x, slope) => (x < 0 ? x * slope : x),
  leakyrelu: (x, slope) => (x < 0 ? x * slope : x),
};

export const fusedRows: Record<string, Row> = {
  "fused.matMul": {
    call: ([a, b, bias, slopes], { transposeA, transposeB, activation, alpha }: Attributes) =>
      fused.matMul({ a: a as Tensor, b: b as Tensor, transposeA, transposeB, bias, activation, preluActivationWeights: slopes, leakyreluAlpha: alpha }),
    samples: [
      ...activations.flatMap((activation) => [
        product(
          [
            [3, 4],
            [4, 5],
          ],
          { activation },
        ),
        product([[3, 4], [4, 5], [5]], { activation }),
        product([[4, 3], [5, 4], [5]], { activation, transposeA: true, transposeB: true }),
        product([[2, 3, 4], [2, 4, 9], [9]], { activation }),
        product([[2, 3, 4], [4, 9], [9]], { activation }),
      ]),
      product(
        [
          [3, 4],
          [4, 5],
          [3, 5],
        ],
        { activation: "relu" },
      ),
      product([[3, 4], [4, 5], [5], [5]], { activation: "prelu" }),
      product([[3, 4], [4, 5], [5], [3, 5]], { activation: "prelu" }),
      product([[3, 4], [4, 5], [5]], { activation: "leakyrelu", alpha: 0.5 }),
      product([[0, 4], [4, 5], [5]], { activation: "relu" }),
    ],
    oracle: ([a, b, bias, slopes], { transposeA, transposeB, activation = "linear", alpha = 0.2 }: Attributes) => {
      const { shape, data, magnitude } = matMul(a as Values, b as Values, transposeA, transposeB);
      const result: number[] = [];
      const sizes: number[] = [];
      eachPosition(broadcastShape(shape, bias?.shape ?? []) as number[], (position, i) => {
        const shift = bias === undefined ? 0 : (bias.data[indexIn(bias.shape, position)] as number);
        const slope = slopes === undefined ? alpha : (slopes.data[indexIn(slopes.shape, position)] as number);
        result.push(values[activation]((data[i] as number) + shift, slope));
        sizes.push((magnitude[i] as number) + Math.abs(shift) + Math.abs(result[i] as number));
      });
      return { shape, data: result, magnitude: sizes };
    },
    atol: DENORMAL,
    rtol: 6e-7,
    domains: [range(-1, 1)],
    gradient: {
      samples: [
        product([[2, 3], [3, 2], [2]], { activation: "sigmoid" }),
        product([[3, 2], [2, 3], [2]], { activation: "tanh", transposeA: true, transposeB: true }),
        product([[2, 3], [3, 2], [2]]),
      ],
    },
    flops: ({ inputs: [a, b] }) => 2 * (a as InputSpec).shape.reduce((x, y) => x * y, 1) * ((b as InputSpec).shape.at(-1) as number),
    bench: {
      small: product([[4, 4], [4, 4], [4]], { activation: "relu" }),
      typical: product([[32, 784], [784, 128], [128]], { activation: "relu" }),
      large: product([[512, 512], [512, 512], [512]], { activation: "relu6" }),
    },
  },
};
