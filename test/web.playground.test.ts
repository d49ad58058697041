/** @file The playground's parts that need no page: points, settings in an address, training, one sample's gradients, the graph's layout. */
import { afterEach, describe, expect, test } from "vitest";
import { FEATURES, featuresOf, gridPoints } from "../web/src/tabs/playground/features.js";
import { connectionAt, curveOf, layOut, neighbour, neuronAt, pointAt } from "../web/src/tabs/playground/layout.js";
import { MAP_SIDE, SURFACE_SIDE } from "../web/src/tabs/playground/network.js";
import { knownAt, type Pass, product, stagesOf } from "../web/src/tabs/playground/pass.js";
import { erased, makePoints, nearest, REACH, SETS, split } from "../web/src/tabs/playground/points.js";
import { Session } from "../web/src/tabs/playground/session.js";
import {
  ACTIVATIONS,
  type ActivationName,
  DEFAULTS,
  decode,
  decodePoints,
  encode,
  encodePoints,
  OPTIMIZERS,
  PENALTIES,
  type Settings,
} from "../web/src/tabs/playground/settings.js";

const sessions: Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
});
function sessionOf(settings: Partial<Settings> = {}): Session {
  const session = new Session({ ...DEFAULTS, ...settings });
  sessions.push(session);
  return session;
}

describe("points", () => {
  test.each(SETS)("%s has as many points as asked for, half of each class, all in the plane, and the same for the same seed", (set) => {
    const points = makePoints(set, 200, 0.3, 7);
    expect(points.length).toBe(200);
    expect(points.filter(({ label }) => label === 1).length).toBe(100);
    for (const { x, y } of points) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(REACH);
    expect(makePoints(set, 200, 0.3, 7)).toEqual(points);
    expect(makePoints(set, 200, 0.3, 8)).not.toEqual(points);
  });

  test("without noise XOR's classes are its quadrants", () => {
    for (const { x, y, label } of makePoints("xor", 100, 0, 1)) expect(label).toBe(x * y > 0 ? 1 : 0);
  });

  test.each([0.2, 0.5, 0.7, 0.9])("a share of %d is for training, of each class, and stays there when points are added", (share) => {
    const points = makePoints("circles", 200, 0, 1);
    const { train, test } = split(points, share);
    expect(train.length + test.length).toBe(200);
    expect(train.length).toBeCloseTo(200 * share, -1);
    expect(Math.abs(train.filter(({ label }) => label === 1).length - train.length / 2)).toBeLessThanOrEqual(1);
    const more = split([...points, { x: 0, y: 0, label: 0 }], share);
    expect(more.train.slice(0, train.length)).toEqual(train);
    expect(split(points.slice(0, 1), share).train.length).toBe(1);
  });

  test("the nearest within reach, and erasing", () => {
    const points = [
      { x: 0, y: 0, label: 0 },
      { x: 1, y: 1, label: 1 },
    ] as const;
    expect(nearest(points, 0.9, 0.8)).toBe(1);
    expect(nearest(points, 3, 3, 1)).toBe(-1);
    expect(erased(points, 0.1, 0, 0.5)).toEqual([points[1]]);
  });

  test("features and the grid", () => {
    expect([...featuresOf([{ x: 1.5, y: -2 }], FEATURES)]).toEqual([1.5, -2, 0.75, 4 / 3, -1, Math.sin(1.5), Math.sin(-2)].map(Math.fround));
    const grid = gridPoints(3);
    expect(grid.slice(0, 2)).toEqual([
      { x: -2, y: 2 },
      { x: 0, y: 2 },
    ]);
    expect(grid.at(-1)).toEqual({ x: 2, y: -2 });
  });
});

describe("settings in an address", () => {
  test("what is as by default is not told", () => {
    expect(encode(DEFAULTS)).toBe("");
    expect(decode(new URLSearchParams())).toEqual(DEFAULTS);
  });

  test("all come back", () => {
    const settings: Settings = {
      set: "drawn",
      count: 120,
      noise: 0.15,
      dataSeed: 12,
      share: 0.5,
      drawn: decodePoints(encodePoints(makePoints("spirals", 30, 0.1, 1))),
      features: ["x1", "x2", "sin1"],
      layers: [
        { units: 8, activation: "relu" },
        { units: 3, activation: "gelu" },
      ],
      seed: 99,
      optimizer: "sgd",
      learningRate: 0.1,
      batchSize: 32,
      penalty: "l2",
      penaltyRate: 0.003,
      pace: 60,
    };
    expect(decode(new URLSearchParams(encode(settings)))).toEqual(settings);
    expect(decode(new URLSearchParams(encode({ ...settings, layers: [] }))).layers).toEqual([]);
  });

  test("nonsense is as by default", () => {
    const text =
      "set=moons&count=x&noise=-&share=&features=y&layers=9tanh,4sine&seed=-1&optimizer=lion&learningRate=7&batchSize=3&penalty=l3&pace=2&drawn=!!!!";
    expect(decode(new URLSearchParams(text))).toEqual({ ...DEFAULTS, layers: [] });
    expect(decode(new URLSearchParams("count=100000&noise=9")).count).toBe(400);
    expect(decode(new URLSearchParams(`layers=${"4relu,".repeat(50)}`)).layers.length).toBe(6);
  });

  test("a point in four characters is where it was, to three thousandths", () => {
    const points = makePoints("gaussians", 50, 0.2, 3);
    const back = decodePoints(encodePoints(points));
    expect(encodePoints(points).length).toBe(200);
    for (const [i, { x, y, label }] of points.entries()) {
      expect(Math.abs((back[i]?.x ?? 9) - x)).toBeLessThan(0.003);
      expect(Math.abs((back[i]?.y ?? 9) - y)).toBeLessThan(0.003);
      expect(back[i]?.label).toBe(label);
    }
  });
});

/** The activations in float64; those with an error function by its series. */
const erf = (x: number): number => {
  let [term, sum] = [x, x];
  for (let n = 1; n < 80; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
};
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const exact: Record<ActivationName, (z: number) => number> = {
  tanh: Math.tanh,
  relu: (z) => Math.max(0, z),
  sigmoid,
  gelu: (z) => 0.5 * z * (1 + erf(z / Math.SQRT2)),
  silu: (z) => z * sigmoid(z),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  softplus: (z) => Math.log1p(Math.exp(z)),
  linear: (z) => z,
};

/** The loss of a pass in float64, from its inputs and weights; `nudge` is added to the value of one neuron. */
function lossOf(pass: Pass, layers: Settings["layers"], kernels: readonly ArrayLike<number>[], biases: readonly ArrayLike<number>[], nudge?: number[]): number {
  const nudged = (values: number[], layer: number): number[] =>
    values.map((value, unit) => value + (nudge?.[0] === layer && nudge[1] === unit ? (nudge[2] as number) : 0));
  let a = nudged([...(pass.values[0] as Float32Array)], 0);
  let z: number[] = [];
  for (const [i, kernel] of kernels.entries()) {
    const bias = biases[i] as ArrayLike<number>;
    z = Array.from(bias, (b, unit) => a.reduce((sum, value, from) => sum + value * (kernel[from * bias.length + unit] as number), b));
    if (i < layers.length) a = nudged(z.map(exact[layers[i]?.activation as ActivationName]), i + 1);
  }
  const logit = z[0] as number;
  return Math.log1p(Math.exp(logit)) - pass.label * logit;
}

describe("one sample's pass", () => {
  test.each(ACTIVATIONS)("with %s its gradients are those of finite differences", (activation) => {
    const layers = [
      { units: 4, activation },
      { units: 3, activation: activation === "tanh" ? "sigmoid" : "tanh" },
    ] as const;
    const session = sessionOf({ layers, features: ["x1", "x2", "x1x2"], seed: 5 });
    session.finishEpoch();
    const pass = session.pass(session.points[3] as (typeof session.points)[0]);
    const h = 1e-5;
    const weights = (): number[][][] => [pass.kernels.map((kernel) => [...kernel]), pass.biases.map((bias) => [...bias])];
    const [kernels, biases] = weights() as [number[][], number[][]];
    expect(pass.loss).toBeCloseTo(lossOf(pass, layers, kernels, biases), 5);
    for (const [which, gradients] of [pass.kernelGradients, pass.sumGradients].entries())
      for (const [layer, values] of gradients.entries())
        for (const [i, gradient] of values.entries()) {
          const at = (by: number): number => {
            const moved = weights();
            const row = (moved[which] as number[][])[layer] as number[];
            row[i] = (row[i] as number) + by;
            return lossOf(pass, layers, ...(moved as [number[][], number[][]]));
          };
          expect(gradient).toBeCloseTo((at(h) - at(-h)) / (2 * h), 5);
        }
    expect(pass.valueGradients.map(({ length }) => length)).toEqual([3, 4, 3]);
    for (const [layer, values] of pass.valueGradients.entries())
      for (const [unit, gradient] of values.entries()) {
        const at = (by: number): number => lossOf(pass, layers, kernels, biases, [layer, unit, by]);
        expect(gradient).toBeCloseTo((at(h) - at(-h)) / (2 * h), 5);
      }
  });

  test("products add up to the sums, and the step's loss is that after gradient descent", () => {
    const session = sessionOf({ learningRate: 0.3 });
    const pass = session.pass(session.points[0] as (typeof session.points)[0]);
    for (const [i, sums] of pass.sums.entries())
      for (const [to, sum] of sums.entries()) {
        const products = Array.from(pass.values[i] as Float32Array, (_, from) => product(pass, { layer: i + 1, from, to }));
        expect(products.reduce((a, b) => a + b, pass.biases[i]?.[to])).toBeCloseTo(sum, 5);
      }
    const stepped = (weights: readonly Float32Array[], gradients: readonly Float32Array[]): number[][] =>
      weights.map((values, i) => Array.from(values, (value, j) => value - 0.3 * (gradients[i]?.[j] as number)));
    const after = lossOf(pass, DEFAULTS.layers, stepped(pass.kernels, pass.kernelGradients), stepped(pass.biases, pass.sumGradients));
    expect(pass.lossAfter).toBeCloseTo(after, 5);
    expect(pass.lossAfter).toBeLessThan(pass.loss);
  });

  test("its stages go forward, to the loss, back, and to the update", () => {
    const stages = stagesOf(2);
    expect(stages.map(({ kind, layer }) => `${kind} ${layer}`)).toEqual([
      "inputs 0",
      "forward 1",
      "forward 2",
      "loss 2",
      "backward 2",
      "backward 1",
      "update 0",
    ]);
    const known = (index: number, hasArrived: boolean): string[] => [0, 1, 2].map((layer) => knownAt(stages[index] as (typeof stages)[0], layer, hasArrived));
    expect(known(0, false)).toEqual(["value", "nothing", "nothing"]);
    expect(known(1, false)).toEqual(["value", "nothing", "nothing"]);
    expect(known(1, true)).toEqual(["value", "value", "nothing"]);
    expect(known(4, false)).toEqual(["value", "value", "gradient"]);
    expect(known(4, true)).toEqual(["value", "gradient", "gradient"]);
    expect(known(6, true)).toEqual(["gradient", "gradient", "gradient"]);
  });
});

describe("a session", () => {
  test("XOR is solved within 20 epochs as the tab begins, which at its pace is one second", () => {
    const session = sessionOf();
    let epochs = 0;
    while (epochs < 20 && !(session.test.accuracy === 1 && session.test.loss < 0.1)) {
      session.finishEpoch();
      epochs++;
    }
    expect(session.test.accuracy).toBe(1);
    expect(session.test.loss).toBeLessThan(0.1);
    expect(DEFAULTS.pace).toBe(20);
    expect(session.network.surface().length).toBe(SURFACE_SIDE ** 2);
    expect(session.network.maps().length).toBe(MAP_SIDE ** 2 * (2 + 4 + 4 + 1));
  });

  test("the surface is the network's probability, row by row from the top", () => {
    const session = sessionOf({ layers: [] });
    const surface = session.network.surface();
    const { x, y } = gridPoints(SURFACE_SIDE)[123] as { x: number; y: number };
    expect(surface[123]).toBeCloseTo(session.pass({ x, y, label: 0 }).values[1]?.[0] as number, 6);
  });

  test("a seed gives the same course again, and reset begins anew", () => {
    const [a, b] = [sessionOf({ seed: 3 }), sessionOf({ seed: 3 })];
    for (const session of [a, b]) for (let i = 0; i < 3; i++) session.finishEpoch();
    expect(a.network.weights()).toEqual(b.network.weights());
    expect(a.course).toEqual(b.course);
    const first = a.course.train[0];
    a.reset();
    expect([a.epoch, a.course.train]).toEqual([0, [first]]);
  });

  test.each(OPTIMIZERS)("%s lowers the loss, and may take over while training", (optimizer) => {
    const session = sessionOf({ set: "gaussians", optimizer: "sgd" });
    session.finishEpoch();
    const weights = session.network.weights();
    session.change({ ...session.settings, optimizer, learningRate: 0.01 });
    expect(session.network.weights()).toEqual(weights);
    const { loss } = session.train;
    for (let i = 0; i < 5; i++) session.finishEpoch();
    expect(session.train.loss).toBeLessThan(loss);
  });

  test.each(PENALTIES)("with penalty %s weights are as large as it lets them", (penalty) => {
    const size = (settings: Partial<Settings>): number => {
      const session = sessionOf({ ...settings, set: "circles" });
      for (let i = 0; i < 15; i++) session.finishEpoch();
      return session.network.weights().kernels.reduce((sum, kernel) => sum + kernel.reduce((a, w) => a + Math.abs(w), 0), 0);
    };
    const [free, held] = [size({}), size({ penalty, penaltyRate: 0.03 })];
    if (penalty === "none") expect(held).toBe(free);
    else expect(held).toBeLessThan(0.8 * free);
  });

  test("it trains at its pace, and never longer than its budget", () => {
    const session = sessionOf({ pace: 20 });
    for (let i = 0; i < 30; i++) session.advance(1 / 60, 1000);
    expect(session.epoch).toBeCloseTo(10, 0);
    // A page that was away for a minute does not hurry.
    session.advance(60, 1000);
    expect(session.epoch).toBeLessThan(13);
    const { epoch } = session;
    session.advance(0.1, 0);
    expect(session.epoch).toBe(epoch);
  });

  test("changes on the way leave the epochs in order", () => {
    const session = sessionOf({ set: "circles" });
    for (const changed of [{ learningRate: 0.1 }, { noise: 0.2 }, { batchSize: 32 }, { count: 100 }, { penalty: "l2" }] as const) {
      for (let i = 0; i < 5; i++) session.advance(1 / 60, 1000);
      session.change({ ...session.settings, ...changed });
    }
    const { epochs } = session.course;
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
    expect(epochs.length).toBeGreaterThan(20);
  });

  test("points of one class, or none, do not train; a curve stays short", () => {
    const session = sessionOf({ set: "drawn", drawn: [{ x: 1, y: 1, label: 1 }] });
    expect(session.canTrain).toBe(false);
    session.finishEpoch();
    session.advance(1, 5);
    expect(session.epoch).toBe(0);
    session.change({ ...session.settings, drawn: [] });
    expect(session.train.loss).toBeNaN();
    expect(session.hasDiverged).toBe(false);
    session.change({ ...session.settings, set: "xor", count: 20, batchSize: 128 });
    for (let i = 0; i < 1000; i++) session.finishEpoch();
    expect(session.course.epochs.length).toBeLessThanOrEqual(400);
    expect(session.course.epochs.at(0)).toBe(0);
    expect(session.epoch).toBe(1000);
  });

  test("a rate that is too high ends in numbers that are none, which is told", () => {
    const session = sessionOf({
      optimizer: "momentum",
      learningRate: 3,
      layers: Array.from({ length: 4 }, () => ({ units: 8, activation: "linear" as const })),
    });
    for (let i = 0; i < 60 && !session.hasDiverged; i++) session.finishEpoch();
    expect(session.hasDiverged).toBe(true);
    session.change({ ...session.settings, learningRate: 0.001 });
    session.reset();
    expect(session.hasDiverged).toBe(false);
  });
});

describe("the graph", () => {
  const widest = [7, 8, 8, 8, 8, 8, 8, 1];
  test.each([
    [320, [2, 4, 4, 1]],
    [304, widest],
    [540, widest],
    [660, [2, 1]],
    [660, widest],
    [900, [2, 4, 4, 1]],
  ])("within %d px, layers of %j lie apart and inside", (width, sizes) => {
    const layout = layOut(sizes, width);
    const places = layout.places.flat();
    expect(layout.isUpright).toBe(width < 600);
    const half = layout.side / 2;
    expect(layout.side).toBeGreaterThanOrEqual(26);
    for (const { x, y } of places) {
      expect(x - half).toBeGreaterThanOrEqual(0);
      expect(x + half).toBeLessThanOrEqual(width);
      expect(y - half).toBeGreaterThanOrEqual(0);
      expect(y + half + 14).toBeLessThanOrEqual(layout.height);
    }
    for (const [i, a] of places.entries())
      for (const b of places.slice(0, i)) expect(Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y))).toBeGreaterThanOrEqual(layout.side + 4);
  });

  test("neurons and connections are found by place, and by arrow keys", () => {
    const layout = layOut([2, 3, 1], 700);
    const place = layout.places[1]?.[2] as { x: number; y: number };
    expect(neuronAt(layout, place.x + 3, place.y)).toMatchObject({ layer: 1, unit: 2 });
    expect(neuronAt(layout, 1, 1)).toBeNull();
    const connection = { layer: 2, from: 0, to: 0 };
    const [x, y] = pointAt(curveOf(layout, connection), 0.4);
    expect(connectionAt(layout, x, y + 1)).toEqual(connection);
    expect(connectionAt(layout, 1, 1)).toBeNull();
    expect(neighbour(layout, { layer: 1, unit: 2 }, "ArrowUp")).toMatchObject({ layer: 1, unit: 1 });
    expect(neighbour(layout, { layer: 1, unit: 2 }, "ArrowDown")).toBeNull();
    expect(neighbour(layout, { layer: 1, unit: 2 }, "ArrowRight")).toMatchObject({ layer: 2, unit: 0 });
    expect(neighbour(layout, { layer: 1, unit: 0 }, "ArrowLeft")).toMatchObject({ layer: 0, unit: 0 });
    expect(neighbour(layout, { layer: 1, unit: 0 }, "Tab")).toBeNull();
  });
});
