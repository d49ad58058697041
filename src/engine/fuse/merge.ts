/** @file One record for updates of parameters whose places in memory follow one another. */
import { aligned } from "../../wasm/heap.js";
import type { Address, PlanBlock, PlanRecord, Trace } from "../trace.js";
import { type Left, targets } from "./records.js";

/** Kernels of elements that depend on those at the same index alone, and whose arguments but the addresses that move are the same. */
const MERGED: Readonly<Record<string, number>> = { optimize: 3, scaleAdd: 1 };

/**
 * Merges updates by the same kernel with the same coefficients where each address follows that of the one before, to the next cache line: what
 * lies between belongs to nobody. The addresses of those that are merged are kept behind the first one's, where no kernel reads them, so that
 * layout and threads know what is touched.
 */
export function mergeUpdates(trace: Trace): Left {
  const next = new Map<PlanBlock, PlanBlock>();
  const lastOf = new Map<string, PlanBlock>();
  for (const info of trace.blocks.values()) {
    if (info.group === null) continue;
    const before = lastOf.get(info.group);
    if (before) next.set(before, info);
    lastOf.set(info.group, info);
  }
  const follows = (a: PlanBlock, b: PlanBlock): boolean =>
    next.get(a) === b || (a.block.isPlaced && b.block.isPlaced && a.block.ptr + aligned(a.bytes) === b.block.ptr);
  const left: (PlanRecord | null)[] = [...trace.records];
  const open: { at: number; last: PlanRecord; bytes: number }[] = [];
  trace.records.forEach((record, at) => {
    const fixed = MERGED[record.kernel];
    if (fixed === undefined) return;
    const run = open.find(({ last, at: from }) => {
      const fits = (arg: PlanRecord["args"][0], i: number): boolean => {
        const before = last.args[i];
        if (i < fixed || typeof arg === "number") return typeof arg === "number" ? arg === before : arg.target === (before as Address).target;
        return follows((before as Address).target, arg.target);
      };
      return last.opcode === record.opcode && last.loops.join() === record.loops.join() && record.args.every(fits) && isFree(left, record, from, at);
    });
    if (run === undefined) {
      open.push({ at, last: record, bytes: 0 });
      return;
    }
    run.bytes += aligned(run.last.count * 4);
    run.last = record;
    const first = left[run.at] as PlanRecord;
    left[run.at] = {
      ...first,
      count: run.bytes / 4 + record.count,
      args: [...first.args, ...record.args.slice(fixed)],
      kinds: first.kinds + record.kinds.slice(fixed),
    };
    left[at] = null;
  });
  return left;
}

/** Computes both results of a kernel in one pass where a plan has both: the first argument has the bits of those that a record computes. */
export function mergeResults(trace: Trace): Left {
  const left: (PlanRecord | null)[] = [...trace.records];
  trace.records.forEach((record, at) => {
    const { kernel, loops, args } = record;
    const [parts, x, t, dy, , dx] = args as [number, ...Address[]];
    if (kernel !== "binaryCrossEntropy" || parts !== 2 || loops.length > 0) return;
    const isSame = (arg: Address | undefined, other: PlanRecord["args"][0] | undefined): boolean =>
      arg?.target === (other as Address).target && arg.offset === (other as Address).offset;
    const from = left.findIndex(
      (other) => other?.kernel === kernel && other.args[0] === 1 && other.loops.length === 0 && isSame(x, other.args[1]) && isSame(t, other.args[2]),
    );
    if (from < 0 || from > at || !isFree(left, record, from, at)) return;
    const first = left[from] as PlanRecord;
    // The other result may take the place of an operand.
    (dx as Address).target.inPlaceOf = null;
    left[from] = { ...first, args: [3, x as Address, t as Address, dy as Address, first.args[4] as Address, dx as Address] };
    left[at] = null;
  });
  return left;
}

/** Whether a record may be done as early as another: no record between touches what it writes, or writes what it reads. */
function isFree(records: Left, record: PlanRecord, from: number, at: number): boolean {
  const own = targets(record, "pu");
  const written = targets(record, "wu");
  return records
    .slice(from + 1, at)
    .every(
      (other) => other === null || !(targets(other, "wu").some((info) => own.includes(info)) || targets(other, "pwu").some((info) => written.includes(info))),
    );
}
