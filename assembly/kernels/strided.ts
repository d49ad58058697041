/**
 * @file Copies between two strided views: slices, joins, reversals, repetitions and transposes are all this one kernel.
 * `word` is what is moved at a time, 4 bytes or 1; longer elements have one more axis.
 */
import { copyRuns, fillRuns, repeatRun } from "../bytes";
import { loadFirst, storeFirst } from "../simd";

/** Side of a tile of a transpose: 16 floats are a cache line. */
const TILE = 16;
/** Tiles a side of the square that is transposed at a time: 8 x 8 tiles of floats are 64 kB, in L2 beside their copy. */
const SQUARE = 8;
/** Bytes of a line of the cache. */
const LINE = 64;
/** Rows or columns that are done together where neighbours in memory are not neighbours in the loops: their lines stay in L1. */
const BLOCK = 32;
/** Columns below which it is faster to go down the rows. */
const FEW = 8;

// @ts-ignore: decorator
@inline
function smaller(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

// @ts-ignore: decorator
@inline
function isLess(a: i32, b: i32): bool {
  return abs(a) < abs(b);
}

/** y[i] = x[i] for n words of 4 bytes that are xStep and yStep bytes apart. */
function copyWords(x: usize, xStep: i32, y: usize, yStep: i32, n: i32): void {
  if (yStep == 4) {
    if (xStep == -4) {
      for (; n >= 4; n -= 4, x -= 16, y += 16) {
        const v = v128.load(x - 12);
        v128.store(y, v128.shuffle<i32>(v, v, 3, 2, 1, 0));
      }
    } else if (xStep == 8) {
      // The word after the last one is between two that are copied.
      for (; n > 4; n -= 4, x += 32, y += 16) v128.store(y, v128.shuffle<i32>(v128.load(x), v128.load(x, 16), 0, 2, 4, 6));
    }
    for (; n >= 4; n -= 4, y += 16) {
      const z = x + xStep + xStep;
      const front = v128.load_lane<i32>(x + xStep, v128.load32_zero(x), 1);
      const back = v128.load_lane<i32>(z + xStep, v128.load32_zero(z), 1);
      v128.store(y, v128.shuffle<i64>(front, back, 0, 2));
      x = z + xStep + xStep;
    }
  } else {
    for (; n >= 4; n -= 4) {
      const z = x + xStep + xStep;
      const a = load<u32>(x), b = load<u32>(x + xStep), c = load<u32>(z), d = load<u32>(z + xStep);
      store<u32>(y, a);
      store<u32>(y + yStep, b);
      y += yStep + yStep;
      store<u32>(y, c);
      store<u32>(y + yStep, d);
      x = z + xStep + xStep;
      y += yStep + yStep;
    }
  }
  for (; n > 0; n--) {
    store<u32>(y, load<u32>(x));
    x += xStep;
    y += yStep;
  }
}

function copyStrided(x: usize, xStep: i32, y: usize, yStep: i32, n: i32, word: i32): void {
  if (word == 4) return copyWords(x, xStep, y, yStep, n);
  if (xStep == -1 && yStep == 1) {
    for (; n >= 16; n -= 16) {
      const v = v128.load(x - 15);
      v128.store(y, v128.shuffle<i8>(v, v, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
      x -= 16;
      y += 16;
    }
  }
  for (; n > 0; n--) {
    store<u8>(y, load<u8>(x));
    x += xStep;
    y += yStep;
  }
}

/** Transposes 4 x 4 elements of 4 bytes; rows are xRow and yRow bytes apart. */
// @ts-ignore: decorator
@inline
function transposeFour(x: usize, xRow: usize, y: usize, yRow: usize): void {
  const x2 = x + 2 * xRow;
  const y2 = y + 2 * yRow;
  const a = v128.load(x), b = v128.load(x + xRow), c = v128.load(x2), d = v128.load(x2 + xRow);
  const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(y, v128.shuffle<i64>(abLow, cdLow, 0, 2));
  v128.store(y + yRow, v128.shuffle<i64>(abLow, cdLow, 1, 3));
  v128.store(y2, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(y2 + yRow, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}

/** The same for a corner of a tile: up to 4 rows and columns. */
function transposePart(x: usize, xRow: usize, y: usize, yRow: usize, rows: i32, cols: i32): void {
  const a = loadFirst(x, cols);
  const b = rows > 1 ? loadFirst(x + xRow, cols) : a;
  const c = rows > 2 ? loadFirst(x + 2 * xRow, cols) : a;
  const d = rows > 3 ? loadFirst(x + 3 * xRow, cols) : a;
  const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  storeFirst(y, v128.shuffle<i64>(abLow, cdLow, 0, 2), rows);
  if (cols > 1) storeFirst(y + yRow, v128.shuffle<i64>(abLow, cdLow, 1, 3), rows);
  if (cols > 2) storeFirst(y + 2 * yRow, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), rows);
  if (cols > 3) storeFirst(y + 3 * yRow, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), rows);
}

/** y[c,r] = x[r,c] for a tile or a part of one. */
function transposeTile(x: usize, xRow: usize, y: usize, yRow: usize, rows: i32, cols: i32): void {
  for (let c = 0; c < cols; c += 4) {
    for (let r = 0; r < rows; r += 4) {
      const from = x + <usize>r * xRow + (<usize>c << 2), to = y + <usize>c * yRow + (<usize>r << 2);
      if (r + 4 <= rows && c + 4 <= cols) transposeFour(from, xRow, to, yRow);
      else transposePart(from, xRow, to, yRow, rows - r, cols - c);
    }
  }
}

/**
 * y[c,r] = x[r,c] for one matrix whose rows are xRow and yRow bytes apart.
 *
 * Where a stride is a power of two, all rows of a tile share a few places of the L1 cache, and lines of the same place are fetched
 * one after another. So tiles are visited along diagonals, where neither x nor y meets the same place twice in a row, and by
 * quarters of 8 x 8, so that no more than 8 lines of a place are in use: 2 to 4 times as fast at 1024 x 1024.
 */
function transposeMatrix(x: usize, xRow: usize, y: usize, yRow: usize, rows: i32, cols: i32): void {
  const wholeRows = rows & -TILE;
  const wholeCols = cols & -TILE;
  for (let c = 0; c < wholeCols; c += TILE * SQUARE) {
    const across = smaller(SQUARE, (wholeCols - c) / TILE);
    for (let r = 0; r < wholeRows; r += TILE * SQUARE) {
      const down = smaller(SQUARE, (wholeRows - r) / TILE);
      for (let diagonal = 0; diagonal < across; diagonal++) {
        for (let quarter = 0; quarter < 4; quarter++) {
          const rQuarter = r + ((quarter & 2) << 2), cQuarter = c + ((quarter & 1) << 3);
          let p = x + <usize>rQuarter * xRow + (<usize>cQuarter << 2);
          const q = y + <usize>cQuarter * yRow + (<usize>rQuarter << 2);
          let j = diagonal;
          for (let i = 0; i < down; i++) {
            const from = p + <usize>j * (4 * TILE);
            const to = q + <usize>j * TILE * yRow + <usize>i * (4 * TILE);
            transposeFour(from, xRow, to, yRow);
            transposeFour(from + 4 * xRow, xRow, to + 16, yRow);
            transposeFour(from + 16, xRow, to + 4 * yRow, yRow);
            transposeFour(from + 4 * xRow + 16, xRow, to + 4 * yRow + 16, yRow);
            p += <usize>TILE * xRow;
            if (++j == across) j = 0;
          }
        }
      }
    }
  }
  for (let c = 0; c < cols; c += TILE) {
    for (let r = c < wholeCols ? wholeRows : 0; r < rows; r += TILE) {
      const from = x + <usize>r * xRow + (<usize>c << 2);
      const to = y + <usize>c * yRow + (<usize>r << 2);
      transposeTile(from, xRow, to, yRow, smaller(TILE, rows - r), smaller(TILE, cols - c));
    }
  }
}

/** y[r,c] = x[r,c] where neighbours are xRow, xCol and yRow, yCol bytes apart. */
function copyMatrix(x: usize, xRow: i32, xCol: i32, y: usize, yRow: i32, yCol: i32, rows: i32, cols: i32, word: i32): void {
  const run = cols * word;
  if (xCol == word && yCol == word) {
    if (xRow == 0 && yRow == run) repeatRun(y, x, run, rows);
    else copyRuns(y, yRow, x, xRow, run, rows);
    return;
  }
  if (xCol == 0 && yCol == word) return fillRuns(y, yRow, x, xRow, run, rows, word);
  if (word == 4 && xRow == 4 && yCol == 4) return transposeMatrix(x, xCol, y, yRow, cols, rows);
  if (word == 4 && xCol == 4 && yRow == 4) return transposeMatrix(x, xRow, y, yCol, rows, cols);
  if (cols < FEW && rows > cols) {
    let t = cols;
    cols = rows;
    rows = t;
    t = xCol;
    xCol = xRow;
    xRow = t;
    t = yCol;
    yCol = yRow;
    yRow = t;
  }
  const block = isLess(xRow, xCol) || isLess(yRow, yCol) ? BLOCK : cols;
  for (; cols > 0; cols -= block) {
    const count = smaller(block, cols);
    for (let r = 0; r < rows; r++) copyStrided(x + r * xRow, xCol, y + r * yRow, yCol, count, word);
    x += block * xCol;
    y += block * yCol;
  }
}

/**
 * y[i0 * t0 + i1 * t1 + i2 * t2 + i3 * t3 + j * tInner] = x[i0 * s0 + i1 * s1 + i2 * s2 + i3 * s3 + j * sInner] for rows
 * [begin, end), counted over d0 * d1 * d2 * d3, and j in [0, inner). x, y: words of `word` bytes, 4 or 1; their index 0 is xStart and
 * yStart bytes from the address. Strides count bytes; negative ones reverse, 0 in x repeats. Fastest where both inner strides are a
 * word, or where one of x's and one of y's in the last two axes are. Not in place. @writes y
 */
export function copyRegion(
  begin: i32, end: i32, word: i32, d1: i32, d2: i32, d3: i32, inner: i32,
  s0: i32, s1: i32, s2: i32, s3: i32, sInner: i32, t0: i32, t1: i32, t2: i32, t3: i32, tInner: i32,
  xStart: i32, yStart: i32, x: usize, y: usize,
): void {
  assert(begin >= 0 && d1 >= 0 && d2 >= 0 && d3 >= 0 && inner >= 0 && (word == 1 || word == 4));
  if (begin >= end || inner == 0) return;
  x += xStart;
  y += yStart;
  let i2 = begin / d3;
  let i3 = begin - i2 * d3;
  let i1 = i2 / d2;
  i2 -= i1 * d2;
  let i0 = i1 / d1;
  i1 -= i0 * d1;
  const block = d2 > 1 && inner * word < LINE && (isLess(s2, s3) || isLess(t2, t3)) ? smaller(BLOCK, d3) : d3;
  while (begin < end) {
    const from = x + (i0 * s0 + i1 * s1 + i2 * s2 + i3 * s3);
    const to = y + (i0 * t0 + i1 * t1 + i2 * t2 + i3 * t3);
    // Whole planes where there are any, else the rows of a part of one.
    const whole = i3 == 0 ? smaller(d2 - i2, (end - begin) / d3) : 0;
    const planes = max(1, whole);
    const rows = whole > 0 ? d3 : smaller(d3 - i3, end - begin);
    for (let r = 0; r < rows; r += block) {
      const count = smaller(block, rows - r);
      for (let p = 0; p < planes; p++) {
        copyMatrix(from + (p * s2 + r * s3), s3, sInner, to + (p * t2 + r * t3), t3, tInner, count, inner, word);
      }
    }
    begin += rows * planes;
    i3 = 0;
    i2 += planes;
    if (i2 == d2) {
      i2 = 0;
      if (++i1 == d1) {
        i1 = 0;
        i0++;
      }
    }
  }
}
