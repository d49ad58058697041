/**
 * @file Packers for the matrix multiply, and access to the first few lanes of a vector. All steps are in bytes.
 *
 * Layout of a packed B (k rows, n columns): ceil(n / 8) panels of 8 columns, one after the other, each k * 8 floats:
 * element (p, j) is float ((j / 8) * k + p) * 8 + j % 8. Columns beyond n are zero. K is not blocked: steps [p, q) of a
 * panel are contiguous, so a pass over part of K reads a part of each panel.
 *
 * Layout of a packed A (rows a multiple of MR, depth columns): panels of MR rows, one after the other, each
 * depth * MR floats: element (i, p) is float ((i / MR) * depth + p) * MR + i % MR.
 */
import { MR, NR } from "./tile";

/** Bytes of one step of K in a packed panel of B, and of A. */
const B_STEP: usize = NR * 4;
const A_STEP: usize = MR * 4;

/** The first count floats at p (4 or more: all four), then zeros. Reads no byte beyond them. */
export function loadPart(p: usize, count: i32): v128 {
  if (count >= 4) return v128.load(p);
  if (count <= 0) return f32x4.splat(0);
  if (count == 1) return v128.load32_zero(p);
  const pair = v128.load64_zero(p);
  return count == 2 ? pair : v128.load32_lane(p, pair, 2, 8);
}

/** Stores the first count floats of v at p (4 or more: all four). */
// @ts-ignore: decorator
@inline
export function storePart(p: usize, v: v128, count: i32): void {
  if (count >= 4) v128.store(p, v);
  else if (count == 1) v128.store32_lane(p, v, 0);
  else if (count > 1) {
    v128.store64_lane(p, v, 0);
    if (count == 3) v128.store32_lane(p, v, 2, 8);
  }
}

/** Stores the transpose of the rows a, b, c, d as rows `step` bytes apart. */
// @ts-ignore: decorator
@inline
function storeTransposed(a: v128, b: v128, c: v128, d: v128, to: usize, step: usize): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  v128.store(to, v128.shuffle<u64>(ab, cd, 0, 2));
  v128.store(to + step, v128.shuffle<u64>(ab, cd, 1, 3));
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to + 2 * step, v128.shuffle<u64>(abHigh, cdHigh, 0, 2));
  v128.store(to + 3 * step, v128.shuffle<u64>(abHigh, cdHigh, 1, 3));
}

/** Packs k steps of one panel of B: the element (p, j) at b + p * rowStep + j * columnStep, for j < columns (1 to 8). */
export function packPanel(k: i32, columns: i32, b: usize, rowStep: usize, columnStep: usize, to: usize): void {
  if (columnStep == 4) packContiguous(k, columns, b, rowStep, to);
  else {
    const fast = rowStep == 4 && columns == NR ? k & ~3 : 0;
    if (fast > 0) packTransposed(fast, b, columnStep, to);
    packAny(k - fast, columns, b + <usize>fast * 4, rowStep, columnStep, to + <usize>fast * B_STEP);
  }
}

/** Rows of B are contiguous: each step is a copy. */
function packContiguous(k: i32, columns: i32, b: usize, rowStep: usize, to: usize): void {
  const end = to + <usize>k * B_STEP;
  if (columns == NR) {
    for (; to < end; to += B_STEP, b += rowStep) {
      v128.store(to, v128.load(b));
      v128.store(to, v128.load(b, 16), 16);
    }
  } else {
    for (; to < end; to += B_STEP, b += rowStep) {
      v128.store(to, loadPart(b, columns));
      v128.store(to, loadPart(b + 16, columns - 4), 16);
    }
  }
}

/** Columns of B are contiguous: 4 by 4 transposes. k is a multiple of 4 and there are 8 columns. */
function packTransposed(k: i32, b: usize, columnStep: usize, to: usize): void {
  const b1 = b + columnStep, b2 = b1 + columnStep, b3 = b2 + columnStep;
  const b4 = b3 + columnStep, b5 = b4 + columnStep, b6 = b5 + columnStep, b7 = b6 + columnStep;
  const end = <usize>k * 4;
  for (let p: usize = 0; p < end; p += 16, to += 4 * B_STEP) {
    storeTransposed(v128.load(b + p), v128.load(b1 + p), v128.load(b2 + p), v128.load(b3 + p), to, B_STEP);
    storeTransposed(v128.load(b4 + p), v128.load(b5 + p), v128.load(b6 + p), v128.load(b7 + p), to + 16, B_STEP);
  }
}

/** Any steps, element by element. */
function packAny(k: i32, columns: i32, b: usize, rowStep: usize, columnStep: usize, to: usize): void {
  for (; k > 0; k--, to += B_STEP, b += rowStep) {
    let from = b;
    for (let j = 0; j < NR; j++, from += columnStep) {
      store<f32>(to + (<usize>j << 2), j < columns ? load<f32>(from) : 0);
    }
  }
}

/** Packs rows (a multiple of MR) of A: the element (i, p) at a + i * aRow + p * aCol, for p < depth. */
export function packRows(rows: i32, depth: i32, a: usize, aRow: usize, aCol: usize, to: usize): void {
  const fast = aCol == 4 ? depth & ~3 : 0;
  for (; rows >= MR; rows -= MR) {
    if (fast > 0) transposeRows(fast, a, aRow, to);
    copySteps(depth - fast, a + <usize>fast * 4, aRow, aCol, to + <usize>fast * A_STEP);
    a += <usize>MR * aRow;
    to += <usize>depth * A_STEP;
  }
}

/** A panel whose rows are contiguous: a 4 by 4 transpose, then the other one or two rows. depth is a multiple of 4. */
function transposeRows(depth: i32, a: usize, aRow: usize, to: usize): void {
  const a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow;
  const end = <usize>depth * 4;
  for (let p: usize = 0; p < end; p += 16, to += 4 * A_STEP) {
    storeTransposed(v128.load(a + p), v128.load(a1 + p), v128.load(a2 + p), v128.load(a3 + p), to, A_STEP);
    const x = v128.load(a4 + p);
    if (MR == 5) {
      v128.store32_lane(to, x, 0, 16);
      v128.store32_lane(to, x, 1, 16 + A_STEP);
      v128.store32_lane(to, x, 2, 16 + 2 * A_STEP);
      v128.store32_lane(to, x, 3, 16 + 3 * A_STEP);
    } else {
      const y = v128.load(a5 + p);
      const low = v128.shuffle<f32>(x, y, 0, 4, 1, 5), high = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
      v128.store64_lane(to, low, 0, 16);
      v128.store64_lane(to, low, 1, 16 + A_STEP);
      v128.store64_lane(to, high, 0, 16 + 2 * A_STEP);
      v128.store64_lane(to, high, 1, 16 + 3 * A_STEP);
    }
  }
}

/** A panel of any steps, one step of K at a time; a copy when the rows of a step are neighbours. */
function copySteps(depth: i32, a: usize, aRow: usize, aCol: usize, to: usize): void {
  for (; depth > 0; depth--, a += aCol, to += A_STEP) {
    if (aRow == 4) {
      v128.store(to, v128.load(a));
      if (MR == 5) store<f32>(to, load<f32>(a, 16), 16);
      else store<f64>(to, load<f64>(a, 16), 16);
    } else {
      let from = a;
      for (let i = 0; i < MR; i++, from += aRow) store<f32>(to + (<usize>i << 2), load<f32>(from));
    }
  }
}
