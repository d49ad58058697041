/** @file The contender: loops over typed arrays as one writes them in plain JavaScript, in the order that runs fastest. */

/** out += a b for rows [from, to) of a (rows, inner) and b (inner, columns). */
export function addProduct(a: Float32Array, b: Float32Array, out: Float32Array, inner: number, columns: number, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const at = i * columns;
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k] as number;
      const row = k * columns;
      for (let j = 0; j < columns; j++) out[at + j] = (out[at + j] as number) + factor * (b[row + j] as number);
    }
  }
}

/** out += aᵀ b, of a (inner, rows) and b (inner, columns). */
export function addProductTA(a: Float32Array, b: Float32Array, out: Float32Array, inner: number, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    const at = i * columns;
    for (let k = 0; k < inner; k++) {
      const factor = a[k * rows + i] as number;
      const row = k * columns;
      for (let j = 0; j < columns; j++) out[at + j] = (out[at + j] as number) + factor * (b[row + j] as number);
    }
  }
}

/** out += a bᵀ, of a (rows, inner) and b (columns, inner). */
export function addProductTB(a: Float32Array, b: Float32Array, out: Float32Array, rows: number, inner: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += (a[i * inner + k] as number) * (b[j * inner + k] as number);
      (out[i * columns + j] as number) += sum;
    }
  }
}

export type ActivationKey = "relu" | "sigmoid" | "tanh" | "gelu";

/** A loop for each function: one loop that is given all of them would be slower. */
export const plainLoops: Record<ActivationKey, (x: Float32Array, out: Float32Array, from: number, to: number) => void> = {
  relu: (x, out, from, to) => {
    for (let i = from; i < to; i++) out[i] = (x[i] as number) > 0 ? (x[i] as number) : 0;
  },
  sigmoid: (x, out, from, to) => {
    for (let i = from; i < to; i++) out[i] = 1 / (1 + Math.exp(-(x[i] as number)));
  },
  tanh: (x, out, from, to) => {
    for (let i = from; i < to; i++) out[i] = Math.tanh(x[i] as number);
  },
  gelu: (x, out, from, to) => {
    const scale = Math.sqrt(2 / Math.PI);
    for (let i = from; i < to; i++) {
      const at = x[i] as number;
      out[i] = 0.5 * at * (1 + Math.tanh(scale * (at + 0.044715 * at * at * at)));
    }
  },
};
