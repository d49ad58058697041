/** @file Block sizes of the matrix multiply and the sizes of its working space: the one place that names them. */

/** Rows of a register tile. V8 on x86-64 leaves 15 vector registers; a strict step needs one of them for the product. */
export const MR: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 5;
/** Columns of a register tile, and of a panel of B. */
export const NR: i32 = 8;
/** Most steps of K in one pass: KC * NR floats of B (10 kB) and KC * MR of A (8 kB) stay in a first-level cache of 32 kB. */
export const KC: i32 = 320;
/** Most rows in one pass, a multiple of 5 and of 6: MC * KC floats of A (150 kB) stay in the second-level cache. */
export const MC: i32 = 120;

/** Steps of K in one pass: K cut into equal parts of at most KC (a multiple of 4), whatever the rows and columns. */
export function blockDepth(k: i32): i32 {
  if (k <= KC) return k;
  const parts = (k + KC - 1) / KC;
  return ((k + parts - 1) / parts + 3) & ~3;
}

/** Bytes of the packed form of a B of k rows and n columns. */
export function packedBytesB(n: i32, k: i32): i32 {
  return ((n + NR - 1) / NR) * k * NR * 4;
}

/** Bytes of scratch that gemm needs to pack an A of m rows and k columns. */
export function packedBytesA(m: i32, k: i32): i32 {
  return m * blockDepth(k) * 4;
}
