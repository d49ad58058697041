/** @file Copies and fills of runs of bytes, shared by kernels. */

/** Bytes from which memory.copy is faster than a loop of vectors. */
const LONG_COPY: usize = 256;

/** Copies n bytes, which do not overlap: whole vectors, and a last one that overlaps them. */
export function copyBytes(to: usize, from: usize, n: usize): void {
  if (n >= LONG_COPY) memory.copy(to, from, n);
  else if (n >= 16) {
    const last = n - 16;
    for (let i: usize = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
    v128.store(to + last, v128.load(from + last));
  } else if (n >= 8) {
    const last = n - 8;
    store<u64>(to, load<u64>(from));
    store<u64>(to + last, load<u64>(from + last));
  } else if (n >= 4) {
    const last = n - 4;
    store<u32>(to, load<u32>(from));
    store<u32>(to + last, load<u32>(from + last));
  } else {
    for (let i: usize = 0; i < n; i++) store<u8>(to + i, load<u8>(from + i));
  }
}

/** Fills [p, limit), a multiple of 4 bytes, with copies of four lanes that are equal. */
export function fillWords(p: usize, limit: usize, lanes: v128): void {
  for (; p + 32 <= limit; p += 32) {
    v128.store(p, lanes);
    v128.store(p, lanes, 16);
  }
  for (; p < limit; p += 4) v128.store_lane<i32>(p, lanes, 0);
}
