/** @file Copies and fills of runs of bytes, shared by kernels. Short runs are moved in two parts that overlap. */

/** Bytes from which memory.copy is faster than a loop of vectors. */
const LONG_COPY: usize = 256;
/** Bytes that are repeated at a time: they stay in the L1 cache. */
const REPEATED: usize = 8192;

/** Copies n bytes, which do not overlap. */
export function copyBytes(to: usize, from: usize, n: usize): void {
  copyRuns(to, 0, from, 0, n, 1);
}

/** Copies `count` runs of n bytes that begin `fromStep` and `toStep` bytes apart. What is read and what is written do not overlap. */
export function copyRuns(to: usize, toStep: usize, from: usize, fromStep: usize, n: usize, count: i32): void {
  if (n >= LONG_COPY) {
    for (; count > 0; count--) {
      memory.copy(to, from, n);
      to += toStep;
      from += fromStep;
    }
  } else if (n >= 16) {
    const last = n - 16;
    for (; count > 0; count--) {
      for (let i: usize = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
      v128.store(to + last, v128.load(from + last));
      to += toStep;
      from += fromStep;
    }
  } else if (n >= 8) copyPairs<u64>(to, toStep, from, fromStep, n - 8, count);
  else if (n >= 4) copyPairs<u32>(to, toStep, from, fromStep, n - 4, count);
  else if (n >= 2) copyPairs<u16>(to, toStep, from, fromStep, n - 2, count);
  else if (n == 1) copyPairs<u8>(to, toStep, from, fromStep, 0, count);
}

/** Runs of one or two T, the second `last` bytes after the first. */
// @ts-ignore: decorator
@inline
function copyPairs<T>(to: usize, toStep: usize, from: usize, fromStep: usize, last: usize, count: i32): void {
  for (; count > 0; count--) {
    const a = load<T>(from), b = load<T>(from + last);
    store<T>(to, a);
    if (last) store<T>(to + last, b);
    to += toStep;
    from += fromStep;
  }
}

/** Writes the same n bytes `count` times, one after another. */
export function repeatRun(to: usize, from: usize, n: usize, count: i32): void {
  const total = n * <usize>count;
  copyBytes(to, from, n);
  // What has been written is what comes next: twice as much each time, up to a number of runs that keeps the alignment.
  const most = n * max<usize>(1, (REPEATED / n) & ~15);
  for (let done = n; done < total;) {
    const next = min(min(done, most), total - done);
    copyBytes(to + done, to, next);
    done += next;
  }
}

/** Fills `count` runs of n bytes that begin `toStep` bytes apart, each with copies of its word at x, `xStep` bytes apart. */
export function fillRuns(to: usize, toStep: usize, x: usize, xStep: usize, n: usize, count: i32, word: i32): void {
  for (; count > 0; count--) {
    fillRun(to, n, word == 4 ? v128.load32_splat(x) : v128.load8_splat(x));
    to += toStep;
    x += xStep;
  }
}

/** Fills n bytes with a vector whose lanes are equal. */
// @ts-ignore: decorator
@inline
export function fillRun(to: usize, n: usize, lanes: v128): void {
  const end = to + n;
  if (n >= 16) {
    for (; to + 32 <= end; to += 32) {
      v128.store(to, lanes);
      v128.store(to, lanes, 16);
    }
    if (to + 16 <= end) v128.store(to, lanes);
    v128.store(end - 16, lanes);
  } else if (n >= 8) {
    v128.store64_lane(to, lanes, 0);
    v128.store64_lane(end - 8, lanes, 0);
  } else if (n >= 4) {
    v128.store32_lane(to, lanes, 0);
    v128.store32_lane(end - 4, lanes, 0);
  } else {
    for (; to < end; to++) v128.store8_lane(to, lanes, 0);
  }
}
