/** @file The network in engram: its weights, a compiled training step, what it says over the plane. */
import {
  type Compiled,
  compile,
  concat,
  dispose,
  initializers,
  losses,
  matMul,
  type Optimizer,
  scalar,
  sigmoid,
  stack,
  type Tensor,
  tensor,
  tidy,
  train,
  type Variable,
  valueAndGrads,
  variable,
  zeros,
} from "engram";
import { activations } from "./activations.js";
import { type Feature, featuresOf, gridPoints } from "./features.js";
import type { Pass } from "./pass.js";
import type { Point } from "./points.js";
import type { ActivationName, HiddenLayer, OptimizerName, Penalty } from "./settings.js";

/** What a network is made of; another shape is another network. */
export interface Shape {
  readonly features: readonly Feature[];
  readonly layers: readonly HiddenLayer[];
  readonly seed: number;
}

/** How it is trained; can change while it is. */
export interface Method {
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly penalty: Penalty;
  readonly penaltyRate: number;
}

/** Points as the network takes them. */
export interface Samples {
  readonly x: Float32Array<ArrayBuffer>;
  readonly y: Float32Array<ArrayBuffer>;
  readonly count: number;
}

export const samplesOf = (points: readonly Point[], features: readonly Feature[]): Samples => ({
  x: featuresOf(points, features),
  y: Float32Array.from(points, ({ label }) => label),
  count: points.length,
});

/** A layer's sums and what its activation makes of them. */
export interface LayerValues {
  readonly z: Tensor;
  readonly a: Tensor;
}

interface Traced {
  readonly losses: Tensor;
  readonly values: readonly Tensor[];
  readonly sums: readonly Tensor[];
  readonly kernelGradients: readonly Tensor[];
  readonly sumGradients: readonly Tensor[];
  readonly valueGradients: readonly Tensor[];
}

const makeOptimizer: Record<OptimizerName, (rate: number) => Optimizer> = {
  adam: (rate) => train.adam(rate),
  sgd: (rate) => train.sgd(rate),
  momentum: (rate) => train.momentum(rate, 0.9),
  rmsprop: (rate) => train.rmsprop(rate),
};

/** Of logits, so that no digit is lost where the network is sure. */
const crossentropy = losses.binaryCrossentropy({ fromLogits: true });

/** Cells of the surface's side, and of the little maps' in the graph. */
export const SURFACE_SIDE = 100;
export const MAP_SIDE = 24;

/** The values of a result that nobody else needs. */
function taken(result: Tensor): Float32Array {
  const values = result.dataSync();
  result.dispose();
  return values;
}

/** The last layer is one sigmoid unit: the probability of class 1. */
export class Network {
  /** Sizes of the layers, the inputs first, the output last. */
  readonly sizes: readonly number[];
  readonly activations: readonly ActivationName[];
  /** Of each layer, [inputs, units]. */
  readonly kernels: readonly Variable[];
  readonly biases: readonly Variable[];
  private method: Method;
  private optimizer: Optimizer;
  private step: Compiled<(x: Tensor, y: Tensor) => Tensor>;
  private readonly measured: Compiled<(x: Tensor, y: Tensor) => Tensor>;
  private readonly probability: Compiled<(x: Tensor) => Tensor>;
  private readonly everything: Compiled<(x: Tensor) => Tensor>;
  private readonly traced: Compiled<(x: Tensor, y: Tensor, rate: Tensor) => Traced>;
  private readonly surfaceGrid: Tensor;
  private readonly mapGrid: Tensor;

  constructor(
    readonly shape: Shape,
    method: Method,
  ) {
    const { features, layers, seed } = shape;
    this.sizes = [features.length, ...layers.map(({ units }) => units), 1];
    this.activations = [...layers.map(({ activation }) => activation), "sigmoid"];
    this.kernels = this.sizes.slice(1).map((units, i) => {
      // Seeds of layers are far apart, so that two seeds never share one.
      const options = { seed: seed * 1009 + i };
      const initializer = /relu|elu|silu/.test(this.activations[i] as string) ? initializers.heNormal(options) : initializers.glorotUniform(options);
      return variable(initializer.apply([this.sizes[i] as number, units]), true, `kernel${i}`);
    });
    this.biases = this.sizes
      .slice(1)
      .map((units, i) => variable(tensor(new Float32Array(units).fill(this.activations[i] === "relu" ? 0.1 : 0)), true, `bias${i}`));
    this.method = method;
    this.optimizer = makeOptimizer[method.optimizer](method.learningRate);
    this.step = this.makeStep();
    this.measured = compile((x: Tensor, y: Tensor) => {
      const logits = this.logits(x);
      const right = logits.greater(0).equal(y.greater(0.5)).cast("float32").mean();
      return stack([crossentropy.apply(y, logits), right]);
    });
    this.probability = compile((x: Tensor) => sigmoid(this.logits(x)));
    this.everything = compile((x: Tensor) => concat([x, ...this.forward(x).map(({ a }) => a)], 1));
    this.traced = compile((x: Tensor, y: Tensor, rate: Tensor) => this.backward(x, y, rate));
    const grid = (side: number): Tensor => tensor(featuresOf(gridPoints(side), features), [side * side, features.length]);
    this.surfaceGrid = grid(SURFACE_SIDE);
    this.mapGrid = grid(MAP_SIDE);
  }

  /** All trainable variables. */
  get variables(): Variable[] {
    return [...this.kernels, ...this.biases];
  }

  /** Sums and activations of every layer, for rows of features; by default of the network's own weights. */
  forward(x: Tensor, kernels: readonly Tensor[] = this.kernels, biases: readonly Tensor[] = this.biases, nudges: readonly Tensor[] = []): LayerValues[] {
    const nudged = (a: Tensor, i: number): Tensor => (nudges[i] === undefined ? a : a.add(nudges[i]));
    let a = nudged(x, 0);
    return kernels.map((kernel, i) => {
      const z = matMul(a, kernel).add(biases[i] as Tensor);
      a = nudged(activations[this.activations[i] as ActivationName](z), i + 1);
      return { z, a };
    });
  }

  /** Everything of one sample's way forward and back. A zero added to a layer's values has their gradient, so all come from one call. */
  private backward(x: Tensor, y: Tensor, rate: Tensor): Traced {
    const count = this.kernels.length;
    const nudges = this.sizes.slice(0, -1).map((size) => zeros([1, size]));
    let layers: LayerValues[] = [];
    const { value: loss, grads } = valueAndGrads((...inputs) => {
      layers = this.forward(x, inputs.slice(0, count), inputs.slice(count, 2 * count), inputs.slice(2 * count));
      return crossentropy.apply(y, (layers.at(-1) as LayerValues).z);
    })([...this.kernels, ...this.biases, ...nudges]);
    const after = [...this.kernels, ...this.biases].map((weight, i) => weight.sub((grads[i] as Tensor).mul(rate)));
    const lossAfter = crossentropy.apply(y, (this.forward(x, after.slice(0, count), after.slice(count)).at(-1) as LayerValues).z);
    return {
      losses: stack([loss, lossAfter]),
      values: layers.map(({ a }) => a),
      sums: layers.map(({ z }) => z),
      kernelGradients: grads.slice(0, count),
      sumGradients: grads.slice(count, 2 * count),
      valueGradients: grads.slice(2 * count),
    };
  }

  private logits(x: Tensor): Tensor {
    return (this.forward(x).at(-1) as LayerValues).z;
  }

  /** The loss that training minimises: mean cross-entropy, and the penalty on weights. */
  private loss(x: Tensor, y: Tensor): Tensor {
    const { penalty, penaltyRate } = this.method;
    let loss = crossentropy.apply(y, this.logits(x));
    if (penalty !== "none") for (const kernel of this.kernels) loss = loss.add((penalty === "l1" ? kernel.abs() : kernel.square()).sum().mul(penaltyRate));
    return loss;
  }

  private makeStep(): Compiled<(x: Tensor, y: Tensor) => Tensor> {
    return compile((x: Tensor, y: Tensor) => this.optimizer.minimize(() => this.loss(x, y), true, this.variables) as Tensor);
  }

  /** Trains otherwise from the next step on; the weights stay. */
  change(method: Method): void {
    const before = this.method;
    this.method = method;
    if (method.optimizer !== before.optimizer) {
      this.optimizer.dispose();
      this.optimizer = makeOptimizer[method.optimizer](method.learningRate);
    } else this.optimizer.learningRate = method.learningRate;
    const isSame = method.optimizer === before.optimizer && method.penalty === before.penalty && method.penaltyRate === before.penaltyRate;
    if (isSame) return;
    this.step.dispose();
    this.step = this.makeStep();
  }

  /** One step of training on the samples whose numbers are given; its loss before the step. */
  trainOn(samples: Samples, numbers: ArrayLike<number>, begin: number, end: number): void {
    const width = this.sizes[0] as number;
    const [x, y] = [new Float32Array((end - begin) * width), new Float32Array(end - begin)];
    for (let i = begin; i < end; i++) {
      const from = numbers[i] as number;
      for (let column = 0; column < width; column++) x[(i - begin) * width + column] = samples.x[from * width + column] as number;
      y[i - begin] = samples.y[from] as number;
    }
    tidy(() => void this.step(tensor(x, [end - begin, width]), tensor(y, [end - begin, 1])));
  }

  /** Mean loss, without penalty, and share of right answers; NaN for no samples. */
  evaluate({ x, y, count }: Samples): { loss: number; accuracy: number } {
    if (count === 0) return { loss: Number.NaN, accuracy: Number.NaN };
    const [loss, accuracy] = taken(tidy(() => this.measured(tensor(x, [count, this.sizes[0] as number]), tensor(y, [count, 1]))));
    return { loss: loss as number, accuracy: accuracy as number };
  }

  /** Probabilities of class 1 over the plane, row by row from the top left, SURFACE_SIDE a side. */
  surface(): Float32Array {
    return taken(this.probability(this.surfaceGrid));
  }

  /** What every neuron gives over the plane: for each of MAP_SIDE x MAP_SIDE places those of all layers, the inputs first. */
  maps(): Float32Array {
    return taken(this.everything(this.mapGrid));
  }

  /** Values of the weights: kernels, then biases, layer by layer. */
  weights(): { kernels: Float32Array[]; biases: Float32Array[] } {
    return { kernels: this.kernels.map((kernel) => kernel.dataSync()), biases: this.biases.map((bias) => bias.dataSync()) };
  }

  /** One sample's way through the network and back. */
  pass(point: Point): Pass {
    const { x } = samplesOf([point], this.shape.features);
    const traced = tidy(() => this.traced(tensor(x, [1, x.length]), tensor([[point.label]]), scalar(this.method.learningRate)));
    const read = (tensors: readonly Tensor[]): Float32Array[] => tensors.map(taken);
    const [loss, lossAfter] = taken(traced.losses);
    return {
      label: point.label,
      loss: loss as number,
      lossAfter: lossAfter as number,
      values: [x, ...read(traced.values)],
      sums: read(traced.sums),
      ...this.weights(),
      valueGradients: read(traced.valueGradients),
      sumGradients: read(traced.sumGradients),
      kernelGradients: read(traced.kernelGradients),
    };
  }

  dispose(): void {
    for (const compiled of [this.step, this.measured, this.probability, this.everything, this.traced]) compiled.dispose();
    this.optimizer.dispose();
    dispose([...this.variables, this.surfaceGrid, this.mapGrid]);
  }
}
