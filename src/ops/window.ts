/** @file The ops that move blocks of tensors: a slice takes one out, a pad puts one in, a concat or roll puts several together. */
import { fillWith } from "../engine/fill.js";
import { type Apply, defineOp } from "../engine/op.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { copyView, view, type Window } from "./strided.js";

/** A block of an input, and where in the result it goes; without a window it begins at the first element. */
export interface Move {
  input: number;
  size: Shape;
  from?: Window | undefined;
  to?: Window | undefined;
}

/** A result of `shape` that is `value`, 0 by default, where no block goes. No element is read or written by two moves. */
interface Moves {
  shape: Shape;
  moves: readonly Move[];
  value?: number;
}

/** Defines one of the ops; they differ by the name that users see. */
const defineMove = (name: string, join?: typeof joinSlices): Apply<Moves> =>
  defineOp<Moves>(name, {
    shape: (_, { shape }) => shape,
    run: (k, inputs, y, { moves, value = 0 }) => {
      if (moves.reduce((sum, { size }) => sum + sizeOf(size), 0) < y.size) fillWith(k, y, value);
      for (const { input, size, from, to } of moves) {
        const x = inputs[input] as Tensor;
        copyView(k, size, view(x, x.shape, from), view(y, y.shape, to), bytesPerElement(x.dtype));
      }
    },
    grad: (dy, inputs, _, { moves }, needs) =>
      inputs.map(({ shape }, i) =>
        needs[i]
          ? padOp([dy], { shape, moves: moves.flatMap(({ input, size, from, to }) => (input === i ? [{ input: 0, size, from: to, to: from }] : [])) })
          : null,
      ),
    join,
  });

/**
 * Gradients of one tensor through slices of it. Each slice that lies, along some axis, before all that are there goes into one result
 * with them: the pieces of a split, which come from the last one on.
 */
function joinSlices(dys: readonly Tensor[], { shape }: Tensor, list: readonly Moves[]): Tensor[] {
  const groups: [Tensor[], Move[]][] = [];
  let low: number[] = [];
  list.forEach(({ moves }, i) => {
    const { size, from } = moves[0] as Move;
    const { begin, steps } = from as Window;
    const ends = size.map((count, axis) => (begin[axis] as number) + (count - 1) * (steps?.[axis] ?? 1));
    if (!low.some((first, axis) => Math.max(begin[axis] as number, ends[axis] as number) < first)) {
      groups.push([[], []]);
      low = [...shape];
    }
    low = low.map((first, axis) => Math.min(first, begin[axis] as number, ends[axis] as number));
    const [parts, windows] = groups.at(-1) as [Tensor[], Move[]];
    windows.push({ input: parts.push(dys[i] as Tensor) - 1, size, to: from });
  });
  return groups.map(([parts, moves]) => padOp(parts, { shape, moves }));
}

const sliceOp: Apply<Moves> = /* @__PURE__ */ defineMove("slice", joinSlices);
export const padOp: Apply<Moves> = /* @__PURE__ */ defineMove("pad");
export const concatOp: Apply<Moves> = /* @__PURE__ */ defineMove("concat");
export const rollOp: Apply<Moves> = /* @__PURE__ */ defineMove("roll");

/** The elements of a window, `size` of them along each axis. */
export const takeWindow = (x: Tensor, size: Shape, from: Window): Tensor => sliceOp([x], { shape: size, moves: [{ input: 0, size, from }] });

/** x at a window of a tensor of `shape` that is `value` elsewhere. */
export const putWindow = (x: Tensor, shape: Shape, to: Window, value = 0): Tensor => padOp([x], { shape, value, moves: [{ input: 0, size: x.shape, to }] });
