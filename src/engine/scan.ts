/** @file Loops of ops inside a plan: turns that hand values on, recorded once whatever their number, and their gradients, which are such loops. */
import { Tensor } from "../tensor/tensor.js";
import { Block } from "../wasm/block.js";
import { fill } from "./fill.js";
import { backward, filled, pathTo } from "./grad.js";
import { engine, type GradNode, type Op, type Tracer } from "./op.js";
import type { Trace } from "./trace.js";
import { recordTurns, type TurnBody, type Turns } from "./turns.js";

/** What the tape knows of a loop: tensors of its turn, and those from outside that it uses. */
interface Recorded extends Turns {
  readonly carry: readonly Tensor[];
  readonly slices: readonly Tensor[];
  readonly next: readonly Tensor[];
  readonly free: readonly Tensor[];
  readonly inputs: readonly Tensor[];
  /** All its results to the tape, which knows ops of one result; and their gradients. */
  readonly bundle: Bundle;
  /** The body's applications lie between. */
  readonly start: number;
  readonly end: number;
}

/** Which result of a loop: what was handed on last, by number, or the values of a tensor of its turns. */
type Part = number | Tensor;

class Bundle extends Tensor {
  dys: readonly Tensor[] = [];
  parts: readonly Part[] = [];
}

const bundle = (): Bundle => new Bundle([], "float32", 0, new Block(0), "scan");

/** The loops that a plan has so far. */
const loopsOf = /* @__PURE__ */ new WeakMap<Tracer, Recorded[]>();

/** One result of a loop, from all. */
const part: Op = {
  name: "scan",
  grad: null,
  join: (dys, _, parts) => [Object.assign(bundle(), { dys, parts })],
  inplace: false,
};

const scanned: Op = {
  name: "scan",
  grad: (dy, _, __, loop, needs) => gradientsOf(dy as Bundle, loop as unknown as Recorded, needs),
  inplace: false,
};

const nodeOf = (op: Op, inputs: readonly Tensor[], y: Tensor, attributes: unknown, order: number): GradNode => ({ op, inputs, y, attributes, order });

/** The tensors from outside that `ys`, computed since `start` from `own`, depend on. */
function freeOf(ys: readonly Tensor[], own: readonly Tensor[], start: number): Tensor[] {
  const seen = new Set<Tensor>(own);
  const free: Tensor[] = [];
  const stack = [...ys];
  for (let tensor = stack.pop(); tensor; tensor = stack.pop()) {
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    if (tensor.node && tensor.node.order > start) stack.push(...tensor.node.inputs);
    else free.push(tensor);
  }
  return free;
}

/** A tensor as the tape knows it outside of a loop along an axis: the values of all turns, where an earlier loop along it made them. */
function outside(tensor: Tensor, axis: number, loops: readonly Recorded[]): Tensor {
  const order = tensor.node?.order ?? 0;
  const maker = loops.find((loop) => loop.axis === axis && ((loop.start < order && order < loop.end) || [...loop.carry, ...loop.slices].includes(tensor)));
  if (maker === undefined) return tensor;
  const slice = maker.slices.indexOf(tensor);
  if (slice >= 0) return maker.inputs[maker.carry.length + slice] as Tensor;
  // Nobody reads it: it stands for what turns save, to which gradients of gradients go.
  const all = new Tensor([maker.count, ...tensor.shape], tensor.dtype, maker.count * tensor.size, new Block(0), tensor.origin);
  all.node = nodeOf(part, [maker.bundle], all, tensor, (maker.bundle.node as GradNode).order + 0.5);
  return all;
}

/**
 * Records a loop in the plan that is traced: the body once.
 * @param initial what the first turn is handed
 * @param xs tensors with as many slices as there are turns
 * @returns what the last turn hands on, and what is kept of each turn, stacked
 */
export function traceScan(turns: Turns, initial: readonly Tensor[], xs: readonly Tensor[], body: TurnBody): { carry: Tensor[]; results: Tensor[] } {
  const tracer = engine.tracer as Trace;
  const start = engine.order++;
  let inside: { carry: Tensor[]; slices: Tensor[]; next: readonly Tensor[]; results: readonly Tensor[] } | undefined;
  const { axis, carry, results } = recordTurns(tracer, turns, initial, xs, (ownCarry, slices) => {
    const result = body(ownCarry, slices);
    inside = { carry: ownCarry, slices, ...result };
    return result;
  });
  if (engine.recording === 0 || inside === undefined) return { carry, results };
  const loops = loopsOf.get(tracer) ?? [];
  loopsOf.set(tracer, loops);
  const free = freeOf([...inside.next, ...inside.results], [...inside.carry, ...inside.slices], start);
  const inputs = [...initial, ...xs, ...free.map((tensor) => outside(tensor, axis, loops))];
  const all = bundle();
  const order = engine.order++;
  const recorded: Recorded = { ...turns, axis, ...inside, free, inputs, bundle: all, start, end: order };
  all.node = nodeOf(scanned, inputs, all, recorded, order);
  const known = (tensor: Tensor, of: Part): void => {
    tensor.node = nodeOf(part, [all], tensor, of, order + 0.5);
  };
  carry.forEach(known);
  for (const [i, tensor] of results.entries()) known(tensor, inside.results[i] as Tensor);
  engine.order++;
  loops.push(recorded);
  return { carry, results };
}

/** Which of the values that turns hand on need a gradient, and get one: known when nothing changes any more. */
function liveCarry({ carry, next }: Recorded, wanted: readonly Tensor[], given: readonly Part[]): number[] {
  const numbers = carry.map((_, k) => k);
  const needed = new Set(wanted);
  for (let known = -1; known < needed.size; ) {
    known = needed.size;
    const { depends } = pathTo(next, [...needed]);
    for (const k of numbers) if (carry[k]?.dtype === "float32" && depends.has(next[k] as Tensor)) needed.add(carry[k] as Tensor);
  }
  const live = new Set<number>(given.filter((of) => typeof of === "number"));
  for (let known = -1; known < live.size; ) {
    known = live.size;
    const ys = [...given.filter((of) => typeof of !== "number"), ...[...live].map((k) => next[k] as Tensor)];
    const { nodes } = pathTo(ys, [...needed]);
    const reached = new Set([...ys, ...nodes.flatMap(({ inputs }) => inputs)]);
    for (const k of numbers) if (reached.has(carry[k] as Tensor)) live.add(k);
  }
  return [...live].filter((k) => needed.has(carry[k] as Tensor)).sort((a, b) => a - b);
}

/**
 * Gradients of a loop's inputs, by a loop from its end to its beginning over what its turns save. It hands on the gradients of what was
 * handed on, and the sums of those of outside tensors; those of slices it keeps.
 */
function gradientsOf({ dys, parts }: Bundle, loop: Recorded, needs: readonly boolean[]): (Tensor | null)[] {
  const { carry, slices, next, free, inputs } = loop;
  const own = [...carry, ...slices, ...free];
  const wanted = own.filter((_, i) => needs[i]);
  const live = liveCarry(loop, wanted, parts);
  const fixed = free.filter((tensor, i) => needs[own.length - free.length + i] && inputs[own.length - free.length + i] === tensor);
  const moving = wanted.filter((tensor) => !carry.includes(tensor) && !fixed.includes(tensor));
  const handed = [...live.map((k) => carry[k] as Tensor), ...fixed];
  const given = parts.flatMap((of, i) => (typeof of === "number" ? [] : [{ of, dy: dys[i] as Tensor }]));
  const zeros = (tensor: Tensor): Tensor => fill(tensor.shape, 0, "float32");
  const initial = [...live.map((k) => dys[parts.indexOf(k)] ?? zeros(carry[k] as Tensor)), ...fixed.map(zeros)];
  const result = traceScan(
    { count: loop.count, axis: loop.axis, reverse: !loop.reverse },
    initial,
    given.map(({ dy }) => dy),
    (before, dySlices) => {
      const ys = [...live.map((k) => next[k] as Tensor), ...fixed, ...given.map(({ of }) => of)];
      const xs = [...handed, ...moving];
      const gradients = filled(xs, backward(ys, xs, [...before, ...dySlices]));
      return { next: gradients.slice(0, handed.length), results: gradients.slice(handed.length) };
    },
  );
  return own.map((tensor) => result.carry[handed.indexOf(tensor)] ?? result.results[moving.indexOf(tensor)] ?? null);
}
