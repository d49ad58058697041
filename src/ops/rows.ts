/** @file The primitive ops on rows that indices name: gather them, add to them, replace them. */

import { fill } from "../engine/fill.js";
import { type Apply, defineOp } from "../engine/op.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { broadcastStrides, type Shape, sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { unbroadcast } from "./broadcast.js";
import { equal } from "./compare.js";
import { sequence } from "./sequence.js";
import { copyView, view } from "./strided.js";
import { where } from "./where.js";

/** Which axis the indices are along, and how many leading axes x and the indices share. */
export interface Along {
  axis: number;
  batchDims: number;
}

/** Of a shape seen as [batch, outer, limit, inner] around an axis inner and limit, how many indices there are, and outer. */
function around(shape: Shape, indices: Tensor, { axis, batchDims }: Along): [inner: number, limit: number, count: number, outer: number] {
  // Where outer is 0 there are no rows; a kernel may divide by it all the same.
  const outer = Math.max(1, sizeOf(shape.slice(batchDims, axis)));
  return [sizeOf(shape.slice(axis + 1)), shape[axis], sizeOf(indices.shape.slice(batchDims)), outer];
}

/** y[b,o,k,:] = x[b,o,indices[b,k],:]; zeros for an index outside. */
export const gatherOp: Apply<Along> = /* @__PURE__ */ defineOp<Along>("gather", {
  shape: ([x, indices], { axis, batchDims }) => [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)],
  run: (k, [x, indices], y, along) => {
    const [inner, limit, count, outer] = around(x.shape, indices, along);
    const rows = inner === 0 ? 0 : y.size / inner;
    k.gatherRows(rows, inner * bytesPerElement(x.dtype), limit, count, outer, x, indices, y);
  },
  grad: (dy, inputs, _, along) => [scatterAddOp([dy, inputs[1]], { ...along, shape: inputs[0].shape }), null],
});

/** y[b,o,indices[b,k],:] += x[b,o,k,:] from zeros, in order of k, so that sums are reproducible; an index outside is left out. */
export const scatterAddOp: Apply<Along & { shape: Shape }> = /* @__PURE__ */ defineOp<Along & { shape: Shape }>("scatterAdd", {
  shape: (_, { shape }) => shape,
  run: (k, [x, indices], y, along) => {
    const [inner, limit, count, outer] = around(y.shape, indices, along);
    k.fillI32(y.size, 0, y);
    const columns = limit === 0 ? 0 : y.size / limit;
    k.scatterAddRows(columns, inner, limit, count, outer, y.dtype === "int32" ? 1 : 0, x, indices, y);
  },
  grad: (upstream, inputs, _, along) => [gatherOp([upstream, inputs[1]], along), null],
});

/** Where `indices` names a row more than once, all but the last are -1. */
function lastOnly(indices: Tensor, rows: number): Tensor {
  const positions = sequence(0, 1, indices.size, "int32");
  const none = fill([], -1, "int32");
  const writers = scatterUpdateOp([none, indices, positions], { shape: [rows] });
  return where(equal(gatherOp([writers, indices], FIRST), positions), indices, none);
}

export const FIRST: Along = { axis: 0, batchDims: 0 };

/** x, as broadcast to [rows, inner], with rows replaced: y[indices[k],:] = updates[k,:], or one row for all, in order of k; an index outside is left out. */
export const scatterUpdateOp: Apply<{ shape: Shape }> = /* @__PURE__ */ defineOp<{ shape: Shape }>("scatterUpdate", {
  shape: (_, { shape }) => shape,
  run: (k, [x, indices, updates], y, { shape }) => {
    const rows = shape[0] as number;
    const bytes = bytesPerElement(x.dtype);
    copyView(k, shape, { ref: x, strides: broadcastStrides(x.shape, shape), start: 0 }, view(y, shape), bytes);
    const rowBytes = rows === 0 ? 0 : (y.size / rows) * bytes;
    const step = updates.size * bytes === rowBytes ? 0 : rowBytes;
    k.scatterRows(rowBytes, rowBytes, rows, indices.size, step, updates, indices, y);
  },
  // What was overwritten has no influence.
  grad: (dy, [x, indices], _, { shape }, needs) => {
    return [
      needs[0] ? unbroadcast(scatterUpdateOp([dy, indices, fill(shape.slice(1), 0)], { shape }), x.shape) : null,
      null,
      needs[2] ? gatherOp([dy, lastOnly(indices, shape[0] as number)], FIRST) : null,
    ];
  },
});
