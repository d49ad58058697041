/** @file A training step of a network with one hidden layer as one writes it in plain JavaScript: typed arrays and loops, no library. */
import { addProduct, addProductTA, addProductTB } from "./plain.js";

/** ReLU, then softmax with cross-entropy, trained by Adam. */
export class PlainMlp {
  private steps = 0;
  private readonly layers: Layer[];

  constructor(
    private readonly sizes: readonly [number, number, number],
    private readonly batch: number,
    weights: readonly Float32Array[],
  ) {
    this.layers = [new Layer(sizes[0], sizes[1], batch, weights[0] as Float32Array), new Layer(sizes[1], sizes[2], batch, weights[1] as Float32Array)];
  }

  /** One step on a batch of inputs and one-hot targets; gives its mean loss. */
  step(x: Float32Array, y: Float32Array): number {
    const [hidden, last] = this.layers as [Layer, Layer];
    hidden.forward(x);
    for (let i = 0; i < hidden.out.length; i++) if ((hidden.out[i] as number) < 0) hidden.out[i] = 0;
    last.forward(hidden.out);
    const loss = this.softmaxLoss(last, y);
    this.steps++;
    last.backward(hidden.out, hidden.gradient);
    for (let i = 0; i < hidden.out.length; i++) if (hidden.out[i] === 0) hidden.gradient[i] = 0;
    hidden.backward(x, null);
    for (const layer of this.layers) layer.update(this.steps);
    return loss;
  }

  /** The last layer's outputs become probabilities, and its gradient theirs less the targets. */
  private softmaxLoss({ out, gradient }: Layer, y: Float32Array): number {
    const classes = this.sizes[2];
    let loss = 0;
    for (let row = 0; row < this.batch; row++) {
      const at = row * classes;
      let most = Number.NEGATIVE_INFINITY;
      for (let i = at; i < at + classes; i++) most = Math.max(most, out[i] as number);
      let sum = 0;
      for (let i = at; i < at + classes; i++) {
        out[i] = Math.exp((out[i] as number) - most);
        sum += out[i] as number;
      }
      for (let i = at; i < at + classes; i++) {
        const p = (out[i] as number) / sum;
        if ((y[i] as number) > 0) loss -= (y[i] as number) * Math.log(p);
        gradient[i] = (p - (y[i] as number)) / this.batch;
      }
    }
    return loss / this.batch;
  }
}

class Layer {
  readonly out: Float32Array;
  readonly gradient: Float32Array;
  private readonly bias: Float32Array;
  private readonly slopes: Float32Array;
  private readonly biasSlopes: Float32Array;
  private readonly moments: Float32Array[];

  constructor(
    private readonly inputs: number,
    private readonly units: number,
    private readonly batch: number,
    private readonly weights: Float32Array,
  ) {
    this.out = new Float32Array(batch * units);
    this.gradient = new Float32Array(batch * units);
    this.bias = new Float32Array(units);
    this.slopes = new Float32Array(inputs * units);
    this.biasSlopes = new Float32Array(units);
    this.moments = [inputs * units, inputs * units, units, units].map((size) => new Float32Array(size));
  }

  forward(x: Float32Array): void {
    for (let row = 0; row < this.batch; row++) this.out.set(this.bias, row * this.units);
    addProduct(x, this.weights, this.out, this.inputs, this.units, 0, this.batch);
  }

  /** The slopes of weights and biases, and, if asked, the gradient by the inputs. */
  backward(x: Float32Array, dx: Float32Array | null): void {
    this.slopes.fill(0);
    addProductTA(x, this.gradient, this.slopes, this.batch, this.inputs, this.units);
    this.biasSlopes.fill(0);
    for (let i = 0; i < this.gradient.length; i++) (this.biasSlopes[i % this.units] as number) += this.gradient[i] as number;
    if (dx === null) return;
    dx.fill(0);
    addProductTB(this.gradient, this.weights, dx, this.batch, this.units, this.inputs);
  }

  update(step: number): void {
    const [m, v, biasM, biasV] = this.moments as [Float32Array, Float32Array, Float32Array, Float32Array];
    adam(this.weights, this.slopes, m, v, step);
    adam(this.bias, this.biasSlopes, biasM, biasV, step);
  }
}

function adam(weights: Float32Array, slopes: Float32Array, m: Float32Array, v: Float32Array, step: number): void {
  const [rate, beta1, beta2, epsilon] = [0.001, 0.9, 0.999, 1e-7];
  const scaled = (rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
  for (let i = 0; i < weights.length; i++) {
    const g = slopes[i] as number;
    const mean = (m[i] as number) + (1 - beta1) * (g - (m[i] as number));
    const square = (v[i] as number) + (1 - beta2) * (g * g - (v[i] as number));
    m[i] = mean;
    v[i] = square;
    weights[i] = (weights[i] as number) - (scaled * mean) / (Math.sqrt(square) + epsilon);
  }
}
