/** @file Loops of kernel calls: a body repeated over moving handles, one LOOP record in a plan. */
import { Block } from "../wasm/block.js";
import type { Ref } from "../wasm/kernels.js";
import { engine, type Moving } from "./op.js";

/**
 * Calls `body` `count` times with handles whose addresses grow by their strides, as an op's `run` does for the time steps of a
 * recurrent layer. A plan records the body once, whatever the count.
 */
export function loop(count: number, moving: readonly Moving[], body: (views: readonly Ref[]) => void): void {
  if (engine.tracer !== null) return engine.tracer.loop(count, moving, body);
  const views = moving.map(({ ref }) => {
    const view = new Block(ref.block.bytes);
    view.home = ref.block.home;
    view.ptr = ref.block.ptr;
    return view;
  });
  for (let turn = 0; turn < count; turn++) {
    body(views);
    for (const [i, view] of views.entries()) view.ptr += (moving[i] as Moving).stride;
  }
}
