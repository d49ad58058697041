/** @file Whole ranges: copy and fill. Strided copies are in strided.ts, rows that indices name in indexing.ts. */
import { fillWords } from "../bytes";

/** y[i] = x[i] for bytes [begin, end). In place: y may be x, not overlap it otherwise. @writes y */
export function copy(begin: i32, end: i32, x: usize, y: usize): void {
  assert(begin >= 0);
  if (begin < end) memory.copy(y + begin, x + begin, end - begin);
}

/** y[i] = value for elements [begin, end) of 4 bytes. @writes y */
export function fill(begin: i32, end: i32, value: f32, y: usize): void {
  assert(begin >= 0);
  fillWords(y + (<usize>begin << 2), y + (<usize>end << 2), f32x4.splat(value));
}

/** y[i] = value modulo 256 for bytes [begin, end). @writes y */
export function fillBytes(begin: i32, end: i32, value: i32, y: usize): void {
  assert(begin >= 0);
  if (begin < end) memory.fill(y + begin, <u8>value, end - begin);
}

/** y[i] = value for elements [begin, end) of 4 bytes. @writes y */
export function fillI32(begin: i32, end: i32, value: i32, y: usize): void {
  assert(begin >= 0);
  fillWords(y + (<usize>begin << 2), y + (<usize>end << 2), i32x4.splat(value));
}
