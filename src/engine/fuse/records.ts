/** @file What the rules of fusion share: the blocks of a record, and putting other records in a trace's place. */
import type { PlanBlock, PlanRecord, Trace } from "../trace.js";

/** Blocks at a record's arguments of these kinds, as KernelSink has them. */
export function targets({ args, kinds }: PlanRecord, wanted: string): PlanBlock[] {
  const found: PlanBlock[] = [];
  args.forEach((arg, i) => {
    if (typeof arg !== "number" && wanted.includes(kinds[i] as string)) found.push(arg.target);
  });
  return found;
}

/** For each block that records write: which do. */
export function writersOf({ records }: Trace): Map<PlanBlock, number[]> {
  const found = new Map<PlanBlock, number[]>();
  records.forEach((record, at) => {
    for (const target of targets(record, "wu")) {
      const list = found.get(target);
      if (list) list.push(at);
      else found.set(target, [at]);
    }
  });
  return found;
}

/** A trace's records after a rule: null for those that are not left. */
export type Left = readonly (PlanRecord | null)[];

/** Gives a trace the records that are left, null for those that are not: cuts, loops and lifetimes follow. */
export function keepRecords(trace: Trace, left: Left): void {
  const places = [0];
  for (const record of left) places.push((places.at(-1) as number) + Number(record !== null));
  trace.records = left.filter((record) => record !== null);
  for (const [name, at] of trace.cuts) trace.cuts.set(name, places[at] as number);
  for (const loop of trace.loops) {
    loop.first = places[loop.first] as number;
    loop.last = (places[loop.last + 1] as number) - 1;
  }
  for (const info of trace.blocks.values()) info.first = info.last = -1;
  trace.records.forEach((record, at) => {
    for (const target of targets(record, "pwus")) {
      // A block made before a loop belongs to all of its turns: what one turn reads or writes of it, the next must find.
      // One made in the body lives within a turn.
      const { first, last } = trace.loops[record.loops[record.loops.indexOf(target.loop) + 1] as number] ?? { first: at, last: at };
      if (target.first < 0 || first < target.first) target.first = first;
      target.last = Math.max(target.last, last);
    }
  });
}
