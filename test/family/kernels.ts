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

function niiRecord(r: usize, begin: i32, end: i32): void { call_indirect<void>(load<u16>(r), begin, end, load<i32>(r, 20), load<i32>(r, 24)); }
function nfiiRecord(r: usize, begin: i32, end: i32): void { call_indirect<void>(load<u16>(r), begin, end, load<f32>(r, 20), load<i32>(r, 24), load<i32>(r, 28)); }
function iiiRecord(r: usize, begin: i32, end: i32): void { call_indirect<void>(load<u16>(r), load<i32>(r, 20), load<i32>(r, 24), load<i32>(r, 28)); }

/** Function-table entries: the kernels in opcode order, then what calls them. */
const entries: StaticArray<usize> = [
  changetype<usize>(cube), changetype<usize>(scaleByFour), changetype<usize>(total),
  changetype<usize>(niiRecord), changetype<usize>(nfiiRecord), changetype<usize>(iiiRecord),
];
/** Reading the list keeps it in the module. */
export function entryCount(): i32 { return entries.length; }
