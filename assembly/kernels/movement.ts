/**
 * @file Moving elements unchanged: copy, fill, gather, and scatterAdd, which belongs to gather. Strided copies are in strided.ts.
 */
import { copyBytes, fillWords } from "../bytes";

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

/**
 * y[r,:] = x[indices[r],:] for rows r in [begin, end); zero bytes for an index outside [0, limit).
 * x: [limit, rowBytes] bytes, indices: i32 [rows], y: [rows, rowBytes] bytes. Not in place. @writes y
 */
export function gatherRows(
  begin: i32, end: i32, rowBytes: i32, limit: i32, x: usize, indices: usize, y: usize,
): void {
  assert(begin >= 0 && rowBytes >= 0 && limit >= 0);
  y += <usize>begin * <usize>rowBytes;
  for (let r = begin; r < end; r++) {
    const index = load<u32>(indices + (<usize>r << 2));
    const from = x + <usize>index * <usize>rowBytes;
    const valid = index < <u32>limit;
    if (rowBytes == 4) store<u32>(y, valid ? load<u32>(from) : 0);
    else if (valid) copyBytes(y, from, rowBytes);
    else memory.fill(y, 0, rowBytes);
    y += rowBytes;
  }
}

/**
 * dx[indices[k],c] += dy[k,c] for columns c in [begin, end) and all k in [0, count), in the order of k; indices outside [0, limit)
 * are left out. dx: [limit, cols], dy: [count, cols], indices: i32 [count]. dx and dy do not overlap. @updates dx
 */
export function scatterAddRows(
  begin: i32, end: i32, cols: i32, count: i32, limit: i32, dy: usize, indices: usize, dx: usize,
): void {
  assert(begin >= 0 && end <= cols && count >= 0 && limit >= 0);
  const width = <usize>cols << 2;
  const first = <usize>begin << 2;
  const last = <usize>end << 2;
  for (let k = 0; k < count; k++) {
    const index = load<u32>(indices + (<usize>k << 2));
    if (index < <u32>limit) {
      let to = dx + <usize>index * width + first;
      let from = dy + first;
      const limit = dy + last;
      for (; from + 16 <= limit; from += 16) {
        v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
        to += 16;
      }
      for (; from < limit; from += 4) {
        store<f32>(to, load<f32>(to) + load<f32>(from));
        to += 4;
      }
    }
    dy += width;
  }
}
