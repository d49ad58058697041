/** @file The memory plan: places blocks whose lifetimes overlap at different offsets of one arena. */
import { aligned } from "../wasm/heap.js";

/** A block to place: it is in use from record `first` to record `last`, both included. */
export interface Interval {
  bytes: number;
  first: number;
  last: number;
  /** Byte offset in the arena, set by `planMemory`. */
  offset: number;
}

/**
 * Greedy, largest first, each at the lowest offset that is free for its whole life; 64-byte alignment.
 * @returns bytes of the arena
 */
export function planMemory(intervals: readonly Interval[]): number {
  const order = [...intervals].sort((a, b) => b.bytes - a.bytes || a.first - b.first);
  /** Placed intervals in order of offset. */
  const placed: Interval[] = [];
  let total = 0;
  for (const interval of order) {
    const size = aligned(interval.bytes);
    let offset = 0;
    for (const other of placed) {
      if (other.last < interval.first || other.first > interval.last) continue;
      if (other.offset - offset >= size) break;
      offset = Math.max(offset, other.offset + aligned(other.bytes));
    }
    interval.offset = offset;
    total = Math.max(total, offset + size);
    const at = placed.findIndex((other) => other.offset > offset);
    if (at < 0) placed.push(interval);
    else placed.splice(at, 0, interval);
  }
  return total;
}

/** The least any plan needs: the most bytes alive at one record. */
export function lowerBound(intervals: readonly Interval[]): number {
  const changes = new Map<number, number>();
  const change = (at: number, bytes: number): void => {
    changes.set(at, (changes.get(at) ?? 0) + bytes);
  };
  for (const { bytes, first, last } of intervals) {
    change(first, aligned(bytes));
    change(last + 1, -aligned(bytes));
  }
  let alive = 0;
  let most = 0;
  for (const [, bytes] of [...changes].sort(([a], [b]) => a - b)) {
    alive += bytes;
    most = Math.max(most, alive);
  }
  return most;
}
