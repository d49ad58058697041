/** @file Loops of kernel calls: a body repeated over moving handles, one LOOP record in a plan. */
import { Block } from "../wasm/block.js";
import { heap } from "../wasm/heap.js";
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

/** Calls `body` where the int32 at `flag`, 1 or 0, is 1. A plan looks at each run, so the flag must stay in memory. */
export function when(flag: Ref, body: () => void): void {
  if (engine.tracer !== null) engine.tracer.when(flag, body);
  else if (heap.i32[flag.block.ptr >> 2] !== 0) body();
}
