/**
 * @file Moving elements unchanged: copy, fill, transpose, permute, gather, and scatterAdd, which belongs to gather.
 * `size` is that of an element in bytes: 1, 2, 4 or 8.
 */

/** Bytes from which memory.copy is faster than a loop of vectors. */
const LONG_COPY: usize = 256;
/** Side of a tile of a transpose: 16 floats are a cache line. */
const TILE = 16;
/** Tiles a side of the square that is transposed at a time: 8 x 8 tiles of floats are 64 kB, in L2 beside their copy. */
const SQUARE = 8;

// @ts-ignore: decorator
@inline
function smaller(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

/** Copies n bytes, which do not overlap. */
function copyBytes(to: usize, from: usize, n: usize): void {
  if (n >= LONG_COPY) {
    memory.copy(to, from, n);
    return;
  }
  for (const limit = to + n; to + 16 <= limit; to += 16) {
    v128.store(to, v128.load(from));
    from += 16;
  }
  if (n & 8) {
    store<u64>(to, load<u64>(from));
    to += 8;
    from += 8;
  }
  if (n & 4) {
    store<u32>(to, load<u32>(from));
    to += 4;
    from += 4;
  }
  if (n & 2) {
    store<u16>(to, load<u16>(from));
    to += 2;
    from += 2;
  }
  if (n & 1) store<u8>(to, load<u8>(from));
}

/** Copies n elements that are xStep bytes apart in x and yStep in y. */
// @ts-ignore: decorator
@inline
function copyStrided<T>(y: usize, yStep: usize, x: usize, xStep: usize, n: i32): void {
  if (sizeof<T>() == 4 && yStep == 4) {
    for (; n >= 4; n -= 4) {
      const z = x + xStep + xStep;
      const front = v128.load_lane<i32>(x + xStep, v128.load32_zero(x), 1);
      const back = v128.load_lane<i32>(z + xStep, v128.load32_zero(z), 1);
      v128.store(y, v128.shuffle<i64>(front, back, 0, 2));
      x = z + xStep + xStep;
      y += 16;
    }
  }
  for (; n > 0; n--) {
    store<T>(y, load<T>(x));
    x += xStep;
    y += yStep;
  }
}

function copyElements(y: usize, yStep: usize, x: usize, xStep: usize, n: i32, size: i32): void {
  if (size == 4) copyStrided<u32>(y, yStep, x, xStep, n);
  else if (size == 1) copyStrided<u8>(y, yStep, x, xStep, n);
  else if (size == 2) copyStrided<u16>(y, yStep, x, xStep, n);
  else copyStrided<u64>(y, yStep, x, xStep, n);
}

/** Fills [p, limit), a multiple of 4 bytes, with copies of four lanes that are equal. */
function fillWords(p: usize, limit: usize, lanes: v128): void {
  for (; p + 32 <= limit; p += 32) {
    v128.store(p, lanes);
    v128.store(p, lanes, 16);
  }
  for (; p < limit; p += 4) v128.store_lane<i32>(p, lanes, 0);
}

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

/** y[c,r] = x[r,c] for a few rows and columns of elements of any size. */
function transposeSmall(x: usize, xRow: usize, y: usize, yRow: usize, rows: i32, cols: i32, size: i32): void {
  const wholeCols = size == 4 ? cols & ~3 : 0;
  let r = size == 4 ? rows & ~3 : 0, c = wholeCols;
  for (let i = 0; i < c; i += 4) {
    for (let k = 0; k < r; k += 4) {
      transposeFour(x + <usize>k * xRow + (<usize>i << 2), xRow, y + <usize>i * yRow + (<usize>k << 2), yRow);
    }
  }
  // The last columns whole, then the last rows of the others.
  for (; c < cols; c++) copyElements(y + <usize>c * yRow, size, x + <usize>(c * size), xRow, rows, size);
  for (; r < rows; r++) copyElements(y + <usize>(r * size), yRow, x + <usize>r * xRow, size, wholeCols, size);
}

/**
 * y[c,r] = x[r,c] for one matrix whose rows are xRow and yRow bytes apart.
 *
 * Where a stride is a power of two, all rows of a tile share a few places of the L1 cache, and lines of the same place are fetched
 * one after another. So tiles are visited along diagonals, where neither x nor y meets the same place twice in a row, and by
 * quarters of 8 x 8, so that no more than 8 lines of a place are in use: 2 to 4 times as fast at 1024 x 1024.
 */
function transposeMatrix(x: usize, xRow: usize, y: usize, yRow: usize, rows: i32, cols: i32, size: i32): void {
  const wholeRows = size == 4 ? rows & -TILE : 0;
  const wholeCols = size == 4 ? cols & -TILE : 0;
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
      const from = x + <usize>r * xRow + <usize>(c * size);
      const to = y + <usize>c * yRow + <usize>(r * size);
      transposeSmall(from, xRow, to, yRow, smaller(TILE, rows - r), smaller(TILE, cols - c), size);
    }
  }
}

/**
 * y[b,c,r] = x[b,r,c] for rows [begin, end) of y, counted over batch * cols. x: [batch, rows, cols], y: [batch, cols, rows], of
 * elements of `size` bytes. Not in place. @writes y
 */
export function transpose(begin: i32, end: i32, rows: i32, cols: i32, size: i32, x: usize, y: usize): void {
  assert(begin >= 0 && rows >= 0 && cols >= 0 && (size == 1 || size == 2 || size == 4 || size == 8));
  if (begin >= end) return;
  const xRow = <usize>(cols * size);
  const yRow = <usize>(rows * size);
  let batch = begin / cols;
  let c = begin - batch * cols;
  y += <usize>begin * yRow;
  while (begin < end) {
    const count = smaller(cols - c, end - begin);
    transposeMatrix(x + <usize>batch * <usize>rows * xRow + <usize>(c * size), xRow, y, yRow, rows, count, size);
    y += <usize>count * yRow;
    begin += count;
    c = 0;
    batch++;
  }
}

/**
 * y[i0,i1,i2,i3,j] = x[i0 * s0 + i1 * s1 + i2 * s2 + i3 * s3 + j * sInner] for rows [begin, end) of y, counted over
 * d0 * d1 * d2 * d3. y: [d0, d1, d2, d3, inner] of elements of `size` bytes; x: the element at index 0. Strides count elements;
 * negative ones reverse, 0 repeats. Fastest where sInner is 1, or s3, or s2. Not in place. @writes y
 */
export function permute(
  begin: i32, end: i32, size: i32, d1: i32, d2: i32, d3: i32, inner: i32,
  s0: i32, s1: i32, s2: i32, s3: i32, sInner: i32, x: usize, y: usize,
): void {
  assert(begin >= 0 && d1 >= 0 && d2 >= 0 && d3 >= 0 && inner >= 0 && (size == 1 || size == 2 || size == 4 || size == 8));
  if (begin >= end || inner == 0) return;
  let i2 = begin / d3;
  let i3 = begin - i2 * d3;
  let i1 = i2 / d2;
  i2 -= i1 * d2;
  let i0 = i1 / d1;
  i1 -= i0 * d1;
  const yRow = <usize>(inner * size);
  y += <usize>begin * yRow;
  while (begin < end) {
    let from = x + <usize>((i0 * s0 + i1 * s1 + i2 * s2 + i3 * s3) * size);
    const planes = smaller(d2 - i2, (end - begin) / d3);
    if (s2 == 1 && s3 != 1 && sInner != 1 && i3 == 0 && planes > 1) {
      // For every i3 a transpose of [inner, planes], whose rows in y are d3 rows apart.
      for (let k = 0; k < d3; k++) {
        transposeMatrix(from, <usize>(sInner * size), y + <usize>k * yRow, <usize>d3 * yRow, inner, planes, size);
        from += <usize>(s3 * size);
      }
      y += <usize>(planes * d3) * yRow;
      begin += planes * d3;
      i2 += planes;
    } else {
      let count = smaller(d3 - i3, end - begin);
      begin += count;
      if (s3 == 1 && sInner != 1 && inner > 1) {
        transposeMatrix(from, <usize>(sInner * size), y, yRow, inner, count, size);
        y += <usize>count * yRow;
        count = 0;
      }
      for (; count > 0; count--) {
        if (sInner == 1) copyBytes(y, from, yRow);
        else if (sInner == 0 && size == 4) fillWords(y, y + yRow, v128.load32_splat(from));
        else copyElements(y, size, from, <usize>(sInner * size), inner, size);
        from += <usize>(s3 * size);
        y += yRow;
      }
      i3 = 0;
      i2++;
    }
    if (i2 == d2) {
      i2 = 0;
      if (++i1 == d1) {
        i1 = 0;
        i0++;
      }
    }
  }
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
