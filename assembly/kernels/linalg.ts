/**
 * @file Small dense linear algebra in float64: linear equations with determinants, Cholesky and QR factors of the matrices
 * [begin, end), each with a slice of `space` of its own. Rows of float64 in `space` are padded to pairs, and loops over them take pairs from an even position on.
 */

/** Bytes of n float64, padded to pairs. */
function padded(n: i32): usize {
  return <usize>((n + 1) & ~1) << 3;
}

/** Bytes to the pair that holds the k-th float64. */
function pairOf(k: i32): usize {
  return <usize>(k & ~1) << 3;
}

/** Address of the k-th float64. */
function at(row: usize, k: i32): usize {
  return row + (<usize>k << 3);
}

/** Writes n floats, `stride` floats apart, as float64. */
function widen(x: usize, stride: i32, n: i32, y: usize): void {
  for (; n > 0; n--) {
    store<f64>(y, <f64>load<f32>(x));
    x += <usize>stride << 2;
    y += 8;
  }
}

/** Writes n float64 divided by `divisor` as floats, `stride` floats apart. */
function narrow(x: usize, n: i32, divisor: f64, y: usize, stride: i32): void {
  for (; n > 0; n--) {
    store<f32>(y, <f32>(load<f64>(x) / divisor));
    x += 8;
    y += <usize>stride << 2;
  }
}

/** y += factor * x over `bytes`. */
function addScaled(y: usize, x: usize, bytes: usize, factor: f64): void {
  for (const end = x + bytes; x < end; x += 16) {
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(v128.load(x), f64x2.splat(factor))));
    y += 16;
  }
}

/** Sum of x * y over `bytes`. */
// @ts-ignore: decorator
@inline
function dot(x: usize, y: usize, bytes: usize): f64 {
  let sum = f64x2.splat(0);
  for (const end = x + bytes; x < end; x += 16) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(x), v128.load(y)));
    y += 16;
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * Solves a x = b by Gauss-Jordan elimination with partial pivoting, and d[c] = the determinant of a[c], for matrices c in [begin, end). Element [i, j] of each a is at i rowStride + j columnStride floats; a: [count, n, n], b, x: [count, n, m], d: [count]. In place: x may be b. @writes x d @scratch space
 * space: for each matrix n + 1 rows of n + m padded float64.
 */
export function solve(begin: i32, end: i32, n: i32, m: i32, rowStride: i32, columnStride: i32, a: usize, b: usize, x: usize, d: usize, space: usize): void {
  assert(begin >= 0 && n >= 0 && m >= 0);
  const width = padded(n + m);
  const first = <usize>begin * <usize>n;
  a += (first * <usize>n) << 2;
  b += (first * <usize>m) << 2;
  x += (first * <usize>m) << 2;
  d += <usize>begin << 2;
  space += (first + <usize>begin) * width;
  const last = space + <usize>n * width;
  for (; begin < end; begin++) {
    for (let i = 0; i < n; i++) {
      const row = space + <usize>i * width;
      widen(a + (<usize>(i * rowStride) << 2), columnStride, n, row);
      widen(b, 1, m, at(row, n));
      b += <usize>m << 2;
    }
    let product: f64 = 1;
    for (let k = 0; k < n; k++) {
      const top = space + <usize>k * width;
      let best = top;
      for (let row = top; row < last; row += width) if (abs(load<f64>(at(row, k))) > abs(load<f64>(at(best, k)))) best = row;
      if (best != top) {
        product = -product;
        memory.copy(last, top, width);
        memory.copy(top, best, width);
        memory.copy(best, last, width);
      }
      const pivot = load<f64>(at(top, k)), skip = pairOf(k);
      product *= pivot;
      // Of a singular matrix: all below the pivot is 0 too.
      if (pivot == 0) continue;
      // Half of the rows of a triangular matrix have nothing to take away.
      for (let row = space; row < last; row += width) {
        const factor = load<f64>(at(row, k));
        if (row != top && factor != 0) addScaled(row + skip, top + skip, width - skip, -factor / pivot);
      }
    }
    store<f32>(d, <f32>product);
    d += 4;
    for (let i = 0; i < n; i++) {
      const row = space + <usize>i * width;
      narrow(at(row, n), m, load<f64>(at(row, i)), x, 1);
      x += <usize>m << 2;
    }
    a += (<usize>n * <usize>n) << 2;
  }
}

/**
 * l[c] = the lower triangular matrix with l l^T = a[c], a symmetric matrix, for c in [begin, end); NaN from the column on that makes it not positive
 * definite. a, l: [count, n, n]. In place: l may be a. @writes l @scratch space
 * space: for each matrix n rows of n padded float64.
 */
export function cholesky(begin: i32, end: i32, n: i32, a: usize, l: usize, space: usize): void {
  assert(begin >= 0 && n >= 0);
  const width = padded(n);
  const first = <usize>begin * <usize>n;
  a += (first * <usize>n) << 2;
  l += (first * <usize>n) << 2;
  space += first * width;
  const last = space + <usize>n * width;
  for (; begin < end; begin++) {
    for (let row = space; row < last; row += width) {
      widen(a, 1, n, row);
      a += <usize>n << 2;
    }
    memory.fill(l, 0, (<usize>n * <usize>n) << 2);
    for (let k = 0; k < n; k++) {
      const top = space + <usize>k * width, skip = pairOf(k);
      let pivot = load<f64>(at(top, k));
      if (pivot <= 0) pivot = NaN;
      // The columns right of the pivot are in its row too.
      for (let i = k + 1; i < n; i++) addScaled(space + <usize>i * width + skip, top + skip, width - skip, -load<f64>(at(top, i)) / pivot);
      narrow(at(top, k), n - k, sqrt(pivot), l, n);
      l += <usize>(n + 1) << 2;
    }
    l -= <usize>n << 2;
  }
}

/**
 * q[c] = the first p columns of Q in a[c] = Q R, for c in [begin, end), by Householder reflections that give R[j, j] the other sign than the element it comes
 * from. a: [count, m, n], q: [count, m, p], n <= p <= m. Not in place. @writes q @scratch space
 * space: for each matrix n + 2 rows of m padded float64.
 */
export function qr(begin: i32, end: i32, m: i32, n: i32, p: i32, a: usize, q: usize, space: usize): void {
  assert(begin >= 0 && n >= 0 && n <= p && p <= m);
  const width = padded(m);
  const first = <usize>begin * <usize>m;
  a += (first * <usize>n) << 2;
  q += (first * <usize>p) << 2;
  space += <usize>(begin * (n + 2)) * width;
  const taus = space + <usize>n * width, x = taus + width;
  for (; begin < end; begin++) {
    memory.fill(space, 0, <usize>(n + 1) * width);
    // Columns of a are rows here, and become the vectors v to reflect by: y - tau v (v y).
    for (let j = 0; j < n; j++) {
      const v = space + <usize>j * width, skip = pairOf(j);
      widen(a + (<usize>j << 2), n, m, v);
      for (let i = 0; i < j; i++) reflect(v, space, i, width, load<f64>(at(taus, i)));
      // Above the diagonal are elements of R.
      memory.fill(v, 0, <usize>j << 3);
      const corner = load<f64>(at(v, j));
      const length = sqrt(dot(v + skip, v + skip, width - skip));
      // A column of zeros is not reflected.
      if (length == 0) continue;
      const away = corner + (corner > 0 ? length : -length);
      store<f64>(at(v, j), away);
      store<f64>(at(taus, j), 1 / (length * abs(away)));
    }
    for (let c = 0; c < p; c++) {
      memory.fill(x, 0, width);
      store<f64>(at(x, c), 1);
      for (let j = n - 1; j >= 0; j--) reflect(x, space, j, width, load<f64>(at(taus, j)));
      narrow(x, m, 1, q + (<usize>c << 2), p);
    }
    a += (<usize>m * <usize>n) << 2;
    q += (<usize>m * <usize>p) << 2;
  }
}

/** Reflects y by the j-th vector, which is 0 before its j-th element. */
function reflect(y: usize, vectors: usize, j: i32, width: usize, tau: f64): void {
  const skip = pairOf(j);
  const v = vectors + <usize>j * width + skip;
  addScaled(y + skip, v, width - skip, -tau * dot(v, y + skip, width - skip));
}
