/** @file Records of a loop whose turns hand values on, and keep some. */
import { error } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";
import type { Block } from "../wasm/block.js";
import type { Address, PlanBlock, PlanLoop, Trace } from "./trace.js";

/** A loop whose turns hand values on: `count` of them, along an axis of its own (-1) or that of an earlier loop. */
export interface Turns {
  count: number;
  axis: number;
  /** From the axis' end to its beginning. */
  reverse: boolean;
}

/** A turn, recorded once: from what the turn before has handed on and the slices of this turn, what is handed on and what is kept of each turn. */
export type TurnBody = (carry: Tensor[], slices: Tensor[]) => { next: readonly Tensor[]; results: readonly Tensor[] };

/** What the last turn handed on, and what was kept, stacked. */
export interface Scanned {
  axis: number;
  carry: Tensor[];
  results: Tensor[];
}

/** A tensor like another, of other bytes, at a place. */
function handle(trace: Trace, { dtype, origin }: Tensor, shape: readonly number[], size: number, bytes: number, place: Address): Tensor {
  const view = trace.traced(bytes);
  trace.views.set(view, place);
  return new Tensor([...shape], dtype, size, view, origin);
}

/** Records a loop; the slices of `xs` are those of the turns. */
export function recordTurns(trace: Trace, { count, axis, reverse }: Turns, initial: readonly Tensor[], xs: readonly Tensor[], body: TurnBody): Scanned {
  trace.follow ??= (address) => follow(trace, address);
  trace.settle ??= () => settle(trace);
  const id = trace.loops.length;
  const along = axis < 0 ? id : axis;
  const parent = trace.openLoops.at(-1) ?? -1;
  // Values that are handed on lie in the order of the axis, should turns save them: where are this turn's, and the next one's?
  const [first, now, next, last] = reverse ? [count, 1, 0, 0] : [0, 0, 1, count];
  const carries = initial.map(({ block }) => trace.enter(trace.traced(block.bytes), "carry", "temporary", along));
  const at = (slot: number, loop: number): Tensor[] =>
    initial.map((x, i) => handle(trace, x, x.shape, x.size, x.block.bytes, { target: carries[i] as PlanBlock, offset: 0, strides: [], slot, home: loop }));
  for (const [i, to] of at(first, parent).entries()) trace.copy(initial[i] as Tensor, to);
  let kept: Tensor[] = [];
  trace.turns(count, along, reverse, () => {
    const slices = xs.map((x) => {
      const bytes = x.block.bytes / count;
      return new Tensor(x.shape.slice(1), x.dtype, x.size / count, trace.slice(x.block, bytes, id, bytes), x.origin);
    });
    const turn = body(at(now, id), slices);
    kept = turn.results.map((y) => (isOwn(trace, y.block, id) ? y : trace.copyOf(y)));
    // What is handed on may be another's value of this turn, which is overwritten.
    const handed = turn.next.map((x) => (carries.includes(trace.resolve(x.block).target) ? trace.copyOf(x) : x));
    for (const [i, to] of at(next, id).entries()) {
      const x = handed[i] as Tensor;
      if (!isMadeThere(trace, x.block, trace.resolve(to.block), now, id)) trace.copy(x, to);
    }
  });
  const results = kept.map((y) => {
    const place = trace.addressOf(y.block);
    save(trace, place.target, id);
    return handle(trace, y, [count, ...y.shape], count * y.size, count * y.block.bytes, { ...place, home: parent });
  });
  return { axis: along, carry: at(last, parent), results };
}

/** Whether a block was made in the body of a loop, and nothing else stands for it. */
function isOwn(trace: Trace, block: Block, id: number): boolean {
  const info = trace.blocks.get(block);
  return info?.role === "temporary" && info.home === id;
}

/**
 * Lets a block of a turn be made at once where the next turn finds it. It must not be written before the value of this turn, there too
 * where turns save nothing, was read for the last time.
 */
function isMadeThere(trace: Trace, block: Block, place: Address, now: number, id: number): boolean {
  const { records, views } = trace;
  const info = trace.blocks.get(block);
  if (info === undefined || !isOwn(trace, block, id) || info.bytes !== place.target.bytes) return false;
  const touches = (args: readonly (number | Address)[], target: PlanBlock, slot?: number): boolean =>
    args.some((arg) => typeof arg !== "number" && arg.target === target && (slot ?? arg.slot) === arg.slot);
  const made = records.findIndex(({ args }, i) => i >= (trace.loops[id] as PlanLoop).first && touches(args, info));
  const over = trace.overwriting.get(made);
  const lastRead = over !== undefined && trace.resolve(over).target === place.target ? made : made - 1;
  if (records[made]?.loops.at(-1) !== id || records.some(({ args }, i) => i > lastRead && touches(args, place.target, now))) return false;
  const moved = <T extends number | Address>(arg: T): T | Address =>
    typeof arg !== "number" && arg.target === info ? { ...(arg as Address), target: place.target, slot: place.slot } : arg;
  for (const record of records.slice(made)) record.args = record.args.map(moved);
  for (const [view, other] of views) views.set(view, moved(other));
  trace.blocks.delete(block);
  views.set(block, place);
  return true;
}

/** Keeps a block's bytes of all turns of a loop. */
function save(trace: Trace, target: PlanBlock, id: number): void {
  const { axis, count, parent } = trace.loops[id] as PlanLoop;
  if (target.saves.some((saved) => saved.loop === axis)) return;
  target.saves.push({ loop: axis, bytes: target.bytes });
  target.bytes *= (count as number) + Number(target.carried === axis);
  if (target.loop === id) target.loop = parent;
}

/** A loop along the same axis finds what the turns of an earlier one have made, which are saved then. */
function follow(trace: Trace, { target, strides, home }: Address): void {
  for (let id = home; id >= 0 && !trace.openLoops.includes(id); ) {
    const { axis, parent } = trace.loops[id] as PlanLoop;
    if (!trace.openLoops.some((open) => trace.loops[open]?.axis === axis))
      throw error("scan", "a value of a turn must be used in it", `'${target.origin}', outside`, "return it from the function.");
    if (!strides.some(({ loop }) => loop === axis)) save(trace, target, id);
    id = parent;
  }
}

/** Where what is saved lies is known: addresses become those of turns. */
function settle(trace: Trace): void {
  const { loops } = trace;
  const settled = ({ target, strides, slot, home }: Address, around: readonly number[]): Address => {
    const moves = [...strides];
    for (let id = home; id >= 0; id = (loops[id] as PlanLoop).parent) {
      const saved = target.saves.find(({ loop }) => loop === loops[id]?.axis);
      if (saved && !strides.some(({ loop }) => loop === saved.loop)) moves.push(saved);
    }
    let offset = slot * (target.saves.find(({ loop }) => loop === target.carried)?.bytes ?? 0);
    const moving = moves.flatMap(({ loop, bytes }) => {
      const id = around.find((other) => loops[other]?.axis === loop);
      if (id === undefined) return [];
      const { count, reverse } = loops[id] as PlanLoop;
      if (reverse) offset += ((count as number) - 1) * bytes;
      return [{ loop: id, bytes: reverse ? -bytes : bytes }];
    });
    return { target, offset, strides: moving, slot, home };
  };
  for (const record of trace.records) record.args = record.args.map((arg) => (typeof arg === "number" ? arg : settled(arg, record.loops)));
}
