/**
 * @file Matrix multiply: C = act(A B + bias), A [m, k], B [k, n], C [m, n], float32, all strides in floats.
 *
 * Which kernel for which shape: the first line that fits (a stride of 1 makes neighbours).
 *
 *   k == 0                                          gemm; it does not read packed then
 *   n == 1, m >= 8, aRow == 1, ldc == 1, no bias    gemmThin on the transposes: 1 row, m columns
 *   n >= 8, bCol == 1, m <= 2 or k == 1             gemmThin, unless there is a bias and accumulate
 *   n <= 3, aCol == 1, bRow == 1                    gemmDots, x = A, v = columns of B
 *   m <= 3, aCol == 1, bRow == 1                    gemmDots, x = columns of B, v = A
 *   m <= 2, bCol == 1                               gemmThin, unless there is a bias and accumulate
 *   prefersColumns(m, n, k, aRow, bRow, bCol)       gemmColumns, with gemmColumnsScratchBytes of scratch
 *   otherwise                                       packB with packedBytesB, then gemm with gemmScratchBytes of scratch
 *
 * A batch of matrices: gemmBatched, with gemmBatchedScratchBytes of scratch, while B has at most 65 536 elements; beyond that one
 * call or two for each as above. The functions and constants named are in tile.ts.
 *
 * In gemm, gemmColumns and gemmBatched an output is a sum in the order of k, cut every blockDepth(k) steps; in gemmThin it is not
 * cut; gemmDots has its own order. None depends on how a range is split, nor on where a tile or a panel ends.
 */
import { RELU, SIGMOID, activate } from "../activate";
import { loadPart, packPanel, packRows, storePart } from "../pack";
import { fma } from "../simd";
import { MC, MR, NR, TILE_BYTES, blockDepth, packsA, readsBInPlace, rowBytes, sliceBytes } from "../tile";

/** What happens to a finished tile, as bits: add what C held, then raise to the floor of relu. */
const ADD: i32 = 1;
const FLOOR: i32 = 2;
/** The floor, by ending >> 1. In memory, because V8 compiles a choice between two vectors to a branch. */
const FLOORS = memory.data<f32>([-Infinity, 0]);

// @ts-ignore: decorator
@inline
function floorOf(ending: i32): v128 {
  return v128.load_splat<f32>(FLOORS + ((<usize>ending >> 1) << 2));
}

/** The panel step of B when it is packed, in bytes; also a row of a tile that is kept in scratch. */
const PANEL_STEP: usize = NR * 4;

// ---------------------------------------------------------------------------------------------------- register tile

// C[rows, 8] = ending(start + A[rows, k] B[k, 8]); steps in bytes. `rows`, `near` (the rows of A are neighbours) and `plain`
// (there is no ending) are constants that fold away.
// V8 of Node 20 keeps accumulators in memory inside the loop, at half the speed, unless at least one way out of it stores them
// as they are and no two ways meet again while they are in use. So each ending is written out, and nothing is called.
// @ts-ignore: decorator
@inline
function tile(
  rows: i32, near: bool, plain: bool, k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize,
  start0: v128, start1: v128, ending: i32,
): void {
  let c00 = start0, c10 = start0, c20 = start0, c30 = start0, c40 = start0, c50 = start0;
  let c01 = start1, c11 = start1, c21 = start1, c31 = start1, c41 = start1, c51 = start1;
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow;
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    if (rows > 1) {
      x = near ? v128.load_splat<f32>(a, 4) : v128.load_splat<f32>(a1);
      c10 = fma(x, b0, c10);
      c11 = fma(x, b1, c11);
    }
    if (rows > 2) {
      x = near ? v128.load_splat<f32>(a, 8) : v128.load_splat<f32>(a2);
      c20 = fma(x, b0, c20);
      c21 = fma(x, b1, c21);
    }
    if (rows > 3) {
      x = near ? v128.load_splat<f32>(a, 12) : v128.load_splat<f32>(a3);
      c30 = fma(x, b0, c30);
      c31 = fma(x, b1, c31);
    }
    if (rows > 4) {
      x = near ? v128.load_splat<f32>(a, 16) : v128.load_splat<f32>(a4);
      c40 = fma(x, b0, c40);
      c41 = fma(x, b1, c41);
    }
    if (rows > 5) {
      x = near ? v128.load_splat<f32>(a, 20) : v128.load_splat<f32>(a5);
      c50 = fma(x, b0, c50);
      c51 = fma(x, b1, c51);
    }
    b += bStep;
    a += aCol;
    a1 += aCol;
    a2 += aCol;
    a3 += aCol;
    a4 += aCol;
    a5 += aCol;
  }
  if (plain || ending == 0) {
    storeRow(c, c00, c01);
    if (rows > 1) storeRow((c += cRow), c10, c11);
    if (rows > 2) storeRow((c += cRow), c20, c21);
    if (rows > 3) storeRow((c += cRow), c30, c31);
    if (rows > 4) storeRow((c += cRow), c40, c41);
    if (rows > 5) storeRow((c += cRow), c50, c51);
  } else if (ending == FLOOR) {
    const floor = f32x4.splat(0);
    storeFloor(c, c00, c01, floor);
    if (rows > 1) storeFloor((c += cRow), c10, c11, floor);
    if (rows > 2) storeFloor((c += cRow), c20, c21, floor);
    if (rows > 3) storeFloor((c += cRow), c30, c31, floor);
    if (rows > 4) storeFloor((c += cRow), c40, c41, floor);
    if (rows > 5) storeFloor((c += cRow), c50, c51, floor);
  } else {
    const floor = floorOf(ending);
    storeSum(c, c00, c01, floor);
    if (rows > 1) storeSum((c += cRow), c10, c11, floor);
    if (rows > 2) storeSum((c += cRow), c20, c21, floor);
    if (rows > 3) storeSum((c += cRow), c30, c31, floor);
    if (rows > 4) storeSum((c += cRow), c40, c41, floor);
    if (rows > 5) storeSum((c += cRow), c50, c51, floor);
  }
}

// @ts-ignore: decorator
@inline
function storeRow(c: usize, v0: v128, v1: v128): void {
  v128.store(c, v0);
  v128.store(c, v1, 16);
}

// pmax(x, floor) is x unless x < floor: a NaN stays.
// @ts-ignore: decorator
@inline
function storeFloor(c: usize, v0: v128, v1: v128, floor: v128): void {
  storeRow(c, f32x4.pmax(v0, floor), f32x4.pmax(v1, floor));
}

// @ts-ignore: decorator
@inline
function storeSum(c: usize, v0: v128, v1: v128, floor: v128): void {
  storeFloor(c, f32x4.add(v128.load(c), v0), f32x4.add(v128.load(c, 16), v1), floor);
}

/** Whole tiles, aStep bytes of A apart, of an A whose rows are neighbours: packed, or transposed. One address to move: kind to narrow processors. */
function nearTile(
  count: i32, k: i32, a: usize, aCol: usize, aStep: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128, ending: i32,
): void {
  for (; count > 0; count--) {
    tile(MR, true, false, k, a, 0, aCol, b, bStep, c, cRow, start0, start1, ending);
    a += aStep;
    c += MR * cRow;
  }
}

/** Whole tiles of any A, one under another. */
function farTile(
  count: i32, k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128, ending: i32,
): void {
  for (; count > 0; count--) {
    tile(MR, false, false, k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, ending);
    a += MR * aRow;
    c += MR * cRow;
  }
}

function tile3(k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128): void {
  tile(3, false, true, k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, 0);
}

function tile4(k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128): void {
  tile(4, false, true, k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, 0);
}

function tile5(k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128): void {
  tile(5, false, true, k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, 0);
}

// Three rows or more that are left after whole tiles: a tile of just as many.
// @ts-ignore: decorator
@inline
function smallTile(
  rows: i32, k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128,
): void {
  if (rows == 3) tile3(k, a, aRow, aCol, b, bStep, c, cRow, start0, start1);
  else if (rows == 4) tile4(k, a, aRow, aCol, b, bStep, c, cRow, start0, start1);
  else if (MR > 5) tile5(k, a, aRow, aCol, b, bStep, c, cRow, start0, start1);
}

/**
 * Two rows, or one, times two panels of B, b and d; their rows one behind the other in `kept`. With one panel alone sums would wait for themselves.
 */
function wideTile(
  rows: i32, k: i32, a: usize, aRow: usize, aCol: usize, b: usize, d: usize, bStep: usize, kept: usize,
  start0: v128, start1: v128, start2: v128, start3: v128,
): void {
  let c00 = start0, c01 = start1, c02 = start2, c03 = start3, c10 = start0, c11 = start1, c12 = start2, c13 = start3;
  // One row is done twice.
  const again = rows - 1;
  let a1 = a + again * aRow;
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(d), b3 = v128.load(d, 16);
    let x = v128.load_splat<f32>(a);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    c02 = fma(x, b2, c02);
    c03 = fma(x, b3, c03);
    x = v128.load_splat<f32>(a1);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    c12 = fma(x, b2, c12);
    c13 = fma(x, b3, c13);
    b += bStep;
    d += bStep;
    a += aCol;
    a1 += aCol;
  }
  storeRow(kept, c00, c01);
  storeRow(kept + again * PANEL_STEP, c10, c11);
  kept += rows * PANEL_STEP;
  storeRow(kept, c02, c03);
  storeRow(kept + again * PANEL_STEP, c12, c13);
}

/** C[rows, columns] = ending(from[rows, columns]), where rows of from are 8 floats apart: the part of a tile that is wanted. */
function finishTile(rows: i32, columns: i32, from: usize, c: usize, cRow: usize, ending: i32): void {
  const floor = floorOf(ending);
  for (; rows > 0; rows--, c += cRow, from += PANEL_STEP) {
    for (let j = 0; j < columns; j += 4) {
      const to = c + (<usize>j << 2);
      let v = loadPart(from + (<usize>j << 2), columns - j);
      if (ending & ADD) v = f32x4.add(loadPart(to, columns - j), v);
      storePart(to, f32x4.pmax(v, floor), columns - j);
    }
  }
}

// -------------------------------------------------------------------------------------------------------- one panel

/**
 * One panel, one pass over K: C[rows, columns] = act(A[rows, k] B[k, columns] + bias), the activation only when this is the
 * last pass. Steps in bytes. aPacked: the whole tiles of A as packRows makes them, or 0. The panel, and bias, begin skip
 * columns before C does. kept: a tile's bytes of scratch. A last row or two are done for two panels at once where they lie `apart` bytes from
 * each other, unless that is 0; `order` is the panel's, from 0, and n are the columns from it on.
 */
function multiplyPanel(
  rows: i32, k: i32, a: usize, aRow: usize, aCol: usize, aPacked: usize, b: usize, bStep: usize, skip: i32, n: i32,
  bias: usize, activation: i32, last: bool, add: i32, c: usize, cRow: usize, kept: usize, order: i32, apart: usize,
): void {
  const columns = min(NR, n);
  const start0 = bias ? loadPart(bias, skip + columns) : f32x4.splat(0);
  const start1 = bias ? loadPart(bias + 16, skip + columns - 4) : f32x4.splat(0);
  const wanted = kept + (<usize>skip << 2);
  const ending = (add ? ADD : 0) | (last && activation == RELU ? FLOOR : 0);
  const inC = columns == NR;
  const left = rows % MR;
  let from = aPacked ? aPacked : a, to = c;
  const whole = rows / MR, each = aPacked ? <usize>k * MR * 4 : <usize>MR * aRow;
  // Into C all at once; else one by one.
  const count = inC ? whole : 1;
  for (let i = 0; i < whole; i += count, to += <usize>(MR * count) * cRow) {
    const out = inC ? to : kept, outRow = inC ? cRow : PANEL_STEP, here = inC ? ending : 0;
    if (aPacked || aRow == 4) nearTile(count, k, from, aPacked ? MR * 4 : aCol, each, b, bStep, out, outRow, start0, start1, here);
    else farTile(count, k, from, aRow, aCol, b, bStep, out, outRow, start0, start1, here);
    if (!inC) finishTile(MR, columns, wanted, to, cRow, ending);
    from += each;
  }
  if (left > 0) {
    if (activation >= SIGMOID || n < NR + (~order & 1) * NR) apart = 0;
    if (apart && left <= 2 && !(order & 1)) return;
    a += <usize>(rows - left) * aRow;
    // Called from two places: what has one caller is folded into it, where V8 runs out of registers.
    if (left <= 2) {
      const before = bias && apart ? bias - PANEL_STEP : 0;
      wideTile(left, k, a, aRow, aCol, b, b - apart, bStep, kept, start0, start1,
        before ? v128.load(before) : start0, before ? v128.load(before, 16) : start1);
      finishTile(left, columns, wanted, to, cRow, ending);
      if (apart) finishTile(left, NR, kept + left * PANEL_STEP, to - PANEL_STEP, cRow, ending);
    } else if (inC && ending == 0) smallTile(left, k, a, aRow, aCol, b, bStep, to, cRow, start0, start1);
    else {
      smallTile(left, k, a, aRow, aCol, b, bStep, kept, PANEL_STEP, start0, start1);
      finishTile(left, columns, wanted, to, cRow, ending);
    }
  }
  if (last && activation >= SIGMOID) activate(activation, rows, columns, c, cRow);
}

/** Panels [first, limit) of C = act(A B + bias). slice: a tile of scratch, then room for one pass of a panel, if any is packed. */
function multiplyColumns(
  first: i32, limit: i32, m: i32, n: i32, k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bRow: usize, bCol: usize,
  inPlace: i32, bias: usize, activation: i32, accumulate: i32, c: usize, cRow: usize, slice: usize,
): void {
  const depth = blockDepth(k);
  let p = 0;
  do {
    const steps = min(depth, k - p);
    for (let panel = first; panel < limit; panel++) {
      const j = panel * NR;
      const columns = min(NR, n - j);
      // Read in place, a panel that is not whole begins in the one before it, and yields only its last columns.
      const skip = inPlace ? NR - columns : 0;
      let from = b + <usize>p * bRow + <usize>(j - skip) * bCol, step = bRow;
      if (!inPlace) {
        packPanel(steps, columns, from, bRow, bCol, slice + TILE_BYTES);
        from = slice + TILE_BYTES;
        step = PANEL_STEP;
      }
      const start = p == 0 && bias ? bias + (<usize>(j - skip) << 2) : 0;
      multiplyPanel(m, steps, a + <usize>p * aCol, aRow, aCol, 0, from, step, skip, min(n, limit * NR) - j, start, activation,
        p + depth >= k, accumulate | i32(p > 0), c + (<usize>j << 2), cRow, slice, panel - first, inPlace ? PANEL_STEP : 0);
    }
    p += depth;
  } while (p < k);
}

// ---------------------------------------------------------------------------------------------------------- kernels

/**
 * packed = panels [begin, end) of B, as pack.ts lays them out; there are ceil(n / 8). b: [k, n], its element (p, j) at
 * p * rowStride + j * colStride. packed: packedBytesB(n, k) bytes. @writes packed
 */
export function packB(begin: i32, end: i32, n: i32, k: i32, b: usize, rowStride: i32, colStride: i32, packed: usize): void {
  assert(begin >= 0 && end <= (n + NR - 1) / NR && k >= 0);
  const rowStep = <usize>rowStride << 2, columnStep = <usize>colStride << 2, panelBytes = <usize>k * PANEL_STEP;
  // Few rows at a time, so that a row of B is read on before its lines leave the cache (they do when rows are 4 kB apart).
  const block = colStride == 1 ? 16 : k;
  for (let p = 0; p < k; p += block) {
    for (let panel = begin; panel < end; panel++) {
      const j = panel * NR;
      const from = b + <usize>p * rowStep + <usize>j * columnStep;
      const to = packed + <usize>panel * panelBytes + <usize>p * PANEL_STEP;
      packPanel(min(block, k - p), min(NR, n - j), from, rowStep, columnStep, to);
    }
  }
}

/**
 * C[i,:] = act(A[i,:] B + bias) for rows i in [begin, end), act(C[i,:] + A[i,:] B + bias) if accumulate. a: [m, k], its
 * element (i, p) at i * aRow + p * aCol; packed: B [k, n] from packB; bias: [n] or 0; activation: 0 none, 1 relu, 2 sigmoid,
 * 3 tanh; c: [m, n], rows ldc apart; scratch: gemmScratchBytes(m, n, k, aRow, aCol) bytes. C overlaps nothing else.
 * @updates c @scratch scratch @work n k
 */
export function gemm(
  begin: i32, end: i32, n: i32, k: i32, a: usize, aRow: i32, aCol: i32, packed: usize, bias: usize, activation: i32,
  accumulate: i32, c: usize, ldc: i32, scratch: usize,
): void {
  assert(begin >= 0 && n >= 0 && k >= 0 && ldc >= n && activation >= 0 && activation <= 3);
  const depth = blockDepth(k);
  const aRowStep = <usize>aRow << 2, aColStep = <usize>aCol << 2, cStep = <usize>ldc << 2;
  const kept = scratch + <usize>begin * rowBytes(n, k, aRow, aCol);
  const aPacked = packsA(n, k, aRow, aCol) ? kept + <usize>(end - begin) * 2 * PANEL_STEP : 0;
  for (let i = begin; i < end; i += MC) {
    const rows = min(MC, end - i);
    let p = 0;
    // All of K for these rows of C, while they are in a second-level cache.
    do {
      const steps = min(depth, k - p);
      const from = a + <usize>i * aRowStep + <usize>p * aColStep;
      if (aPacked) packRows(rows, steps, from, aRowStep, aColStep, aPacked);
      for (let j = 0; j < n; j += NR) {
        const panel = packed + (<usize>j * k + <usize>p * NR) * 4;
        const start = p == 0 && bias ? bias + (<usize>j << 2) : 0;
        multiplyPanel(rows, steps, from, aRowStep, aColStep, aPacked, panel, PANEL_STEP, 0, n - j, start,
          activation, p + depth >= k, accumulate | i32(p > 0), c + <usize>i * cStep + (<usize>j << 2), cStep, kept, j / NR, k * PANEL_STEP);
      }
      p += depth;
    } while (p < k);
  }
}

/**
 * C = act(A B + bias) for the columns of panels [begin, end), 8 columns each, there are ceil(n / 8); act(C + A B + bias) if
 * accumulate. For few rows. a: [m, k], b: [k, n], c: [m, n], bias: [n] or 0; strides and activation as in gemm and packB.
 * scratch: gemmColumnsScratchBytes(m, n, k, bRow, bCol) bytes. C overlaps nothing else. @updates c @scratch scratch @work m k
 */
export function gemmColumns(
  begin: i32, end: i32, m: i32, n: i32, k: i32, a: usize, aRow: i32, aCol: i32, b: usize, bRow: i32, bCol: i32, bias: usize,
  activation: i32, accumulate: i32, c: usize, ldc: i32, scratch: usize,
): void {
  assert(begin >= 0 && end <= (n + NR - 1) / NR && m >= 0 && k >= 0 && ldc >= n && activation >= 0 && activation <= 3);
  const inPlace = readsBInPlace(m, n, k, bRow, bCol);
  multiplyColumns(begin, end, m, n, k, a, <usize>aRow << 2, <usize>aCol << 2, b, <usize>bRow << 2, <usize>bCol << 2, inPlace,
    bias, activation, accumulate, c, <usize>ldc << 2, scratch + <usize>begin * sliceBytes(m, n, k, bRow, bCol));
}

/**
 * C[x] = act(A[x] B[x] + bias) for matrices x in [begin, end), act(C[x] + A[x] B[x] + bias) if accumulate. a: [batch, m, k],
 * b: [batch, k, n], c: [batch, m, n], their matrices aBatch, bBatch (0: one for all) and cBatch floats apart; bias: [n] or 0;
 * the rest as in gemm and packB. scratch: gemmBatchedScratchBytes(batch, k) bytes. C overlaps nothing else.
 * @updates c @scratch scratch @work m n k
 */
export function gemmBatched(
  begin: i32, end: i32, m: i32, n: i32, k: i32, a: usize, aBatch: i32, aRow: i32, aCol: i32, b: usize, bBatch: i32, bRow: i32,
  bCol: i32, bias: usize, activation: i32, accumulate: i32, c: usize, cBatch: i32, ldc: i32, scratch: usize,
): void {
  assert(begin >= 0 && m >= 0 && n >= 0 && k >= 0 && ldc >= n && activation >= 0 && activation <= 3);
  const slice = scratch + <usize>begin * sliceBytes(m, n, k, bRow, bCol);
  const inPlace = readsBInPlace(m, n, k, bRow, bCol);
  for (let x = begin; x < end; x++) {
    multiplyColumns(0, (n + NR - 1) / NR, m, n, k, a + (<usize>(x * aBatch) << 2), <usize>aRow << 2, <usize>aCol << 2,
      b + (<usize>(x * bBatch) << 2), <usize>bRow << 2, <usize>bCol << 2, inPlace, bias, activation, accumulate,
      c + (<usize>(x * cBatch) << 2), <usize>ldc << 2, slice);
  }
}
