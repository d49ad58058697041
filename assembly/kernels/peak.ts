/**
 * @file Register-only loops that measure what the machine can do at most: a module of its own, for the benches alone. The peak
 * is the best of the variants, which differ in the number of independent chains: a chain of x = x * a + b waits for itself (6 to
 * 8 cycles for a multiplication and an addition, 4 for the fused step), so that few chains leave units idle, while many do not
 * fit the 15 registers that V8 leaves.
 */
import { fma } from "../simd";

/** x = x * a + b tends to 1: no overflow and no denormals. In memory, so that nothing is computed beforehand. */
const FACTORS = memory.data<f32>([0.75, 0.25]);

// One step of a chain: multiply then add (strict), or the build's own fma, which is fused in the relaxed build.
// @ts-ignore: decorator
@inline
function step(fused: bool, x: v128, a: v128, b: v128): v128 {
  return fused ? fma(x, a, b) : f32x4.add(f32x4.mul(x, a), b);
}

// `chains` (8, 10, 12 or 13) and `fused` are constants that fold away.
// @ts-ignore: decorator
@inline
function run(chains: i32, fused: bool, iterations: i32, y: usize): void {
  const a = v128.load_splat<f32>(FACTORS), b = v128.load_splat<f32>(FACTORS, 4);
  let x0 = f32x4.splat(0), x1 = f32x4.splat(1), x2 = f32x4.splat(2), x3 = f32x4.splat(3), x4 = f32x4.splat(4);
  let x5 = f32x4.splat(5), x6 = f32x4.splat(6), x7 = f32x4.splat(7), x8 = f32x4.splat(8), x9 = f32x4.splat(9);
  let x10 = f32x4.splat(10), x11 = f32x4.splat(11), x12 = f32x4.splat(12);
  for (; iterations > 0; iterations--) {
    x0 = step(fused, x0, a, b);
    x1 = step(fused, x1, a, b);
    x2 = step(fused, x2, a, b);
    x3 = step(fused, x3, a, b);
    x4 = step(fused, x4, a, b);
    x5 = step(fused, x5, a, b);
    x6 = step(fused, x6, a, b);
    x7 = step(fused, x7, a, b);
    if (chains > 8) {
      x8 = step(fused, x8, a, b);
      x9 = step(fused, x9, a, b);
    }
    if (chains > 10) {
      x10 = step(fused, x10, a, b);
      x11 = step(fused, x11, a, b);
    }
    if (chains > 12) x12 = step(fused, x12, a, b);
  }
  // One result from all, so that none is dropped. Chains beyond `chains` are constants.
  x0 = f32x4.add(f32x4.add(f32x4.add(x0, x1), f32x4.add(x2, x3)), f32x4.add(f32x4.add(x4, x5), f32x4.add(x6, x7)));
  x8 = f32x4.add(f32x4.add(f32x4.add(x8, x9), f32x4.add(x10, x11)), x12);
  v128.store(y, f32x4.add(x0, x8));
}

/** 8 chains of multiply then add: 64 flop an iteration. y: 16 bytes. @writes y */
export function peakStrict8(iterations: i32, y: usize): void {
  run(8, false, iterations, y);
}
/** 10 chains: 80 flop an iteration. y: 16 bytes. @writes y */
export function peakStrict10(iterations: i32, y: usize): void {
  run(10, false, iterations, y);
}
/** 12 chains: 96 flop an iteration. y: 16 bytes. @writes y */
export function peakStrict12(iterations: i32, y: usize): void {
  run(12, false, iterations, y);
}
/** 13 chains: 104 flop an iteration. y: 16 bytes. @writes y */
export function peakStrict13(iterations: i32, y: usize): void {
  run(13, false, iterations, y);
}
/** 8 chains of fused steps (of multiply then add in the strict build): 64 flop an iteration. y: 16 bytes. @writes y */
export function peakFused8(iterations: i32, y: usize): void {
  run(8, true, iterations, y);
}
/** 10 chains: 80 flop an iteration. y: 16 bytes. @writes y */
export function peakFused10(iterations: i32, y: usize): void {
  run(10, true, iterations, y);
}
/** 12 chains: 96 flop an iteration. y: 16 bytes. @writes y */
export function peakFused12(iterations: i32, y: usize): void {
  run(12, true, iterations, y);
}
/** 13 chains: 104 flop an iteration. y: 16 bytes. @writes y */
export function peakFused13(iterations: i32, y: usize): void {
  run(13, true, iterations, y);
}
