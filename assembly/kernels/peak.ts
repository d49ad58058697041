/**
 * @file Register-only loops that measure what the machine can do at most: a module of its own, for the benches alone. The peak
 * is the best of the variants, run alternately; an iteration is `chains` * 8 flop (4 lanes, a multiplication and an addition).
 *
 * Chains x = x * a + b wait for themselves (6 cycles for multiply then add, 4 for the fused step, on Zen 5), so that few of them
 * leave units idle, while more than 13 do not fit the 15 registers that V8 leaves. The tile's nine sums wait for additions alone,
 * at the price of three loads an iteration, which other units do.
 */
import { fma } from "../simd";

/** x = x * a + b tends to 1, no overflow and no denormals. In memory, so that nothing is computed beforehand. */
const FACTORS = memory.data<f32>([0.75, 0.25, 0.5]);

// One step of a chain: multiply then add, or the build's own fma, which is fused in the relaxed build.
// @ts-ignore: decorator
@inline
function step(fused: bool, x: v128, a: v128, b: v128): v128 {
  return fused ? fma(x, a, b) : f32x4.add(f32x4.mul(x, a), b);
}

// `chains` (10, 12 or 13) and `fused` are constants that fold away.
// @ts-ignore: decorator
@inline
function chain(chains: i32, fused: bool, iterations: i32, y: usize): void {
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
    x8 = step(fused, x8, a, b);
    x9 = step(fused, x9, a, b);
    if (chains > 10) {
      x10 = step(fused, x10, a, b);
      x11 = step(fused, x11, a, b);
    }
    if (chains > 12) x12 = step(fused, x12, a, b);
  }
  // One result from all, so that none is dropped.
  x0 = f32x4.add(f32x4.add(x0, x1), f32x4.add(x2, x3));
  x4 = f32x4.add(f32x4.add(x4, x5), f32x4.add(x6, x7));
  x8 = f32x4.add(f32x4.add(f32x4.add(x8, x9), f32x4.add(x10, x11)), x12);
  v128.store(y, f32x4.add(f32x4.add(x0, x4), x8));
}

// Nine sums of the products of three factors with three others, as in a register tile of 3 by 12.
// @ts-ignore: decorator
@inline
function tile(fused: bool, iterations: i32, y: usize): void {
  const a0 = v128.load_splat<f32>(FACTORS), a1 = v128.load_splat<f32>(FACTORS, 4), a2 = v128.load_splat<f32>(FACTORS, 8);
  let x0 = a0, x1 = a0, x2 = a0, x3 = a0, x4 = a0, x5 = a0, x6 = a0, x7 = a0, x8 = a0;
  for (; iterations > 0; iterations--) {
    let b = v128.load_splat<f32>(FACTORS);
    x0 = step(fused, b, a0, x0);
    x1 = step(fused, b, a1, x1);
    x2 = step(fused, b, a2, x2);
    b = v128.load_splat<f32>(FACTORS, 4);
    x3 = step(fused, b, a0, x3);
    x4 = step(fused, b, a1, x4);
    x5 = step(fused, b, a2, x5);
    b = v128.load_splat<f32>(FACTORS, 8);
    x6 = step(fused, b, a0, x6);
    x7 = step(fused, b, a1, x7);
    x8 = step(fused, b, a2, x8);
  }
  // Stored as they are, for the reason given at `tile` in gemm.ts.
  v128.store(y, x0);
  v128.store(y, x1, 16);
  v128.store(y, x2, 32);
  v128.store(y, x3, 48);
  v128.store(y, x4, 64);
  v128.store(y, x5, 80);
  v128.store(y, x6, 96);
  v128.store(y, x7, 112);
  v128.store(y, x8, 128);
}

/** 10 chains, 80 flop an iteration. y: 16 bytes. @writes y */
export function peakStrict10(iterations: i32, y: usize): void {
  chain(10, false, iterations, y);
}
/** 12 chains, 96 flop an iteration. y: 16 bytes. @writes y */
export function peakStrict12(iterations: i32, y: usize): void {
  chain(12, false, iterations, y);
}
/** 13 chains, 104 flop an iteration. y: 16 bytes. @writes y */
export function peakStrict13(iterations: i32, y: usize): void {
  chain(13, false, iterations, y);
}
/** A tile, 72 flop an iteration. y: 144 bytes. @writes y */
export function peakStrictTile(iterations: i32, y: usize): void {
  tile(false, iterations, y);
}
/** 10 chains of fused steps (multiply then add in the strict build), 80 flop an iteration. y: 16 bytes. @writes y */
export function peakFused10(iterations: i32, y: usize): void {
  chain(10, true, iterations, y);
}
/** 12 chains, 96 flop an iteration. y: 16 bytes. @writes y */
export function peakFused12(iterations: i32, y: usize): void {
  chain(12, true, iterations, y);
}
/** 13 chains, 104 flop an iteration. y: 16 bytes. @writes y */
export function peakFused13(iterations: i32, y: usize): void {
  chain(13, true, iterations, y);
}
/** A tile, 72 flop an iteration. y: 144 bytes. @writes y */
export function peakFusedTile(iterations: i32, y: usize): void {
  tile(true, iterations, y);
}
