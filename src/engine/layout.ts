/** @file Layout of a trace: lifetimes, in-place joins, offsets in the arena, barriers. */
import { aligned } from "../wasm/heap.js";
import { type Interval, lowerBound, planMemory } from "./memory.js";
import type { Address, PlanBlock, PlanRecord, Trace } from "./trace.js";

/** Where every arena block of a plan lies. */
export interface Layout {
  readonly offsets: Map<PlanBlock, number>;
  /** Bytes of the arena, and the least possible for these lifetimes. */
  readonly bytes: number;
  readonly lowerBound: number;
  /** Byte ranges of named groups, such as the gradients. */
  readonly groups: Map<string, { offset: number; bytes: number }>;
  /** Ranges of the arena that no record after this one uses. */
  readonly deaths: Map<number, { offset: number; bytes: number }[]>;
  /** For each record: must it wait for all before it? */
  readonly barriers: boolean[];
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

export function layOut(trace: Trace): Layout {
  const infos = [...trace.blocks.values()].filter(inArena);
  const roots = joinInPlace(infos);
  const intervals = new Map<PlanBlock | string, Interval>();
  const within = new Map<PlanBlock, number>();
  for (const info of infos) {
    const key = info.group ?? roots.get(info) ?? info;
    const interval = intervals.get(key);
    if (interval === undefined) intervals.set(key, { bytes: info.bytes, first: info.first, last: info.last, offset: 0 });
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
  return { offsets, deaths, bytes, lowerBound: lowerBound(list), groups, barriers: barriers(trace, offsets) };
}

/** A range of bytes in one space: the arena, or one outside block. */
interface Range {
  space: PlanBlock | null;
  start: number;
  end: number;
}

const overlaps = (a: Range, b: Range): boolean => a.space === b.space && a.start < b.end && b.start < a.end;

function rangesOf(record: PlanRecord, offsets: Map<PlanBlock, number>): { reads: Range[]; writes: Range[] } {
  const reads: Range[] = [];
  const writes: Range[] = [];
  record.args.forEach((arg, i) => {
    if (typeof arg === "number") return;
    const { target } = arg as Address;
    const offset = offsets.get(target);
    const range = offset === undefined ? { space: target, start: 0, end: target.bytes } : { space: null, start: offset, end: offset + target.bytes };
    const kind = record.kinds[i];
    if (kind !== "p") writes.push(range);
    if (kind !== "w") reads.push(range);
  });
  return { reads, writes };
}

/** A record waits when it touches what one since the last barrier wrote, or writes what one has read. */
function barriers(trace: Trace, offsets: Map<PlanBlock, number>): boolean[] {
  const result: boolean[] = [];
  let reads: Range[] = [];
  let writes: Range[] = [];
  const loopEdges = new Set(trace.loops.flatMap(({ first, last }) => [first, last + 1]));
  for (const [index, record] of trace.records.entries()) {
    const own = rangesOf(record, offsets);
    const depends =
      loopEdges.has(index) ||
      own.reads.some((range) => writes.some((other) => overlaps(range, other))) ||
      own.writes.some((range) => writes.some((other) => overlaps(range, other)) || reads.some((other) => overlaps(range, other)));
    result.push(depends && index > 0);
    if (depends) {
      reads = [];
      writes = [];
    }
    reads.push(...own.reads);
    writes.push(...own.writes);
  }
  return result;
}
