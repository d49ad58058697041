/**
 * @file Loops over the elements of two operands that broadcast by strides. An operation is a functor class, as in map.ts, in a class
 * that says what its vectors hold: `Quads` of four elements, or `Doubles` of two, as float64.
 */

/**
 * y = Op(a, b) for `count` rows of `inner` elements. y is contiguous; aRow and bRow are bytes between rows of the operands; with
 * step 1 an operand's row is `inner` elements, with step 0 one element for the whole row.
 */
function block<Op>(count: i32, inner: i32, a: usize, aRow: usize, aStep: i32, b: usize, bRow: usize, bStep: i32, y: usize): void {
  const aBytes = (<usize>aStep) << 2;
  const bBytes = (<usize>bStep) << 2;
  const row = (<usize>inner) << 2;
  for (; count > 0; --count, a += aRow, b += bRow) {
    const last = y + row;
    let p = a;
    let q = b;
    if (aStep == 0) {
      const splat = v128.load32_splat(a);
      if (bStep != 0) {
        for (; y + 32 <= last; y += 32, q += 32) {
          v128.store(y, changetype<Op>(0).v(splat, v128.load(q)));
          v128.store(y, changetype<Op>(0).v(splat, v128.load(q, 16)), 16);
        }
      }
    } else if (bStep == 0) {
      const splat = v128.load32_splat(b);
      for (; y + 16 <= last; y += 16, p += 16) v128.store(y, changetype<Op>(0).v(v128.load(p), splat));
    } else {
      for (; y + 32 <= last; y += 32, p += 32, q += 32) {
        v128.store(y, changetype<Op>(0).v(v128.load(p), v128.load(q)));
        v128.store(y, changetype<Op>(0).v(v128.load(p, 16), v128.load(q, 16)), 16);
      }
    }
    for (; y < last; y += 4, p += aBytes, q += bBytes) v128.store_lane<f32>(y, changetype<Op>(0).v(v128.load32_zero(p), v128.load32_zero(q)), 0);
  }
}

/** Two elements, or one in both lanes, as float64. */
// @ts-ignore: decorator
@inline
function loadDoubles<T>(p: usize, pair: bool): v128 {
  const elements = pair ? v128.load64_zero(p) : v128.load32_splat(p);
  return isFloat<T>() ? f64x2.promote_low_f32x4(elements) : f64x2.convert_low_i32x4_s(elements);
}

/** `block` by way of float64, for elements of type T: float32, or int32, which rounds towards 0 and makes 0 of NaN. */
function blockOfDoubles<Op, T>(count: i32, inner: i32, a: usize, aRow: usize, aStep: i32, b: usize, bRow: usize, bStep: i32, y: usize): void {
  const aBytes = (<usize>aStep) << 3;
  const bBytes = (<usize>bStep) << 3;
  const row = (<usize>inner) << 2;
  for (; count > 0; --count, a += aRow, b += bRow) {
    const last = y + row;
    for (let p = a, q = b; y < last; p += aBytes, q += bBytes) {
      const pair = y + 4 < last;
      const z = changetype<Op>(0).v(loadDoubles<T>(p, pair && aStep != 0), loadDoubles<T>(q, pair && bStep != 0));
      const result = isFloat<T>() ? f32x4.demote_f64x2_zero(z) : i32x4.trunc_sat_f64x2_s_zero(z);
      if (pair) v128.store64_lane(y, result, 0);
      else v128.store32_lane(y, result, 0);
      y += pair ? 8 : 4;
    }
  }
}

export class Quads<Op> {
  @inline block(count: i32, inner: i32, a: usize, aRow: usize, aStep: i32, b: usize, bRow: usize, bStep: i32, y: usize): void {
    block<Op>(count, inner, a, aRow, aStep, b, bRow, bStep, y);
  }
}

export class Doubles<Op, T> {
  @inline block(count: i32, inner: i32, a: usize, aRow: usize, aStep: i32, b: usize, bRow: usize, bStep: i32, y: usize): void {
    blockOfDoubles<Op, T>(count, inner, a, aRow, aStep, b, bRow, bStep, y);
  }
}

/** y = the operation of a and b for elements [begin, end). */
// @ts-ignore: decorator
@inline
export function plain<Blocks>(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void {
  assert(begin >= 0 && begin <= end && (aStep | bStep) >>> 1 == 0);
  changetype<Blocks>(0).block(1, end - begin, a + ((<usize>(begin * aStep)) << 2), 0, aStep, b + ((<usize>(begin * bStep)) << 2), 0, bStep, y + ((<usize>begin) << 2));
}

/** y = the operation of a and b for rows [begin, end) of [d0, d1, d2, inner], one block for each run of rows along d2. */
// @ts-ignore: decorator
@inline
export function rows<Blocks>(
  begin: i32, end: i32, d1: i32, d2: i32, inner: i32,
  a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize,
): void {
  assert(begin >= 0 && begin <= end && d1 > 0 && d2 > 0 && inner >= 0 && (aStep | bStep) >>> 1 == 0);
  y += (<usize>(begin * inner)) << 2;
  while (begin < end) {
    const outer = begin / d2;
    const i2 = begin - outer * d2;
    const i0 = outer / d1;
    const i1 = outer - i0 * d1;
    const count = min(d2 - i2, end - begin);
    const aFirst = a + ((<usize>(i0 * a0 + i1 * a1 + i2 * a2)) << 2);
    const bFirst = b + ((<usize>(i0 * b0 + i1 * b1 + i2 * b2)) << 2);
    changetype<Blocks>(0).block(count, inner, aFirst, (<usize>a2) << 2, aStep, bFirst, (<usize>b2) << 2, bStep, y);
    y += (<usize>(count * inner)) << 2;
    begin += count;
  }
}
