/** @file Broadcasting: binary kernels over operands of different shapes, and its reverse in gradients. */
import { loop } from "../engine/loop.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { broadcastStrides, collapse, type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { CoreKernels } from "../wasm/core.js";
import type { Ref } from "../wasm/kernels.js";
import { mul } from "./elementwise.js";
import { reshape } from "./movement.js";
import { sum } from "./reduce.js";
import { productsOp } from "./squares.js";

/** Names of kernels y = f(a, b) over elements; of each there is one over rows of a broadcast too, "addRows" (see assembly/kernels/elementwise.ts). */
export type BinaryKernel = Exclude<keyof CoreKernels extends infer Name ? (Name extends `${infer Plain}Rows` ? Plain : never) : never, "where"> &
  keyof CoreKernels;

/** Runs a binary kernel, broadcasting by strides. Axes beyond the four that a kernel walks are walked here. */
export function runBinary(k: CoreKernels, kernel: BinaryKernel, a: Tensor, b: Tensor, y: Tensor): void {
  const { size } = y;
  // A step of 0 repeats one element.
  if (a.size === size && b.size === size) k[kernel](size, a, b, y, 1, 1);
  else if (b.size === 1 && a.size === size) k[kernel](size, a, b, y, 1, 0);
  else if (a.size === 1 && b.size === size) k[kernel](size, a, b, y, 0, 1);
  else if (size > 0) runRows(k, kernel, a, b, y);
}

/** Names of kernels over rows, by those of plain ones: a text that is made anew is slow to find a kernel by. */
const rowsNames: Partial<Record<BinaryKernel, `${BinaryKernel}Rows`>> = {};

function runRows(k: CoreKernels, kernel: BinaryKernel, a: Tensor, b: Tensor, y: Tensor): void {
  rowsNames[kernel] ??= `${kernel}Rows`;
  const name = rowsNames[kernel];
  walkRows([a, b], y, ([d0, d1, d2, inner], [p, q], to) => {
    const [a0, a1, a2, aStep] = p.strides;
    const [b0, b1, b2, bStep] = q.strides;
    k[name](d0 * d1 * d2, d1, d2, inner, p.ref, a0, a1, a2, aStep, q.ref, b0, b1, b2, bStep, to);
  });
}

type Four = readonly [number, number, number, number];
/** An operand of a kernel that walks rows of [d0, d1, d2, inner]; strides in elements, 0 along axes that are broadcast. */
interface Operand {
  ref: Ref;
  strides: Four;
}
type EachRows<Operands> = (shape: Four, operands: { [I in keyof Operands]: Operand }, y: Ref) => void;

/** Calls `each` with y's shape as four axes and the operands broadcast to them; axes beyond four are walked here. */
export function walkRows<Operands extends readonly Tensor[]>(operands: readonly [...Operands], y: Tensor, each: EachRows<Operands>): void {
  const { shape, strides } = collapse(
    y.shape,
    operands.map((operand) => broadcastStrides(operand.shape, y.shape)),
  );
  const walk = (axis: number, refs: readonly Ref[], to: Ref): void => {
    const rest = shape.slice(axis);
    if (rest.length > 4) {
      const moving = refs.map((ref, i) => ({ ref, stride: ((strides[i] as number[])[axis] as number) * bytesPerElement((operands[i] as Tensor).dtype) }));
      moving.push({ ref: to, stride: sizeOf(rest.slice(1)) * bytesPerElement(y.dtype) });
      loop(shape[axis] as number, moving, (views) => walk(axis + 1, views.slice(0, -1), views[refs.length] as Ref));
      return;
    }
    const four = (list: readonly number[], absent: number): Four => [...new Array(4 - rest.length).fill(absent), ...list.slice(axis)] as unknown as Four;
    each(four(shape, 1), refs.map((ref, i) => ({ ref, strides: four(strides[i] as number[], 0) })) as Parameters<EachRows<Operands>>[1], to);
  };
  walk(0, operands, y);
}

/** The axes of `from` along which `shape` was broadcast. */
function axesOver(from: Shape, shape: Shape): number[] {
  const lead = from.length - shape.length;
  return from.map((_, i) => i).filter((i) => i < lead || (shape[i - lead] === 1 && from[i] !== 1));
}

/** The sum of dy over the axes along which `shape` was broadcast. */
export function unbroadcast(dy: Tensor, shape: Shape): Tensor {
  return sameShape(dy.shape, shape) ? dy : reshape(sum(dy, axesOver(dy.shape, shape)), shape);
}

/** `unbroadcast` of dy * other, in one pass where it can be. */
export function slopeOf(dy: Tensor, other: Tensor, shape: Shape): Tensor {
  if (sameShape(dy.shape, shape) || !sameShape(dy.shape, other.shape) || other.dtype !== "float32") return mul(dy, other);
  return reshape(productsOp([dy, other], { axes: axesOver(dy.shape, shape), keepDims: false }), shape);
}
