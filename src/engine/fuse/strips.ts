/** @file Long chains of pointwise calls, run strip by strip while what they leave is in the cache. */
import type { Address, PlanBlock, PlanRecord, Trace } from "../trace.js";
import { type Left, targets } from "./records.js";

/** Elements of a strip (assembly/plan.ts), and from how many on calls are chained: fewer are in a cache of 1 MB anyhow. */
const STRIP = 2048;
const LEAST = 1 << 18;

/** Kinds of kernels that make each element from those at the same index of one or two operands, and from numbers. */
const POINTWISE = /^(iffff)?pp?w(ii)?$/;

/** Whether a call is long and pointwise: each operand has an element of 4 bytes for each of the result's, or one for all of them (step 0). */
function isPointwise({ kinds, count, args }: PlanRecord): boolean {
  const addresses = args.filter((arg): arg is Address => typeof arg !== "number");
  return (
    count >= LEAST &&
    POINTWISE.test(kinds) &&
    addresses.length === kinds.replace(/[if]/g, "").length &&
    addresses.every(({ target, strides }, i) => strides.length === 0 && target.bytes === (kinds.endsWith("ii") && args[3 + i] === 0 ? 4 : count * 4))
  );
}

/**
 * Makes one record of consecutive pointwise calls of one count, each of which shares a block with those before it. What only they use takes
 * the place of a strip. It may assume that such calls, done element by element, give the same bits.
 */
export function stripChains(trace: Trace): Left {
  const left: (PlanRecord | null)[] = [...trace.records];
  const cuts = new Set(trace.cuts.values());
  for (let first = 0; first < left.length; first++) {
    const head = trace.records[first] as PlanRecord;
    if (!isPointwise(head)) continue;
    const touched = new Set(targets(head, "pw"));
    let end = first + 1;
    for (; end < left.length && !cuts.has(end); end++) {
      const record = trace.records[end] as PlanRecord;
      const own = targets(record, "pw");
      if (record.count !== head.count || record.loops.join() !== head.loops.join() || !isPointwise(record) || !own.some((info) => touched.has(info))) break;
      for (const info of own) touched.add(info);
    }
    if (end - first < 2) continue;
    left.fill(null, first, end);
    left[first] = chainOf(trace, first, end);
    first = end - 1;
  }
  return left;
}

/** One record of the records [first, end). */
function chainOf(trace: Trace, first: number, end: number): PlanRecord {
  const strips = new Map<PlanBlock, PlanBlock>();
  const free: PlanBlock[] = [];
  const body = trace.records.slice(first, end).map((record, i): PlanRecord => {
    const [y] = targets(record, "w") as [PlanBlock];
    // In one record what dies before something is made does not look so: only what did die there gives its place.
    if (y.inPlaceOf?.last !== first + i) y.inPlaceOf = null;
    const dying = new Set(targets(record, "p").flatMap((info) => (info.last === first + i ? (strips.get(info) ?? []) : [])));
    if (y.role === "temporary" && y.group === null && y.first === first + i && y.last < end) {
      const strip = (y.inPlaceOf && strips.get(y.inPlaceOf)) ?? free.pop() ?? (trace.blocks.get(trace.scratch(STRIP * 4)) as PlanBlock);
      strips.set(y, strip);
      dying.delete(strip);
    }
    free.push(...dying);
    const args = record.args.map((arg) => (typeof arg === "number" ? arg : { ...arg, target: strips.get(arg.target) ?? arg.target }));
    const kinds = [...record.kinds].map((kind, at) =>
      args[at] === record.args[at] || (args[at] as Address).target === (record.args[at] as Address).target ? kind : "s",
    );
    return { ...record, args, kinds: kinds.join("") };
  });
  const all = body.flatMap(({ args }) => args);
  const { count, loops } = body[0] as PlanRecord;
  const op = body.map((record) => record.op).join("+");
  return { opcode: 0, kernel: "strips", op, kinds: body.map(({ kinds }) => kinds).join(""), count, args: all, loops, body };
}
