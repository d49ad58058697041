/**
 * @file Plain-JavaScript contenders on typed arrays: what a reader could write without WebAssembly.
 *
 * The naive versions are the loops one writes first. The blocked ones are an honest best effort, so that a ratio to
 * them says something: packed operands, a register tile, no allocation in the loop.
 */

export interface MatmulShape {
  m: number;
  k: number;
  n: number;
  /** The left operand is stored as [k, m]. */
  transA?: boolean;
  /** The right operand is stored as [n, k]. */
  transB?: boolean;
}

/** c[m, n] = a[m, k] b[k, n], three loops. */
export function matmulNaive(a: Float32Array, b: Float32Array, c: Float32Array, { m, k, n }: MatmulShape): void {
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let i = 0; i < k; i++) sum += a[row * k + i] * b[i * n + column];
      c[row * n + column] = sum;
    }
  }
}

/** Rows and columns of the register tile. */
const TILE = 4;
/** Depth of a block: a panel of B (4 columns) then takes 8 kB and stays in the first-level cache. */
const DEPTH = 256;
/** Rows of a block of A: 64 x 256 doubles, 128 kB, stay in the second-level cache. */
const ROWS = 64;

let packedA = new Float64Array(0);
let packedB = new Float64Array(0);
const tile = new Float64Array(TILE * TILE);

/**
 * Copies `size` rows (or columns) by `depth` into panels of TILE, the last one padded with zeros. Element (i, p) of the
 * source is at `i * stride + p * step`. The panels hold doubles: JavaScript calculates in doubles, and so each float
 * is converted once instead of once for every product.
 */
function pack(source: Float32Array, start: number, stride: number, step: number, size: number, depth: number, panels: Float64Array): void {
  let to = 0;
  for (let first = 0; first < size; first += TILE) {
    const full = size - first >= TILE;
    for (let p = 0; p < depth; p++) {
      const from = start + first * stride + p * step;
      if (full) {
        panels[to] = source[from];
        panels[to + 1] = source[from + stride];
        panels[to + 2] = source[from + 2 * stride];
        panels[to + 3] = source[from + 3 * stride];
      } else {
        for (let i = 0; i < TILE; i++) panels[to + i] = first + i < size ? source[from + i * stride] : 0;
      }
      to += TILE;
    }
  }
}

/**
 * tile = one panel of A times one panel of B, added up in 16 local variables: V8 keeps those in registers, not an
 * array's elements.
 */
function multiplyPanels(a: Float64Array, b: Float64Array, panelA: number, panelB: number, depth: number): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  let fromA = panelA;
  let fromB = panelB;
  for (let p = 0; p < depth; p++) {
    const b0 = b[fromB];
    const b1 = b[fromB + 1];
    const b2 = b[fromB + 2];
    const b3 = b[fromB + 3];
    const a0 = a[fromA];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[fromA + 1];
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[fromA + 2];
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[fromA + 3];
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
    fromA += TILE;
    fromB += TILE;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c02;
  tile[3] = c03;
  tile[4] = c10;
  tile[5] = c11;
  tile[6] = c12;
  tile[7] = c13;
  tile[8] = c20;
  tile[9] = c21;
  tile[10] = c22;
  tile[11] = c23;
  tile[12] = c30;
  tile[13] = c31;
  tile[14] = c32;
  tile[15] = c33;
}

/** Adds the tile to (or, for the first block of the depth, writes it to) the part of it that lies inside c. */
function storeTile(c: Float32Array, row: number, column: number, m: number, n: number, first: boolean): void {
  const rows = Math.min(TILE, m - row);
  const columns = Math.min(TILE, n - column);
  for (let i = 0; i < rows; i++) {
    const to = (row + i) * n + column;
    for (let j = 0; j < columns; j++) c[to + j] = first ? tile[i * TILE + j] : c[to + j] + tile[i * TILE + j];
  }
}

const roundUp = (value: number): number => Math.ceil(value / TILE) * TILE;

/** c[m, n] = a b, blocked for the caches, with a 4 x 4 register tile; either operand may be stored transposed. */
export function matmulBlocked(a: Float32Array, b: Float32Array, c: Float32Array, shape: MatmulShape): void {
  const { m, k, n, transA = false, transB = false } = shape;
  if (packedA.length < ROWS * DEPTH) packedA = new Float64Array(ROWS * DEPTH);
  if (packedB.length < roundUp(n) * DEPTH) packedB = new Float64Array(roundUp(n) * DEPTH);
  const [rowOfA, depthOfA] = transA ? [1, m] : [k, 1];
  const [columnOfB, depthOfB] = transB ? [k, 1] : [1, n];
  for (let p = 0; p < k; p += DEPTH) {
    const depth = Math.min(DEPTH, k - p);
    pack(b, p * depthOfB, columnOfB, depthOfB, n, depth, packedB);
    for (let block = 0; block < m; block += ROWS) {
      const rows = Math.min(ROWS, m - block);
      pack(a, block * rowOfA + p * depthOfA, rowOfA, depthOfA, rows, depth, packedA);
      for (let column = 0; column < n; column += TILE) {
        for (let row = 0; row < rows; row += TILE) {
          multiplyPanels(packedA, packedB, row * depth, column * depth, depth);
          storeTile(c, block + row, column, m, n, p === 0);
        }
      }
    }
  }
}

/** out = f(x) or f(x, y); softmax works on rows of `columns`, sum writes out[0]. */
export type PlainOp = (x: Float32Array, y: Float32Array, out: Float32Array, columns: number) => void;

function softmax(x: Float32Array, _y: Float32Array, out: Float32Array, columns: number): void {
  for (let start = 0; start < x.length; start += columns) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + columns; i++) largest = Math.max(largest, x[i]);
    let sum = 0;
    for (let i = start; i < start + columns; i++) {
      const value = Math.exp(x[i] - largest);
      out[i] = value;
      sum += value;
    }
    const factor = 1 / sum;
    for (let i = start; i < start + columns; i++) out[i] *= factor;
  }
}

/** The elementwise contenders, by the name of engram's operation. The result array is given: nothing is allocated. */
export const plainOps: Record<string, PlainOp> = {
  // Each written out where it is a single expression: V8 compiles one loop for each.
  exp: (x, _y, out) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.exp(x[i]);
  },
  tanh: (x, _y, out) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.tanh(x[i]);
  },
  sigmoid: (x, _y, out) => {
    for (let i = 0; i < x.length; i++) out[i] = 1 / (1 + Math.exp(-x[i]));
  },
  relu: (x, _y, out) => {
    for (let i = 0; i < x.length; i++) out[i] = Math.max(x[i], 0);
  },
  add: (x, y, out) => {
    for (let i = 0; i < x.length; i++) out[i] = x[i] + y[i];
  },
  sum: (x, _y, out) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i];
    out[0] = sum;
  },
  softmax,
};

/** Parameters of one dense layer with Adam's two moments. */
interface Parameters {
  values: Float32Array;
  gradient: Float32Array;
  mean: Float32Array;
  square: Float32Array;
}

/** Glorot-uniform from a small fixed generator, so that every run does the same work. */
function parameters(size: number, limit: number): Parameters {
  const values = new Float32Array(size);
  let state = size;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = (state / 2 ** 31 - 1) * limit;
  }
  const zeros = (): Float32Array => new Float32Array(size);
  return { values, gradient: zeros(), mean: zeros(), square: zeros() };
}

/** inputs -> hidden relu -> classes softmax, cross-entropy with sparse labels, Adam; everything allocated once. */
export class PlainMlp {
  private step = 0;
  private readonly w1: Parameters;
  private readonly b1: Parameters;
  private readonly w2: Parameters;
  private readonly b2: Parameters;
  private readonly hiddenValues: Float32Array;
  private readonly hiddenGradient: Float32Array;
  private readonly scores: Float32Array;

  constructor(
    private readonly inputs: number,
    private readonly hidden: number,
    private readonly classes: number,
    private readonly batch: number,
    private readonly learningRate = 1e-3,
  ) {
    this.w1 = parameters(inputs * hidden, Math.sqrt(6 / (inputs + hidden)));
    this.b1 = parameters(hidden, 0);
    this.w2 = parameters(hidden * classes, Math.sqrt(6 / (hidden + classes)));
    this.b2 = parameters(classes, 0);
    this.hiddenValues = new Float32Array(batch * hidden);
    this.hiddenGradient = new Float32Array(batch * hidden);
    this.scores = new Float32Array(batch * classes);
  }

  /** One training step on x[batch, inputs]; gives the mean loss before the update. */
  train(x: Float32Array, labels: Int32Array): number {
    const { inputs, hidden, classes, batch, hiddenValues, hiddenGradient, scores } = this;
    matmulBlocked(x, this.w1.values, hiddenValues, { m: batch, k: inputs, n: hidden });
    addBias(hiddenValues, this.b1.values, true);
    matmulBlocked(hiddenValues, this.w2.values, scores, { m: batch, k: hidden, n: classes });
    addBias(scores, this.b2.values, false);
    const loss = this.lossAndGradient(labels);
    matmulBlocked(hiddenValues, scores, this.w2.gradient, { m: hidden, k: batch, n: classes, transA: true });
    sumRows(scores, this.b2.gradient);
    matmulBlocked(scores, this.w2.values, hiddenGradient, { m: batch, k: classes, n: hidden, transB: true });
    for (let i = 0; i < hiddenGradient.length; i++) if (hiddenValues[i] <= 0) hiddenGradient[i] = 0;
    matmulBlocked(x, hiddenGradient, this.w1.gradient, { m: inputs, k: batch, n: hidden, transA: true });
    sumRows(hiddenGradient, this.b1.gradient);
    this.step++;
    for (const layer of [this.w1, this.b1, this.w2, this.b2]) adam(layer, this.learningRate, this.step);
    return loss;
  }

  /** Turns the scores into the gradient of the mean cross-entropy by them, (softmax - one hot) / batch. */
  private lossAndGradient(labels: Int32Array): number {
    const { scores, classes, batch } = this;
    softmax(scores, scores, scores, classes);
    let loss = 0;
    for (let row = 0; row < batch; row++) {
      const at = row * classes + labels[row];
      loss -= Math.log(scores[at]);
      scores[at] -= 1;
    }
    for (let i = 0; i < scores.length; i++) scores[i] /= batch;
    return loss / batch;
  }
}

function addBias(values: Float32Array, bias: Float32Array, relu: boolean): void {
  for (let start = 0; start < values.length; start += bias.length) {
    for (let i = 0; i < bias.length; i++) {
      const value = values[start + i] + bias[i];
      values[start + i] = relu && value < 0 ? 0 : value;
    }
  }
}

function sumRows(values: Float32Array, sums: Float32Array): void {
  sums.fill(0);
  for (let start = 0; start < values.length; start += sums.length) {
    for (let i = 0; i < sums.length; i++) sums[i] += values[start + i];
  }
}

/** Kingma and Ba 2015, beta1 0.9, beta2 0.999; the bias corrections are folded into the rate. */
function adam({ values, gradient, mean, square }: Parameters, learningRate: number, step: number): void {
  const rate = (learningRate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
  for (let i = 0; i < values.length; i++) {
    const slope = gradient[i];
    const m = 0.9 * mean[i] + 0.1 * slope;
    const v = 0.999 * square[i] + 0.001 * slope * slope;
    mean[i] = m;
    square[i] = v;
    values[i] -= (rate * m) / (Math.sqrt(v) + 1e-7);
  }
}
