/** @file Loops over functions of tensors: one turn after another eagerly, one record for all turns inside compile. */
import { engine } from "../engine/op.js";
import { traceScan } from "../engine/scan.js";
import { mapContainer, step, type TensorContainer } from "../engine/step.js";
import { checkFunction, describe, error, isCount } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { toTensor } from "./convert.js";
import { range } from "./creation.js";
import { stack } from "./join.js";
import { unstack } from "./slices.js";

/** The tensors of a container by their places in it; numbers become scalars, null and undefined hold none. */
function leavesOf(op: string, name: string, container: TensorContainer): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  mapContainer(container, (item, path) => item !== null && item !== undefined && found.set(path, toTensor(op, name + path, item as Tensor)));
  return found;
}

/** A container like another, with other tensors in their places. */
function like(container: TensorContainer, paths: readonly string[], tensors: readonly (Tensor | undefined)[]): TensorContainer {
  return mapContainer(container, (_, path) => tensors[paths.indexOf(path)] ?? null);
}

/** What a turn hands on, in the order of what it was handed. */
function handedOn(op: string, before: Map<string, Tensor>, next: TensorContainer): Tensor[] {
  const after = leavesOf(op, "carry", next);
  const kind = (x: Tensor | undefined): string => (x ? `${x.dtype}[${x.shape}]` : "none");
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(path), after.get(path)];
    if (!a || !b || a.dtype !== b.dtype || !sameShape(a.shape, b.shape)) throw error(op, `carry${path} must stay ${kind(a)}`, kind(b));
  }
  return Array.from(before.keys(), (path) => after.get(path) as Tensor);
}

/** What `scan` takes besides. */
export interface ScanOptions {
  /** The number of turns, where there are no xs. */
  length?: number;
  /** From the last slice to the first; ys stay in the order of xs. */
  reverse?: boolean;
}

/**
 * Calls a function for one slice of `xs` after another, each time with what it handed on the time before, as a recurrence or a simulation
 * does. Inside `compile` the function is called once, and its turns are one loop in the plan: neither the time to trace it nor the
 * plan grows with their number, and gradients are a loop, too, which keeps of each turn only what they need.
 * @param fn (carry, x) => [carry, y]: what is handed to the next turn, of the same shapes and dtypes, and what is kept of this one
 * @param init the first carry: a tensor, or arrays and objects of tensors
 * @param xs a tensor, or arrays and objects of tensors, all with as many slices along the first axis; null with `length`
 * @returns [carry, ys]: the last carry, and the kept values stacked along a new first axis
 * @throws when there is no turn, xs differ in length, or fn returns something else
 * @example
 * ```ts
 * import { compile, scan, tensor } from "engram";
 * const [total, sums] = scan((sum, x) => [sum.add(x), sum.add(x)], 0, tensor([1, 2, 3]));
 * assert.equal(total.item(), 6);
 * assert.deepEqual(sums.arraySync(), [1, 3, 6]);
 * // A falling ball, 1000 steps of a millisecond.
 * const fall = compile((height) => {
 *   const turn = ({ y, v }) => [{ y: y.add(v.mul(0.001)), v: v.sub(0.00981) }, null];
 *   return scan(turn, { y: height, v: 0 }, null, { length: 1000 })[0].y;
 * });
 * assert.ok(Math.abs(fall(tensor(10)).item() - (10 - 4.9)) < 0.01);
 * ```
 */
export function scan(
  // biome-ignore lint/suspicious/noExplicitAny: containers of tensors, as they were given
  fn: (carry: any, x: any) => readonly TensorContainer[],
  init: TensorContainer,
  xs: TensorContainer = null,
  options: ScanOptions = {},
): [carry: TensorContainer, ys: TensorContainer] {
  checkFunction("scan", fn);
  return step("scan", () => {
    const { length, reverse = false } = options;
    const before = leavesOf("scan", "init", init);
    const slices = leavesOf("scan", "xs", xs);
    const [paths, xPaths] = [[...before.keys()], [...slices.keys()]];
    const list = [...slices.values()];
    const count = length ?? list[0]?.shape[0];
    if (count === undefined || !isCount(count, 1) || list.some(({ shape }) => shape[0] !== count))
      throw error("scan", "xs must have a slice for each turn, 1 or more", `length=${length}, xs of shapes [${list.map(({ shape }) => `[${shape}]`)}]`);
    let kept: TensorContainer;
    let keptPaths: string[] = [];
    const turn = (carry: readonly Tensor[], parts: readonly Tensor[]): { next: Tensor[]; results: Tensor[] } => {
      const result = fn(like(init, paths, carry), like(xs, xPaths, parts));
      if (!Array.isArray(result) || result.length !== 2) throw error("scan", "fn must return [carry, y]", describe(result));
      kept = result[1];
      const ys = leavesOf("scan", "y", kept);
      keptPaths = [...ys.keys()];
      return { next: handedOn("scan", before, result[0]), results: [...ys.values()] };
    };
    const { carry, results } =
      engine.tracer === null
        ? unrolled(count, reverse, [...before.values()], list, turn)
        : traceScan({ count, axis: -1, reverse }, [...before.values()], list, turn);
    return [like(init, paths, carry), like(kept, keptPaths, results)];
  });
}

/** One turn after another. */
function unrolled(
  count: number,
  reverse: boolean,
  initial: readonly Tensor[],
  xs: readonly Tensor[],
  turn: (carry: readonly Tensor[], parts: readonly Tensor[]) => { next: Tensor[]; results: Tensor[] },
): { carry: readonly Tensor[]; results: Tensor[] } {
  const parts = xs.map((x) => unstack(x));
  const kept: Tensor[][] = [];
  let carry = initial;
  for (let i = 0; i < count; i++) {
    const at = reverse ? count - 1 - i : i;
    const { next, results } = step("scan", () =>
      turn(
        carry,
        parts.map((list) => list[at] as Tensor),
      ),
    );
    carry = next;
    kept[at] = results;
  }
  return { carry, results: (kept[0] as Tensor[]).map((_, k) => stack(kept.map((results) => results[k] as Tensor))) };
}

/**
 * `scan` with whole numbers from `lower` to below `upper` as slices, that keeps the last carry alone.
 * @param body (i, carry) => carry; i is an int32 scalar
 * @example
 * ```ts
 * import { foriLoop } from "engram";
 * assert.equal(foriLoop(1, 6, (i, product) => product.mul(i), 1).item(), 120);
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: containers of tensors, as they were given
export function foriLoop(lower: number, upper: number, body: (i: Tensor, carry: any) => TensorContainer, init: TensorContainer): TensorContainer {
  if (lower >= upper) return init;
  return scan((carry, i) => [body(i, carry), null], init, range(lower, upper, 1, "int32"))[0];
}
