/** @file Taking elements along an axis by indices, and its reverse: adding them to the places they came from. */

/**
 * y[o,j,i] = x[o,indices[o,j,i],i] for elements [begin, end) of y; 0 for an index outside [0, limit). x: [outer, limit, inner] of
 * elements of `size` bytes, 1 or 4; indices: i32 [outer, count, inner], y: [outer, count, inner]. Not in place. @writes y
 */
export function takeAlong(begin: i32, end: i32, limit: i32, count: i32, inner: i32, size: i32, x: usize, indices: usize, y: usize): void {
  assert(begin >= 0 && limit >= 0 && count >= 0 && inner >= 0 && (size == 1 || size == 4));
  if (begin >= end) return;
  const row = begin / inner;
  let i = begin - row * inner, left = count - row % count;
  let o = row / count * limit;
  for (let at = begin; at < end; at++) {
    const index = load<u32>(indices + (<usize>at << 2));
    const from = x + <usize>((o + index) * inner + i) * <usize>size;
    const valid = index < <u32>limit;
    if (size == 4) store<u32>(y + (<usize>at << 2), valid ? load<u32>(from) : 0);
    else store<u8>(y + at, valid ? load<u8>(from) : 0);
    if (++i == inner) {
      i = 0;
      if (--left == 0) {
        left = count;
        o += limit;
      }
    }
  }
}

/**
 * y[o,indices[o,j,i],i] += x[o,j,i] for the lines (o, i) in [begin, end), counted over outer * inner, and all j in [0, count), in the
 * order of j; indices outside [0, limit) are left out. x: f32, or i32 (which wraps) if integer, [outer, count, inner];
 * indices: i32 [outer, count, inner], y: [outer, limit, inner]. Not in place. @updates y
 */
export function addAlong(begin: i32, end: i32, limit: i32, count: i32, inner: i32, integer: i32, x: usize, indices: usize, y: usize): void {
  assert(begin >= 0 && limit >= 0 && count >= 0 && inner >= 0);
  while (begin < end) {
    const o = begin / inner;
    const first = begin - o * inner;
    const last = min(inner, first + end - begin);
    for (let j = 0; j < count; j++) {
      const row = (o * count + j) * inner;
      for (let i = first; i < last; i++) {
        const at = <usize>(row + i) << 2;
        const index = load<u32>(indices + at);
        if (index >= <u32>limit) continue;
        const to = y + (<usize>((o * limit + index) * inner + i) << 2);
        if (integer) store<i32>(to, load<i32>(to) + load<i32>(x + at));
        else store<f32>(to, load<f32>(to) + load<f32>(x + at));
      }
    }
    begin += last - first;
  }
}
