/** @file gradCheck: compares gradients with finite differences. */
import { grads } from "../engine/grad.js";
import { getRandomState, setRandomState } from "../engine/random.js";
import { tidy } from "../engine/step.js";
import { error } from "../tensor/errors.js";
import { coordinatesOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type TensorLike, toTensor } from "./convert.js";
import { tensor } from "./creation.js";
import { randomPermutation, randomUniform } from "./random.js";

export interface GradCheckOptions {
  /** Step of the differences, relative to the root mean square of each input; 0.01 by default. */
  epsilon?: number;
  /** Largest error accepted, relative to the largest gradient of the input; 0.001 by default. */
  tolerance?: number;
  /** Elements checked of each input, chosen at random when it has more; 24 by default. */
  samples?: number;
  /** Of the elements chosen and of the weights of f's results; 1 by default. */
  seed?: number;
}

/** One element's two gradients. */
export interface GradCheckWorst {
  /** Number of the input, and where the element is in it. */
  input: number;
  position: number[];
  /** What `grads` gives. */
  gradient: number;
  /** What finite differences give. */
  difference: number;
}

export interface GradCheckResult {
  /** Largest error found, relative to the largest gradient of its input. */
  maxError: number;
  /** Elements compared. */
  checked: number;
  /** Where the error was largest; null when nothing was compared. */
  worst: GradCheckWorst | null;
}

function rootMeanSquare(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return squares > 0 && Number.isFinite(squares) ? Math.sqrt(squares / values.length) : 1;
}

/**
 * Compares the gradients of f with central differences of fourth order, at elements chosen at random. Results that are not
 * scalars are weighted by random numbers; the sum over them is made in double precision, and what f's own rounding explains
 * does not count.
 * Keep inputs away from kinks, such as 0 for relu, by some hundredths.
 * @param f of float32 tensors; inputs of other dtypes are passed on and not differentiated by
 * @returns the largest relative error found
 * @throws when an error exceeds the tolerance, with the input, the element and both values
 * @example
 * ```ts
 * import { gradCheck, matMul } from "engram";
 * const { maxError } = gradCheck((x, w) => matMul(x, w).tanh(), [[[0.5, -1]], [[1, 2], [3, -1]]]);
 * assert.ok(maxError < 1e-3);
 * ```
 */
export function gradCheck(f: (...xs: Tensor[]) => Tensor, xs: readonly TensorLike[], options: GradCheckOptions = {}): GradCheckResult {
  const { epsilon = 0.01, tolerance = 1e-3, samples = 24, seed = 1 } = options;
  const inputs = xs.map((x, i) => toTensor("gradCheck", `xs[${i}]`, x));
  const floats = inputs.flatMap(({ dtype }, i) => (dtype === "float32" ? [i] : []));
  if (floats.length === 0) throw error("gradCheck", "expected a float32 tensor to differentiate by", `dtypes [${inputs.map(({ dtype }) => dtype)}]`);
  // A function that draws random numbers must draw the same ones every time.
  const draws = getRandomState();
  const evaluate = (args: readonly Tensor[]): { shape: number[]; values: Float32Array } => {
    setRandomState(draws);
    return tidy(() => {
      const y = f(...args);
      if (y.dtype !== "float32") throw error("gradCheck", "f must return a float32 tensor", `dtype ${y.dtype}`);
      return { shape: y.shape, values: y.dataSync() };
    });
  };

  const first = evaluate(inputs);
  const weights = Float32Array.from(randomUniform(first.shape, -1, 1, "float32", seed).dataSync(), (value) => value + (value < 0 ? -0.5 : 0.5));
  const total = (values: Float32Array): number => values.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
  const largest = first.values.reduce((most, value, i) => Math.max(most, Math.abs(value * (weights[i] as number))), 0);

  setRandomState(draws);
  const ofFloats = (...args: Tensor[]): Tensor => f(...inputs.map((x, i) => (floats.includes(i) ? (args[floats.indexOf(i)] as Tensor) : x)));
  const gradients = grads(ofFloats)(
    floats.map((i) => inputs[i] as Tensor),
    tensor(weights, first.shape),
  );
  const result: GradCheckResult = { maxError: 0, checked: 0, worst: null };
  for (const [at, input] of floats.entries()) {
    const { shape } = inputs[input] as Tensor;
    const values = (inputs[input] as Tensor).dataSync();
    const gradient = (gradients[at] as Tensor).dataSync();
    const h = 2 ** Math.round(Math.log2(epsilon * rootMeanSquare(values)));
    const lossAt = (element: number, offset: number): number => {
      const moved = values.slice();
      moved[element] = (values[element] as number) + offset;
      return tidy(() => total(evaluate(inputs.map((x, i) => (i === input ? tensor(moved, shape) : x))).values));
    };
    const elements = [
      ...randomPermutation(values.length, seed + 1 + at)
        .dataSync()
        .slice(0, samples),
    ];
    const differences = elements.map(
      (element) => (8 * (lossAt(element, h) - lossAt(element, -h)) - (lossAt(element, 2 * h) - lossAt(element, -2 * h))) / (12 * h),
    );
    // What float32 results cannot tell from zero: half a unit in the last place of each evaluation.
    const noise = (largest * 2 ** -23) / h;
    const scale = Math.max(
      gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      ...differences.map(Math.abs),
      Number.MIN_VALUE,
    );
    for (const [i, element] of elements.entries()) {
      const found: GradCheckWorst = {
        input,
        position: coordinatesOf(element, shape),
        gradient: gradient[element] as number,
        difference: differences[i] as number,
      };
      const relative = Math.max(0, Math.abs(found.gradient - found.difference) - noise) / scale;
      result.checked++;
      if (result.worst !== null && relative <= result.maxError) continue;
      // A NaN on either side is an error too: no comparison holds for it.
      result.maxError = relative;
      result.worst = found;
      if (relative <= tolerance) continue;
      throw error(
        "gradCheck",
        `the gradient by input ${input} must agree with finite differences within ${tolerance} of ${scale}, its largest`,
        `${found.gradient} at element [${found.position}], and ${found.difference} by differences`,
      );
    }
  }
  setRandomState(draws);
  return result;
}
