/** @file A small kernel family of AssemblyScript, compiled by compile.test.ts: a module of its own beside the core. */
// @ts-nocheck: AssemblyScript, not TypeScript.

/** A constant in the data segment: the module's memory base must put it where no other module's constants are. */
const FACTORS = memory.data<f32>([1.5, 2.5, 3.5, 4.5]);

/** y[i] = x[i]^3 for elements [begin, end). In place: y may be x. */
export function cube(begin: i32, end: i32, x: usize, y: usize): void {
  for (let i = begin; i < end; i++) {
    const value = load<f32>(x + (<usize>i << 2));
    store<f32>(y + (<usize>i << 2), value * value * value);
  }
}

/** y[i] = x[i] * factor[i % 4] + shift for elements [begin, end). */
export function scaleByFour(begin: i32, end: i32, shift: f32, x: usize, y: usize): void {
  for (let i = begin; i < end; i++) store<f32>(y + (<usize>i << 2), load<f32>(x + (<usize>i << 2)) * load<f32>(FACTORS + (<usize>(i & 3) << 2)) + shift);
}

/** total[0] = sum of x[0..count). One thread. */
export function total(count: i32, x: usize, total: usize): void {
  let sum: f32 = 0;
  for (let i = 0; i < count; i++) sum += load<f32>(x + (<usize>i << 2));
  store<f32>(total, sum);
}

function cubeRecord(r: usize, begin: i32, end: i32): void { cube(begin, end, load<usize>(r, 20), load<usize>(r, 24)); }
function scaleByFourRecord(r: usize, begin: i32, end: i32): void { scaleByFour(begin, end, load<f32>(r, 20), load<usize>(r, 24), load<usize>(r, 28)); }
function totalRecord(r: usize, begin: i32, end: i32): void { total(load<i32>(r, 20), load<usize>(r, 24), load<usize>(r, 28)); }

/** Function-table entries in opcode order. */
const entries: StaticArray<(r: usize, begin: i32, end: i32) => void> = [cubeRecord, scaleByFourRecord, totalRecord];
/** Reading the list keeps it in the module. */
export function kernelCount(): i32 { return entries.length; }
