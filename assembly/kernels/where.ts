/** @file Choice between two operands by a condition, with broadcasting of all three. T gives the size of an element: u32 or u8. */

/** Stores a where the mask's bits are set, else b, at y; 16 bytes at `offset` of each. An operand of step 0 is its splat. */
// @ts-ignore: decorator
@inline
function choose(mask: v128, p: usize, a: v128, aStep: usize, q: usize, b: v128, bStep: usize, y: usize, offset: usize): void {
  if (aStep != 0) a = v128.load(p + offset);
  if (bStep != 0) b = v128.load(q + offset);
  v128.store(y + offset, v128.bitselect(a, b, mask));
}

/**
 * y = c ? a : b for `count` rows of `inner` elements. y is contiguous; cRow, aRow and bRow are bytes between rows of the operands;
 * with step 1 an operand's row is `inner` elements, with step 0 one element for the whole row.
 */
function block<T>(
  count: i32, inner: i32, c: usize, cRow: usize, cStep: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize,
): void {
  const size = sizeof<T>();
  for (; count > 0; --count, c += cRow, a += aRow, b += bRow) {
    let r = c, p = a, q = b;
    let left = inner;
    if (left >= 16) {
      const cSplat = v128.load8_splat(c);
      const aSplat = size == 1 ? v128.load8_splat(a) : v128.load32_splat(a);
      const bSplat = size == 1 ? v128.load8_splat(b) : v128.load32_splat(b);
      for (; left >= 16; left -= 16, y += size << 4, r += cStep << 4, p += aStep * size << 4, q += bStep * size << 4) {
        const mask = i8x16.ne(cStep != 0 ? v128.load(r) : cSplat, i8x16.splat(0));
        if (size == 1) choose(mask, p, aSplat, aStep, q, bSplat, bStep, y, 0);
        else {
          const low = i16x8.extend_low_i8x16_s(mask);
          const high = i16x8.extend_high_i8x16_s(mask);
          choose(i32x4.extend_low_i16x8_s(low), p, aSplat, aStep, q, bSplat, bStep, y, 0);
          choose(i32x4.extend_high_i16x8_s(low), p, aSplat, aStep, q, bSplat, bStep, y, 16);
          choose(i32x4.extend_low_i16x8_s(high), p, aSplat, aStep, q, bSplat, bStep, y, 32);
          choose(i32x4.extend_high_i16x8_s(high), p, aSplat, aStep, q, bSplat, bStep, y, 48);
        }
      }
    }
    for (; left > 0; --left, y += size, r += cStep, p += aStep * size, q += bStep * size) {
      store<T>(y, select<T>(load<T>(p), load<T>(q), load<u8>(r) != 0));
    }
  }
}

/** One block of elements of `size` bytes: 4 or 1. */
function blockOf(
  size: i32, count: i32, inner: i32, c: usize, cRow: usize, cStep: usize, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, y: usize,
): void {
  if (size == 4) block<u32>(count, inner, c, cRow, cStep, a, aRow, aStep, b, bRow, bStep, y);
  else block<u8>(count, inner, c, cRow, cStep, a, aRow, aStep, b, bRow, bStep, y);
}

/**
 * y = c ? a : b for elements [begin, end); c: bytes, a, b, y: elements of `size` (4 or 1) bytes; an operand of step 0 is one element.
 * In place: y may be an operand of step 1 and its size. @writes y
 */
export function where(begin: i32, end: i32, size: i32, c: usize, cStep: i32, a: usize, aStep: i32, b: usize, bStep: i32, y: usize): void {
  assert(begin >= 0 && begin <= end && (size == 4 || size == 1) && (cStep | aStep | bStep) >>> 1 == 0);
  const first = begin * size;
  blockOf(size, 1, end - begin, c + <usize>(begin * cStep), 0, cStep, a + <usize>(first * aStep), 0, aStep, b + <usize>(first * bStep), 0, bStep, y + <usize>first);
}

/**
 * y = c ? a : b for rows [begin, end) of y: [d0, d1, d2, inner]; c: bytes, a, b, y: elements of `size` (4 or 1) bytes; row (i0, i1, i2)
 * of c begins at element i0 c0 + i1 c1 + i2 c2, and those of a and b alike; an operand of step 0 has one element a row.
 * In place: y may be an operand that has its shape and size. @writes y
 */
export function whereRows(
  begin: i32, end: i32, size: i32, d1: i32, d2: i32, inner: i32, c: usize, c0: i32, c1: i32, c2: i32, cStep: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  assert(begin >= 0 && begin <= end && d1 > 0 && d2 > 0 && inner >= 0 && (size == 4 || size == 1) && (cStep | aStep | bStep) >>> 1 == 0);
  y += <usize>(begin * inner * size);
  // One block for each run of rows along d2.
  while (begin < end) {
    const outer = begin / d2;
    const i2 = begin - outer * d2;
    const i0 = outer / d1;
    const i1 = outer - i0 * d1;
    const count = min(d2 - i2, end - begin);
    const aFirst = a + <usize>((i0 * a0 + i1 * a1 + i2 * a2) * size);
    const bFirst = b + <usize>((i0 * b0 + i1 * b1 + i2 * b2) * size);
    const cFirst = c + <usize>(i0 * c0 + i1 * c1 + i2 * c2);
    blockOf(size, count, inner, cFirst, c2, cStep, aFirst, a2 * size, aStep, bFirst, b2 * size, bStep, y);
    y += <usize>(count * inner * size);
    begin += count;
  }
}
