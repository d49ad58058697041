/** @file Matrix multiply. */
import { sigmoid4, tanh4 } from "../math";
import { fma } from "../simd";
import { loadPart, packPanel, packRows, storePart } from "../pack";
import { MC, MR, NR, blockDepth } from "../tile";

/** What relu (1) and the other activations (0) keep results from falling below. In memory: V8 compiles a choice between vectors to a branch. */
const FLOORS = memory.data<f32>([-Infinity, 0]);

const STORE: i32 = 0;
const STORE_RELU: i32 = 2;

// One register tile: rows x 8 outputs. Steps are in bytes. `rows` and `neighbours` are constants that fold away.
// @ts-ignore: decorator
@inline
function tile(
  rows: i32, neighbours: bool, k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize,
  start0: v128, start1: v128, ending: i32,
): void {
  let c00 = start0, c01 = start1, c10 = start0, c11 = start1, c20 = start0, c21 = start1;
  let c30 = start0, c31 = start1, c40 = start0, c41 = start1, c50 = start0, c51 = start1;
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow;
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    if (rows > 1) {
      x = neighbours ? v128.load_splat<f32>(a, 4) : v128.load_splat<f32>(a1);
      c10 = fma(x, b0, c10);
      c11 = fma(x, b1, c11);
    }
    if (rows > 2) {
      x = neighbours ? v128.load_splat<f32>(a, 8) : v128.load_splat<f32>(a2);
      c20 = fma(x, b0, c20);
      c21 = fma(x, b1, c21);
    }
    if (rows > 3) {
      x = neighbours ? v128.load_splat<f32>(a, 12) : v128.load_splat<f32>(a3);
      c30 = fma(x, b0, c30);
      c31 = fma(x, b1, c31);
    }
    if (rows > 4) {
      x = neighbours ? v128.load_splat<f32>(a, 16) : v128.load_splat<f32>(a4);
      c40 = fma(x, b0, c40);
      c41 = fma(x, b1, c41);
    }
    if (rows > 5) {
      x = neighbours ? v128.load_splat<f32>(a, 20) : v128.load_splat<f32>(a5);
      c50 = fma(x, b0, c50);
      c51 = fma(x, b1, c51);
    }
    b += bStep;
    a += aCol;
    if (!neighbours) {
      a1 += aCol;
      a2 += aCol;
      a3 += aCol;
      a4 += aCol;
      a5 += aCol;
    }
  }
  // Whole endings, and one of them bare stores: otherwise V8 of Node 20 keeps the accumulators in memory in the loop too.
  if (ending == STORE) {
    storeRow(c, c00, c01);
    if (rows > 1) storeRow((c += cRow), c10, c11);
    if (rows > 2) storeRow((c += cRow), c20, c21);
    if (rows > 3) storeRow((c += cRow), c30, c31);
    if (rows > 4) storeRow((c += cRow), c40, c41);
    if (rows > 5) storeRow((c += cRow), c50, c51);
  } else if (ending == STORE_RELU) {
    const floor = f32x4.splat(0);
    floorRow(c, c00, c01, floor);
    if (rows > 1) floorRow((c += cRow), c10, c11, floor);
    if (rows > 2) floorRow((c += cRow), c20, c21, floor);
    if (rows > 3) floorRow((c += cRow), c30, c31, floor);
    if (rows > 4) floorRow((c += cRow), c40, c41, floor);
    if (rows > 5) floorRow((c += cRow), c50, c51, floor);
  } else {
    const floor = v128.load_splat<f32>(FLOORS + ((<usize>ending >> 1) << 2));
    addRow(c, c00, c01, floor);
    if (rows > 1) addRow((c += cRow), c10, c11, floor);
    if (rows > 2) addRow((c += cRow), c20, c21, floor);
    if (rows > 3) addRow((c += cRow), c30, c31, floor);
    if (rows > 4) addRow((c += cRow), c40, c41, floor);
    if (rows > 5) addRow((c += cRow), c50, c51, floor);
  }
}

// @ts-ignore: decorator
@inline
function storeRow(c: usize, v0: v128, v1: v128): void {
  v128.store(c, v0);
  v128.store(c, v1, 16);
}

// @ts-ignore: decorator
@inline
function floorRow(c: usize, v0: v128, v1: v128, floor: v128): void {
  storeRow(c, f32x4.pmax(v0, floor), f32x4.pmax(v1, floor));
}

// @ts-ignore: decorator
@inline
function addRow(c: usize, v0: v128, v1: v128, floor: v128): void {
  floorRow(c, f32x4.add(v128.load(c), v0), f32x4.add(v128.load(c, 16), v1), floor);
}

function nearTile(k: i32, a: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128, ending: i32): void {
  tile(MR, true, k, a, 0, aCol, b, bStep, c, cRow, start0, start1, ending);
}
function farTile(k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128, ending: i32): void {
  tile(MR, false, k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, ending);
}
function tile5(k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128, ending: i32): void {
  tile(5, false, k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, ending);
}
function tile4(k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128, ending: i32): void {
  tile(4, false, k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, ending);
}
function tile3(k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128, ending: i32): void {
  tile(3, false, k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, ending);
}
function tile2(k: i32, a: usize, aRow: usize, aCol: usize, b: usize, bStep: usize, c: usize, cRow: usize, start0: v128, start1: v128, ending: i32): void {
  tile(2, false, k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, ending);
}
function tile1(k: i32, a: usize, aCol: usize, b: usize, bStep: usize, c: usize, start0: v128, start1: v128, ending: i32): void {
  tile(1, true, k, a, 0, aCol, b, bStep, c, 0, start0, start1, ending);
}

/** One pass over k steps for `rows` rows of one panel: whole tiles (packed at aPacked unless 0), then a smaller one. */
function panelPass(
  rows: i32, k: i32, a: usize, aRow: usize, aCol: usize, aPacked: usize, b: usize, bStep: usize, c: usize, cRow: usize,
  start0: v128, start1: v128, ending: i32,
): void {
  const whole = rows - (rows % MR);
  const near = aPacked != 0 || aRow == 4;
  const step = aPacked ? MR * 4 : aCol;
  const next = aPacked ? <usize>k * MR * 4 : MR * aRow;
  let from = aPacked ? aPacked : a;
  for (let i = 0; i < whole; i += MR, from += next, c += MR * cRow) {
    if (near) nearTile(k, from, step, b, bStep, c, cRow, start0, start1, ending);
    else farTile(k, from, aRow, aCol, b, bStep, c, cRow, start0, start1, ending);
  }
  a += <usize>whole * aRow;
  switch (rows - whole) {
    case 1: return tile1(k, a, aCol, b, bStep, c, start0, start1, ending);
    case 2: return tile2(k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, ending);
    case 3: return tile3(k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, ending);
    case 4: return tile4(k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, ending);
    case 5: if (MR > 5) tile5(k, a, aRow, aCol, b, bStep, c, cRow, start0, start1, ending);
  }
}

/** Applies sigmoid (2) or tanh (3) to a block that was just written. */
function activate(activation: i32, rows: i32, columns: i32, c: usize, cRow: usize): void {
  for (; rows > 0; rows--, c += cRow) {
    for (let j = 0; j < columns; j += 4) {
      const p = c + (<usize>j << 2);
      const x = loadPart(p, columns - j);
      storePart(p, activation == SIGMOID ? sigmoid4(x) : tanh4(x), columns - j);
    }
  }
}
const RELU: i32 = 1;
const SIGMOID: i32 = 2;

/** One pass of one panel with its epilogue. first and last tell which pass over K this is. */
function panelWithEpilogue(
  rows: i32, k: i32, a: usize, aRow: usize, aCol: usize, aPacked: usize, b: usize, bStep: usize, c: usize, cRow: usize,
  columns: i32, bias: usize, activation: i32, add: i32, last: bool,
): void {
  const start0 = bias ? loadPart(bias, columns) : f32x4.splat(0);
  const start1 = bias ? loadPart(bias + 16, columns - 4) : f32x4.splat(0);
  const ending = add | (i32(last && activation == RELU) << 1);
  panelPass(rows, k, a, aRow, aCol, aPacked, b, bStep, c, cRow, start0, start1, ending);
  if (last && activation >= SIGMOID) activate(activation, rows, columns, c, cRow);
}

/** packed = B in panels. B: [k, n], element (p, j) at b[p * rowStride + j * colStride]. @writes packed */
export function packB(begin: i32, end: i32, n: i32, k: i32, b: usize, rowStride: i32, colStride: i32, packed: usize): void {
  for (let panel = begin; panel < end; panel++) {
    const j = panel * NR;
    packPanel(k, min(NR, n - j), b + ((<usize>j * colStride) << 2), <usize>rowStride << 2, <usize>colStride << 2, packed + ((<usize>j * k) << 2));
  }
}

/** C = act(A B + bias). @updates c @scratch scratch */
export function gemm(
  begin: i32, end: i32, n: i32, k: i32, a: usize, aRow: i32, aCol: i32, packed: usize, bias: usize, activation: i32, accumulate: i32,
  c: usize, ldc: i32, scratch: usize,
): void {
  const depth = blockDepth(k);
  const aRowStep = <usize>aRow << 2, aColStep = <usize>aCol << 2, cStep = <usize>ldc << 2;
  const mine = scratch ? scratch + ((<usize>begin * depth) << 2) : 0;
  for (let p = 0; p == 0 || p < k; p += depth) {
    const steps = min(depth, k - p);
    const last = p + depth >= k;
    for (let i = begin; i < end; i += MC) {
      const rows = min(MC, end - i);
      const from = a + <usize>i * aRowStep + <usize>p * aColStep;
      if (mine) packRows(rows, steps, from, aRowStep, aColStep, mine);
      for (let j = 0; j < n; j += NR) {
        const panel = packed + ((<usize>j * k + p * NR) << 2);
        const to = c + <usize>i * cStep + (<usize>j << 2);
        panelWithEpilogue(rows, steps, from, aRowStep, aColStep, mine, panel, NR * 4, to, cStep, min(NR, n - j),
          p == 0 && bias ? bias + (<usize>j << 2) : 0, activation, accumulate | i32(p > 0), last);
      }
    }
    if (k == 0) break;
  }
}

/** C[:, panels] = act(A B + bias), packing or reading B directly (direct). @updates c @scratch packed */
export function gemmColumns(
  begin: i32, end: i32, m: i32, n: i32, k: i32, a: usize, aRow: i32, aCol: i32, b: usize, bRow: i32, bCol: i32, direct: i32,
  bias: usize, activation: i32, accumulate: i32, c: usize, ldc: i32, packed: usize,
): void {
  const depth = blockDepth(k);
  const aRowStep = <usize>aRow << 2, aColStep = <usize>aCol << 2, cStep = <usize>ldc << 2, bRowStep = <usize>bRow << 2;
  for (let panel = begin; panel < end; panel++) {
    const j = panel * NR;
    const columns = min(NR, n - j);
    let from = b + ((<usize>j * bCol) << 2), step = bRowStep;
    if (!direct || columns < NR || bCol != 1) {
      const to = packed + ((<usize>j * k) << 2);
      packPanel(k, columns, from, bRowStep, <usize>bCol << 2, to);
      from = to;
      step = NR * 4;
    }
    for (let p = 0; p == 0 || p < k; p += depth) {
      const steps = min(depth, k - p);
      panelWithEpilogue(m, steps, a + <usize>p * aColStep, aRowStep, aColStep, 0, from + <usize>p * step, step, c + (<usize>j << 2), cStep, columns,
        p == 0 && bias ? bias + (<usize>j << 2) : 0, activation, accumulate | i32(p > 0), p + depth >= k);
      if (k == 0) break;
    }
  }
}
