/**
 * @file Updates of parameters from their gradients, in place: gradient descent, momentum, Adam.
 *
 * Their state block (64 bytes, shared by all parameters of an optimizer) is written by the optimizer object and by adamTick, so
 * that a plan follows a changed learning rate and counts its own steps:
 *   0 f32 learning rate    4 f32 epsilon          8 f64 beta1         16 f64 beta2
 *  24 f64 beta1^t         32 f64 beta2^t         40 f32 step size     44 f32 scale of sqrt(v)
 *  48 f32 1 - beta1       52 f32 1 - beta2       56 i32 convention: 0 Keras, 1 PyTorch
 * Powers are products in float64: in float32 1 - 0.999^t would lose its digits, and pow differs between engines.
 */
import { flushDenormals, fma, loadFirst, storeFirst } from "../simd";

/** p -= rate * g, element by element. state: the state block; g, p: [n]. @updates p */
export function sgd(begin: i32, end: i32, state: usize, g: usize, p: usize): void {
  const rate = f32x4.neg(v128.load32_splat(state));
  const stop = p + (<usize>end << 2);
  g += <usize>begin << 2;
  p += <usize>begin << 2;
  for (; p + 32 <= stop; p += 32, g += 32) {
    v128.store(p, fma(rate, v128.load(g), v128.load(p)));
    v128.store(p, fma(rate, v128.load(g, 16), v128.load(p, 16)), 16);
  }
  for (; p < stop; p += 16, g += 16) {
    const left = i32((stop - p) >> 2);
    storeFirst(p, fma(rate, loadFirst(g, left), loadFirst(p, left)), left);
  }
}

/** v = mu v - rate g; p += v, with nesterov p += mu v - rate g (Keras 3). state: the state block; g, v, p: [n]. @updates v p */
export function momentum(begin: i32, end: i32, mu: f32, nesterov: i32, state: usize, g: usize, v: usize, p: usize): void {
  const rate = f32x4.neg(v128.load32_splat(state));
  const decay = f32x4.splat(mu);
  const ahead = i32x4.splat(nesterov ? -1 : 0);
  const stop = p + (<usize>end << 2);
  g += <usize>begin << 2;
  v += <usize>begin << 2;
  p += <usize>begin << 2;
  while (p < stop) {
    const left = i32((stop - p) >> 2);
    if (left >= 8) {
      const slope0 = f32x4.mul(rate, v128.load(g)), slope1 = f32x4.mul(rate, v128.load(g, 16));
      const velocity0 = flushDenormals(fma(decay, v128.load(v), slope0)), velocity1 = flushDenormals(fma(decay, v128.load(v, 16), slope1));
      v128.store(v, velocity0);
      v128.store(v, velocity1, 16);
      v128.store(p, f32x4.add(v128.load(p), v128.bitselect(fma(decay, velocity0, slope0), velocity0, ahead)));
      v128.store(p, f32x4.add(v128.load(p, 16), v128.bitselect(fma(decay, velocity1, slope1), velocity1, ahead)), 16);
    } else {
      const slope = f32x4.mul(rate, loadFirst(g, left));
      const velocity = flushDenormals(fma(decay, loadFirst(v, left), slope));
      const move = v128.bitselect(fma(decay, velocity, slope), velocity, ahead);
      storeFirst(v, velocity, left);
      storeFirst(p, f32x4.add(loadFirst(p, left), move), left);
    }
    const step: usize = left >= 8 ? 32 : 16;
    g += step;
    v += step;
    p += step;
  }
}

/** Once a step, before its adam updates: the powers of beta1 and beta2, step size and scale. state: the state block. @updates state */
export function adamTick(state: usize): void {
  const power1 = load<f64>(state, 24) * load<f64>(state, 8);
  const power2 = load<f64>(state, 32) * load<f64>(state, 16);
  store<f64>(state, power1, 24);
  store<f64>(state, power2, 32);
  const rate = <f64>load<f32>(state) / (1 - power1);
  const correction = sqrt<f64>(1 - power2);
  const torch = load<i32>(state, 56) == 1;
  store<f32>(state, <f32>(torch ? rate : rate * correction), 40);
  store<f32>(state, <f32>(torch ? 1 / correction : 1), 44);
}

/** One vector of Adam's update. */
// @ts-ignore: decorator
@inline
function adam4(g: usize, m: usize, v: usize, p: usize, left: i32, step: v128, scale: v128, epsilon: v128, rest1: v128, rest2: v128): void {
  const slope = loadFirst(g, left);
  const m0 = loadFirst(m, left);
  const v0 = loadFirst(v, left);
  // Where the gradient is 0 the means decay, below 1e-38 after some 800 steps: as denormals they made a step 1.4 times as long.
  const m1 = flushDenormals(fma(f32x4.sub(slope, m0), rest1, m0));
  const v1 = flushDenormals(fma(f32x4.sub(f32x4.mul(slope, slope), v0), rest2, v0));
  const move = f32x4.div(f32x4.mul(step, m1), fma(f32x4.sqrt(v1), scale, epsilon));
  storeFirst(m, m1, left);
  storeFirst(v, v1, left);
  storeFirst(p, f32x4.sub(loadFirst(p, left), move), left);
}

/**
 * m += (g - m)(1 - beta1); v += (g^2 - v)(1 - beta2); p -= step size * m / (scale * sqrt(v) + epsilon) (Kingma and Ba 2014).
 * state: the state block after this step's adamTick; g, m, v, p: [n]. @updates m v p
 */
export function adam(begin: i32, end: i32, state: usize, g: usize, m: usize, v: usize, p: usize): void {
  const step = v128.load32_splat(state, 40);
  const scale = v128.load32_splat(state, 44);
  const epsilon = v128.load32_splat(state, 4);
  const rest1 = v128.load32_splat(state, 48);
  const rest2 = v128.load32_splat(state, 52);
  let i = begin;
  for (; i + 8 <= end; i += 8) {
    const at = <usize>i << 2;
    adam4(g + at, m + at, v + at, p + at, 4, step, scale, epsilon, rest1, rest2);
    adam4(g + at + 16, m + at + 16, v + at + 16, p + at + 16, 4, step, scale, epsilon, rest1, rest2);
  }
  for (; i < end; i += 4) {
    const at = <usize>i << 2;
    adam4(g + at, m + at, v + at, p + at, end - i, step, scale, epsilon, rest1, rest2);
  }
}
