/** @file The order of elements as integers, for what compares floats and integers alike. */

/**
 * Integers in the order of four elements. Of floats NaN is the largest, and -0 is less than 0, or equal to it if `zero` is 0:
 * `zero` (0 or -0 in all lanes) is added first.
 */
// @ts-ignore: decorator
@inline
export function orderKeys(v: v128, float: bool, zero: v128): v128 {
  if (!float) return v;
  v = f32x4.add(v, zero);
  const nan = f32x4.ne(v, v);
  const key = v128.xor(v, i32x4.shr_u(i32x4.shr_s(v, 31), 1));
  return v128.or(v128.andnot(key, nan), i32x4.shr_u(nan, 1));
}
