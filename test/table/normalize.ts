/** @file Rows of batch, group, instance and local response normalisation, of softmin and l2Normalize. */
import {
  add,
  batchNorm,
  batchNorm2d,
  batchNorm3d,
  batchNorm4d,
  batchNormTraining,
  groupNorm,
  instanceNorm,
  l2Normalize,
  localResponseNormalization,
  moments,
  mul,
  rsqrt,
  softmin,
  type Tensor,
} from "../../src/index.js";
import { axesOf, type Expected, eachPosition, indexIn, reduce, type Values } from "../naive.js";
import { DENORMAL, defined, type InputSpec, NOT_FINITE, type Row, range, type Sample, WIDTHS, withDtype } from "./row.js";

const common = { atol: DENORMAL, rtol: 1.2e-6, domains: [range(-2, 2)] } satisfies Partial<Row>;
const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** An element by position, of a tensor that broadcasts. */
const pick = (x: Values, position: readonly number[]): number => x.data[indexIn(x.shape, position)] as number;

// ---- batchNorm ----

const POSITIVE = range(0.5, 1.5);
/** x, mean, variance, then offset and scale where `count` has them. */
const batch = (x: readonly number[], parameters: readonly number[], count = 5, attributes: object = {}): Sample => {
  const inputs: InputSpec[] = [
    { shape: x },
    { shape: parameters },
    { shape: parameters, domain: POSITIVE },
    { shape: parameters },
    { shape: parameters, domain: POSITIVE },
  ];
  return { inputs: inputs.slice(0, count), attributes };
};
const batches = (rank: number): Sample[] => {
  const shape = (last: number): number[] => [...[3, 2, 5, 4].slice(0, rank - 1), last];
  return [
    ...WIDTHS.filter((n) => n < 140).map((n) => batch(shape(n), [n])),
    batch(shape(6), [6], 3),
    batch(shape(6), [6], 4, { epsilon: 0.1 }),
    batch(shape(3), shape(3)),
    batch(shape(4), [1]),
  ];
};

function batchNormed([x, mean, variance, offset, scale]: readonly Values[], { epsilon = 1e-3 }: { epsilon?: number }): Expected {
  const { shape, data } = x as Values;
  const result: number[] = [];
  const magnitude: number[] = [];
  eachPosition(shape, (position, i) => {
    const factor = (scale === undefined ? 1 : pick(scale, position)) / Math.sqrt(pick(variance as Values, position) + epsilon);
    const shift = offset === undefined ? 0 : pick(offset, position);
    const [value, middle] = [data[i] as number, pick(mean as Values, position)];
    result.push((value - middle) * factor + shift);
    magnitude.push((Math.abs(value) + Math.abs(middle)) * Math.abs(factor) + Math.abs(shift));
  });
  return { shape, data: result, magnitude };
}

function batchNormRow(rank: number, f: typeof batchNorm, more: readonly Sample[] = []): Row {
  return {
    ...common,
    call: ([x, mean, variance, offset, scale], { epsilon }) => f(x as Tensor, mean as Tensor, variance as Tensor, offset, scale, epsilon),
    samples: [...batches(rank), ...more],
    oracle: batchNormed,
    gradient: {
      samples: [batch([3, 2, 2, 2].slice(-rank), [2]), batch([2, 2, 2, 2].slice(-rank), [2], 3), batch([3, 2, 2, 2].slice(-rank), [3, 2, 2, 2].slice(-rank))],
    },
    bench: {
      small: batch([2, 2, 2, 4].slice(-rank), [4]),
      typical: batch([4, 8, 32, 32].slice(-rank), [32]),
      large: batch(rank === 2 ? [16384, 64] : rank === 3 ? [16, 1024, 64] : [16, 32, 32, 64], [64]),
    },
  };
}

// ---- normalised by their own moments ----

/** Mean and variance of what shares a group, by position: `groupOf` names it. */
function normalized(x: Values, groupOf: (position: readonly number[]) => string, channel: number, epsilon: number, scale?: Values, offset?: Values): Expected {
  const groups = new Map<string, number[]>();
  eachPosition(x.shape, (position, i) => {
    const key = groupOf(position);
    const group = groups.get(key) ?? [];
    group.push(x.data[i] as number);
    groups.set(key, group);
  });
  const moments = new Map(
    [...groups].map(([key, values]) => {
      const mean = meanOf(values);
      return [key, { mean, deviation: Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)) + epsilon) }];
    }),
  );
  const data: number[] = [];
  const magnitude: number[] = [];
  eachPosition(x.shape, (position, i) => {
    const { mean, deviation } = moments.get(groupOf(position)) as { mean: number; deviation: number };
    const at = position[channel] as number;
    const [factor, shift] = [scale === undefined ? 1 : (scale.data[at] as number), offset === undefined ? 0 : (offset.data[at] as number)];
    const value = x.data[i] as number;
    data.push(((value - mean) / deviation) * factor + shift);
    magnitude.push(((Math.abs(value) + Math.abs(mean)) / deviation) * Math.abs(factor) + Math.abs(shift));
  });
  return { shape: x.shape, data, magnitude };
}

interface Own {
  axis?: number;
  groups?: number;
  epsilon?: number;
  part?: "y" | "mean" | "variance";
}
const channelOf = ({ axis = -1 }: Own, rank: number): number => axesOf(axis, rank)[0] as number;
const own = (shape: readonly number[], attributes: Own = {}, count = 3): Sample => {
  const channels = shape[channelOf(attributes, shape.length)] as number;
  return { inputs: [{ shape }, { shape: [channels], domain: POSITIVE }, { shape: [channels] }].slice(0, count), attributes };
};
const EPSILON = 1e-3;

const trained: Sample[] = [
  ...WIDTHS.filter((n) => n > 0 && n < 140).map((n) => own([5, n])),
  own([3, 4, 4, 6]),
  own([3, 4, 4, 6], { axis: 1, epsilon: 0.1 }),
  own([2, 3, 5], { axis: 0 }),
  own([300, 9]),
  own([4, 3], {}, 1),
  own([4, 3], {}, 2),
  own([4, 0]),
  ...(["mean", "variance"] as const).flatMap((part) => [own([5, 7], { part }), own([2, 3, 4, 5], { part, axis: 1 })]),
];

/** A sample of n channels for each number of groups that divides them. */
const grouped: Sample[] = [
  ...WIDTHS.filter((n) => n > 0 && n < 70).map((n) => own([2, 3, n], { groups: 1 })),
  ...[1, 2, 3, 4, 6, 12].flatMap((groups) => [own([2, 3, 3, 12], { groups }), own([2, 12, 5], { groups, axis: 1, epsilon: 0.1 }), own([3, 12], { groups })]),
  own([2, 5, 4, 3], { groups: 2, axis: 2 }),
  own([1, 1, 8], { groups: 2 }),
  own([2, 3, 4], { groups: 2 }, 1),
  own([0, 3, 4], { groups: 2 }),
];
const instances: Sample[] = [
  ...WIDTHS.filter((n) => n > 0 && n < 70).map((n) => own([2, n, 3])),
  own([2, 4, 3, 5]),
  own([2, 4, 3, 5], { axis: 1 }),
  own([2, 4, 3], {}, 1),
  own([0, 4, 3]),
];
const groupBench = (attributes: Own): Row["bench"] => ({
  small: own([2, 4, 8], attributes),
  typical: own([4, 64, 64], attributes),
  large: own([16, 1024, 64], attributes),
});

function groupOracle([x, scale, offset]: readonly Values[], attributes: Own): Expected {
  const { shape } = x as Values;
  const channel = channelOf(attributes, shape.length);
  const size = (shape[channel] as number) / (attributes.groups ?? (shape[channel] as number));
  const groupOf = (position: readonly number[]): string => `${position[0]} ${Math.floor((position[channel] as number) / size)}`;
  return normalized(x as Values, groupOf, channel, attributes.epsilon ?? EPSILON, scale, offset);
}

/** Inputs of channelNorm. */
const channels = (x: readonly number[]): Sample => ({ inputs: [x, ...new Array(3).fill(x.slice(-1))].map((shape) => ({ shape })) });
/** And z and slope. */
const two = (x: readonly number[]): Sample => ({ inputs: [...channels(x).inputs, { shape: x }, { shape: x.slice(-1) }] });

// ---- others ----

const along = (shape: readonly number[], attributes: object = {}): Sample => ({ inputs: [{ shape }], attributes });
const lengths: Sample[] = [
  ...WIDTHS.map((n) => along([3, n])),
  along([2, 3, 4], { axis: 1 }),
  along([2, 3, 4], { axis: [0, -1] }),
  along([2, 3, 4], { axis: null }),
  along([5], { epsilon: 1 }),
  { inputs: [{ shape: [2, 3], domain: [0, 0, 0, 3, 4, 0] }], attributes: {} },
];
const responses: Sample[] = [
  ...WIDTHS.filter((n) => n < 70).map((n) => along([2, 3, n])),
  along([2, 2, 3, 9], { radius: 1 }),
  along([2, 2, 3, 9], { radius: 2, bias: 0.5, alpha: 0.1, beta: 0.75 }),
  along([1, 2, 5], { radius: 0, bias: 2, alpha: 2, beta: 1 }),
  along([1, 2, 5], { radius: 9 }),
];

export const normalizeRows: Record<string, Row> = {
  softmin: {
    ...common,
    call: ([x], { axis }) => softmin(x as Tensor, axis),
    samples: [...WIDTHS.map((n) => along([3, n])), along([2, 3, 4], { axis: 1 }), along([]), ...withDtype([along([2, 3])], "int32", range(-5, 5))],
    oracle: ([x], { axis = -1 }) => {
      const { shape } = x as Values;
      const totals = reduce(x as Values, axesOf(shape.length === 0 ? [] : axis, shape.length), true, (values) =>
        values.reduce((sum, value) => sum + Math.exp(-value), 0),
      );
      const data: number[] = [];
      eachPosition(shape, (position, i) => data.push(Math.exp(-((x as Values).data[i] as number)) / pick({ ...totals, dtype: "float32" }, position)));
      return { shape, data };
    },
    gradient: { samples: [along([2, 3]), along([2, 3, 2], { axis: 1 })] },
    bench: { small: along([8, 10]), typical: along([128, 128]), large: along([1024, 1024]) },
  },
  l2Normalize: {
    ...common,
    call: ([x], { axis, epsilon }) => l2Normalize(x as Tensor, axis, epsilon),
    samples: lengths,
    oracle: ([x], { axis = -1, epsilon = 1e-12 }) => {
      const { shape, data } = x as Values;
      const lengthOf = (values: number[]): number =>
        Math.sqrt(
          Math.max(
            epsilon,
            values.reduce((sum, value) => sum + value * value, 0),
          ),
        );
      const norms: Values = { ...reduce(x as Values, axis, true, lengthOf), dtype: "float32" };
      const result: number[] = [];
      eachPosition(shape, (position, i) => result.push((data[i] as number) / pick(norms, position)));
      return { shape, data: result };
    },
    gradient: { samples: [along([2, 5]), along([2, 3, 2], { axis: 1 })] },
    bench: { small: along([8, 10]), typical: along([128, 128]), large: along([1024, 1024]) },
  },
  batchNorm: batchNormRow(4, batchNorm, [
    ...batches(1),
    ...batches(3),
    { ...batch([3, 2], [2], 3), inputs: [{ shape: [3, 2] }, { shape: [] }, { shape: [], domain: POSITIVE }] },
  ]),
  batchNorm2d: batchNormRow(2, batchNorm2d),
  batchNorm3d: batchNormRow(3, batchNorm3d),
  batchNorm4d: batchNormRow(4, batchNorm4d),
  batchNormTraining: {
    ...common,
    call: ([x, scale, offset], { axis, epsilon, part = "y" }: Own) => batchNormTraining(x as Tensor, scale, offset, axis, epsilon)[part],
    samples: trained,
    oracle: ([x, scale, offset], attributes: Own) => {
      const { shape } = x as Values;
      const channel = channelOf(attributes, shape.length);
      if (attributes.part === undefined || attributes.part === "y")
        return normalized(x as Values, (position) => String(position[channel]), channel, attributes.epsilon ?? EPSILON, scale, offset);
      const others = shape.flatMap((_, i) => (i === channel ? [] : [i]));
      const variance = (values: number[]): number => meanOf(values.map((value) => (value - meanOf(values)) ** 2));
      return {
        ...reduce(x as Values, others, false, attributes.part === "mean" ? meanOf : variance),
        magnitude: reduce(x as Values, others, false, (values) => meanOf(values.map(Math.abs)) + variance(values)).data,
      };
    },
    gradient: { samples: [own([4, 3]), own([2, 2, 3], { axis: 1, epsilon: 0.1 }), own([4, 3], { part: "mean" }), own([4, 3], { part: "variance" })] },
    bench: { small: own([8, 4]), typical: own([32, 8, 64]), large: own([16384, 64]) },
  },
  channelNorm: {
    ...common,
    call: (inputs) => defined("channelNorm")(inputs, {}),
    samples: WIDTHS.flatMap((n) => [channels([3, n]), two([5, n])]),
    oracle: ([x, mean, factor, offset, z, slope]) => {
      const { shape, data } = x as Values;
      const n = shape.at(-1) as number;
      const at = (of: Values | undefined, i: number): number => (of as Values).data[i % n] as number;
      const more = (i: number): number => (z === undefined ? 0 : (z.data[i] as number) * at(slope, i));
      const size = (i: number, value: number): number =>
        (Math.abs(value) + Math.abs(at(mean, i))) * Math.abs(at(factor, i)) + Math.abs(at(offset, i)) + Math.abs(more(i));
      return {
        shape,
        data: Array.from(data, (value, i) => (value - at(mean, i)) * at(factor, i) + at(offset, i) + more(i)),
        magnitude: Array.from(data, (value, i) => size(i, value)),
      };
    },
    gradient: { samples: [channels([3, 2]), channels([2, 2, 5]), two([3, 2])] },
    bench: { small: channels([8, 4]), typical: channels([256, 64]), large: channels([16384, 64]) },
  },
  ownNorm: {
    ...common,
    call: ([x, scale, offset]) => {
      const { mean, variance } = moments(x as Tensor, 0);
      const s = rsqrt(add(variance, EPSILON));
      return defined("ownNorm")([x as Tensor, mean, mul(s, scale as Tensor), offset as Tensor, s, scale as Tensor], { width: 1 });
    },
    samples: WIDTHS.filter((n) => n > 0 && n < 140).map((n) => own([3, n])),
    oracle: ([x, scale, offset]) => normalized(x as Values, ([, channel]) => String(channel), 1, EPSILON, scale, offset),
    gradient: { samples: [own([4, 3]), own([3, 5])] },
    bench: { small: own([8, 4]), typical: own([256, 64]), large: own([16384, 64]) },
  },
  groupNorm: {
    ...common,
    call: ([x, scale, offset], { groups, epsilon, axis }: Own) => groupNorm(x as Tensor, groups, scale, offset, epsilon, axis),
    samples: grouped,
    oracle: groupOracle,
    gradient: { samples: [own([2, 3, 4], { groups: 2 }), own([2, 4, 2], { groups: 2, axis: 1 }), own([2, 2, 2], { groups: 1 })] },
    special: [{ inputs: [{ shape: [4, 3], domain: [1, 2, ...NOT_FINITE, 1, 2, 3, 4, 5, 6, 7] }], attributes: { groups: 1 } }],
    bench: groupBench({ groups: 8 }),
  },
  instanceNorm: {
    ...common,
    call: ([x, scale, offset], { epsilon, axis }: Own) => instanceNorm(x as Tensor, scale, offset, epsilon, axis),
    samples: instances,
    oracle: groupOracle,
    gradient: { samples: [own([2, 4, 2]), own([2, 2, 4], { axis: 1 })] },
    bench: groupBench({}),
  },
  localResponseNormalization: {
    ...common,
    call: ([x], { radius, bias, alpha, beta }) => localResponseNormalization(x as Tensor, radius, bias, alpha, beta),
    samples: responses,
    oracle: ([x], { radius = 5, bias = 1, alpha = 1, beta = 0.5 }) => {
      const { shape, data } = x as Values;
      const depth = shape[shape.length - 1] as number;
      return {
        shape,
        data: Array.from(data, (value, i) => {
          let sum = 0;
          for (let c = 0; c < depth; c++) if (Math.abs(c - (i % depth)) <= radius) sum += (data[i - (i % depth) + c] as number) ** 2;
          return value / (bias + alpha * sum) ** beta;
        }),
      };
    },
    gradient: { samples: [along([1, 2, 5], { radius: 1 }), along([1, 2, 2, 3], { radius: 1, bias: 0.5, alpha: 0.1, beta: 0.75 })] },
    bench: { small: along([2, 4, 8]), typical: along([4, 8, 8, 32]), large: along([4, 64, 64, 64]) },
  },
};
