/** @file Layout of a trace: lifetimes, in-place joins, offsets in the arena. */
import { aligned } from "../wasm/heap.js";
import { threads } from "../wasm/threads.js";
import type { Encoder } from "./encode.js";
import { type Interval, lowerBound, planMemory } from "./memory.js";
import type { PlanBlock, Trace } from "./trace.js";

/** How threads share a plan; see share.ts. */
export interface Sharing {
  readonly threads: number;
  /** For each record: do all take part? */
  readonly records: readonly boolean[];
  /** Bytes of a block: each thread has scratch of its own. */
  bytesOf(info: PlanBlock): number;
  /** For each record: must all threads have done those before it? */
  barriers(offsets: Map<PlanBlock, number>): boolean[];
  /** What encodes the records of all threads. */
  encoder(...args: ConstructorParameters<typeof Encoder>): Encoder;
}

/** Where every arena block of a plan lies, and what its threads do. */
export interface Layout {
  /** What threads do, where there is a record worth sharing. */
  readonly sharing: Sharing | null;
  readonly offsets: Map<PlanBlock, number>;
  /** Bytes of the arena, and the least possible for these lifetimes. */
  readonly bytes: number;
  readonly lowerBound: number;
  /** Byte ranges of named groups, such as the gradients. */
  readonly groups: Map<string, { offset: number; bytes: number }>;
  /** Ranges of the arena that no record after this one uses. */
  readonly deaths: Map<number, { offset: number; bytes: number }[]>;
  /** For each record: must all threads have done those before it? Empty where there is one. */
  readonly barriers: readonly boolean[];
}

const inArena = (info: PlanBlock): boolean => (info.role === "temporary" || info.role === "scratch") && info.first >= 0;

/** Joins blocks done in place: the result takes the input's place when the op is the input's last use. */
function joinInPlace(blocks: Iterable<PlanBlock>): Map<PlanBlock, PlanBlock> {
  const root = new Map<PlanBlock, PlanBlock>();
  for (const info of blocks) {
    const input = info.inPlaceOf;
    if (input === null || !inArena(info) || !inArena(input) || info.group !== null || input.group !== null) continue;
    if (input.last !== info.first) continue;
    root.set(info, root.get(input) ?? input);
  }
  return root;
}

export function layOut(trace: Trace, sharing: Sharing | null = (threads.share?.(trace) as Sharing | null) ?? null): Layout {
  const bytesOf = (info: PlanBlock): number => sharing?.bytesOf(info) ?? info.bytes;
  const infos = [...trace.blocks.values()].filter(inArena);
  const roots = joinInPlace(infos);
  const intervals = new Map<PlanBlock | string, Interval>();
  const within = new Map<PlanBlock, number>();
  for (const info of infos) {
    const key = info.group ?? roots.get(info) ?? info;
    const interval = intervals.get(key);
    if (interval === undefined) intervals.set(key, { bytes: bytesOf(info), first: info.first, last: info.last, offset: 0 });
    else {
      interval.first = Math.min(interval.first, info.first);
      interval.last = Math.max(interval.last, info.last);
      if (info.group !== null) {
        within.set(info, aligned(interval.bytes));
        interval.bytes = aligned(interval.bytes) + info.bytes;
      }
    }
  }
  const list = [...intervals.values()];
  const bytes = planMemory(list);
  const offsets = new Map<PlanBlock, number>();
  const groups = new Map<string, { offset: number; bytes: number }>();
  for (const info of infos) offsets.set(info, (intervals.get(info.group ?? roots.get(info) ?? info) as Interval).offset + (within.get(info) ?? 0));
  for (const [key, interval] of intervals) if (typeof key === "string") groups.set(key, { offset: interval.offset, bytes: interval.bytes });
  const deaths = new Map<number, { offset: number; bytes: number }[]>();
  for (const [key, { last, offset, bytes: size }] of intervals)
    if (typeof key !== "string") deaths.set(last, [...(deaths.get(last) ?? []), { offset, bytes: size }]);
  return { sharing, offsets, deaths, bytes, lowerBound: lowerBound(list), groups, barriers: sharing?.barriers(offsets) ?? [] };
}
