/** @file What need not be computed in each run: constants, copies, products with 1, and what was computed before. */
import { allocateResident, release } from "../../wasm/block.js";
import { heap } from "../../wasm/heap.js";
import { kernelOf } from "../../wasm/kernels.js";
import type { Address, PlanBlock, PlanRecord, Trace } from "../trace.js";
import { type Left, targets, writersOf } from "./records.js";

/** Bytes up to which a constant is kept: it has memory of its own, while that of a plan's temporaries serves all plans. */
const MOST_CONSTANT = 16384;

/**
 * In one pass, in order: computes now what depends on constants alone, and lets another block stand for a result that has the same bytes. It
 * may assume that tensors which are no state never change, and that kernels depend on nothing but their arguments: random ones read state.
 */
export function simplify(trace: Trace): Left {
  const writers = writersOf(trace);
  const stands = new Map<PlanBlock, PlanBlock>();
  const known = new Map<string, { at: number; y: PlanBlock }>();
  const ids = new Map([...trace.blocks.values()].map((info, i) => [info, i]));
  const standing = (info: PlanBlock): PlanBlock => {
    const other = stands.get(info);
    return other ? standing(other) : info;
  };
  const resolved = (record: PlanRecord): PlanRecord => ({
    ...record,
    args: record.args.map((arg) => (typeof arg === "number" ? arg : { ...arg, target: standing(arg.target) })),
  });

  /** The result of a record that alone writes it, once a run, and of which only the plan knows. */
  const resultOf = (record: PlanRecord): PlanBlock | null => {
    const [y, other] = targets(record, "wu");
    const isOwn = y?.role === "temporary" && y.group === null && other === undefined && writers.get(y)?.length === 1;
    return isOwn && record.loops.length === 0 && record.kinds.includes("w") ? y : null;
  };
  const isConstant = (info: PlanBlock): boolean => info.role === "external" && !info.block.isState && !writers.has(info);
  /** Whether nothing writes a block in records (after, until]. An input may be a variable. */
  const stays = (info: PlanBlock, after: number, until: number): boolean =>
    [...writers].every(
      ([other, list]) =>
        (other !== info && (info.role !== "input" || other.role !== "external" || other.bytes !== info.bytes)) || list.every((at) => at <= after || at > until),
    );
  const isOne = (info: PlanBlock | undefined): boolean => {
    if (info === undefined || !isConstant(info)) return false;
    const { ptr, bytes } = info.block;
    return heap.f32.subarray(ptr >> 2, (ptr + bytes) >> 2).every((x) => x === 1);
  };
  /** What a record copies, if it does no more than that. */
  const copied = ({ kernel, args }: PlanRecord, [a, b]: readonly PlanBlock[]): PlanBlock | undefined => {
    if (kernel === "copy" || (kernel === "copyRegion" && a?.bytes === args[0])) return a;
    if (kernel === "mul" && isOne(a)) return b;
    return (kernel === "mul" || kernel === "div") && isOne(b) ? a : undefined;
  };
  const keyOf = ({ opcode, count, args, kinds }: PlanRecord): string =>
    [
      opcode,
      count,
      ...args.map((arg, i) =>
        typeof arg !== "number" ? ("ws".includes(kinds[i] as string) ? "" : `@${ids.get(arg.target)}+${arg.offset}`) : Object.is(arg, -0) ? "-0" : arg,
      ),
    ].join();

  const standIn = (record: PlanRecord, at: number, y: PlanBlock): PlanBlock | null => {
    const sources = targets(record, "p");
    if (sources.every(isConstant) && y.bytes <= MOST_CONSTANT) {
      const constant = computed(trace, record, y);
      if (constant !== null) {
        ids.set(constant, ids.size);
        return constant;
      }
    }
    const source = copied(record, sources);
    if (source?.bytes === y.bytes && stays(source, at, y.last)) return source;
    const key = keyOf(record);
    const before = known.get(key);
    if (before !== undefined && before.y.bytes === y.bytes && sources.every((info) => stays(info, before.at, at))) return before.y;
    known.set(key, { at, y });
    return null;
  };

  /** Lets a small block that must lie elsewhere be made there, instead of copying a temporary to it. */
  const isMadeThere = (record: PlanRecord, at: number): boolean => {
    const [x] = targets(record, "p") as [PlanBlock];
    const [y] = targets(record, "w") as [PlanBlock];
    const canMove = x.role === "temporary" && x.group === null && x.loop < 0 && x.bytes === y.bytes && stays(x, at, trace.records.length);
    if (!canMove || y.role === "external" || y.bytes > MOST_CONSTANT || writers.get(y)?.length !== 1) return false;
    stands.set(x, y);
    return true;
  };

  const left = trace.records.map((original, at) => {
    const record = resolved(original);
    const y = resultOf(record);
    const other = y && standIn(record, at, y);
    if (other) stands.set(y, other);
    return other || (record.kernel === "copy" && record.loops.length === 0 && isMadeThere(record, at)) ? null : record;
  });
  for (const info of trace.blocks.values()) info.inPlaceOf &&= standing(info.inPlaceOf);
  return left.map((record) => record && resolved(record));
}

/** A new outside block with what a record of constants computes; null where it cannot be run by itself. */
function computed(trace: Trace, { opcode, count, args, kinds }: PlanRecord, y: PlanBlock): PlanBlock | null {
  const kernel = kernelOf(opcode);
  if (kernel === null || kinds.includes("s")) return null;
  const block = allocateResident(y.bytes);
  block.isState = false;
  const info = trace.external(block);
  release(block);
  info.shape = y.shape;
  const addresses = args.map((arg) => (typeof arg === "number" ? arg : ((arg as Address).target === y ? block : arg.target.block).ptr));
  kernel(...(count < 0 ? addresses : [0, count, ...addresses]));
  return info;
}
