/**
 * @file Block sizes of the matrix multiply, the choices that follow from a shape, and the bytes of working space: the one
 * place that names them. Compiled into the module, so that a caller asks the very functions that the kernels use.
 */

/** Rows of a register tile. V8 on x86-64 leaves 15 vector registers; a strict step needs one of them for the product. */
export const MR: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 5;
/** Columns of a register tile, and of a panel of B. */
export const NR: i32 = 8;
/** Most steps of K in one pass: KC * NR floats of B (16 kB) and KC * MR of A (10 or 12 kB) fit a first-level cache of 32 kB. */
export const KC: i32 = 512;
/** Most rows in one pass, a multiple of 5 and of 6: MC * KC floats of A (240 kB) fit half of a second-level cache of 512 kB. */
export const MC: i32 = 120;

/** Rows from which packing B first costs less than it saves. */
const PACK_ROWS: i32 = 100;
/** The same when B is wide and gemm need not pack A: each thread reads the columns of B that are its own, which a cache of its own holds. */
const PACK_ROWS_WIDE: i32 = 260;
/** The same when rows of B collide in the cache. */
const PACK_ROWS_COLLIDING: i32 = 16;
/** Columns from which packing A costs less than it saves. */
const PACK_COLUMNS: i32 = 256;
/** Bytes of one register tile in memory: where an odd-sized one is kept before its part is copied to C. */
export const TILE_BYTES: i32 = 6 * NR * 4;

/** Steps of K in one pass: K cut into equal parts of at most KC (a multiple of 4), whatever the rows and columns. */
export function blockDepth(k: i32): i32 {
  if (k <= KC) return k;
  const parts = (k + KC - 1) / KC;
  return ((k + parts - 1) / parts + 3) & ~3;
}

/** Lines this many floats apart fall into one set of the first-level cache, which keeps 8 to 12 of them. */
function collides(stride: i32, count: i32): bool {
  return stride % 1024 == 0 && count > 12;
}

/** 1 when gemm copies A into panels: for many columns, or because its steps of K collide in the cache. */
export function packsA(n: i32, k: i32, aRow: i32, aCol: i32): i32 {
  return i32(k > 8 && (n >= PACK_COLUMNS || (aRow == 1 && collides(aCol, k))));
}

/** 1 when gemmColumns is faster than packB and gemm. */
export function prefersColumns(m: i32, n: i32, k: i32, aRow: i32, bRow: i32, bCol: i32): i32 {
  const most = bCol == 1 && collides(bRow, k) ? PACK_ROWS_COLLIDING : n >= 64 && aRow != 1 ? PACK_ROWS_WIDE : PACK_ROWS;
  return i32(m < most);
}

/** 1 when gemmColumns and gemmBatched read B where it lies: its rows are contiguous, and wide enough for a panel. */
export function readsBInPlace(m: i32, n: i32, k: i32, bRow: i32, bCol: i32): i32 {
  return i32(bCol == 1 && n >= NR && (m < PACK_ROWS_COLLIDING || !collides(bRow, k)));
}

/** Bytes of the packed form of a B of k rows and n columns: what packB writes and gemm reads. */
export function packedBytesB(n: i32, k: i32): i32 {
  return panels(n) * k * NR * 4;
}

/** Bytes of gemm's scratch: a slice a row. */
export function gemmScratchBytes(m: i32, n: i32, k: i32, aRow: i32, aCol: i32): i32 {
  return m * rowBytes(n, k, aRow, aCol);
}

/** A row's slice of gemm's scratch: its part of two tiles, and of a packed A if there is one. */
export function rowBytes(n: i32, k: i32, aRow: i32, aCol: i32): i32 {
  return 2 * NR * 4 + (packsA(n, k, aRow, aCol) ? blockDepth(k) * 4 : 0);
}

/** Bytes of gemmColumns' scratch: a slice a panel. */
export function gemmColumnsScratchBytes(m: i32, n: i32, k: i32, bRow: i32, bCol: i32): i32 {
  return panels(n) * sliceBytes(m, n, k, bRow, bCol);
}

/** Bytes of gemmBatched's scratch: a slice a matrix, at most. */
export function gemmBatchedScratchBytes(batch: i32, k: i32): i32 {
  return batch * (TILE_BYTES + blockDepth(k) * NR * 4);
}

/** A panel's slice of gemmColumns' scratch, or a matrix's of gemmBatched's: a tile, and one pass of a panel if it is packed. */
export function sliceBytes(m: i32, n: i32, k: i32, bRow: i32, bCol: i32): i32 {
  return TILE_BYTES + (readsBInPlace(m, n, k, bRow, bCol) ? 0 : blockDepth(k) * NR * 4);
}

function panels(n: i32): i32 {
  return (n + NR - 1) / NR;
}
