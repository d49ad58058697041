/** @file Penalties that layers add to the loss of the training step that calls them. */
import type { Tensor } from "../tensor/tensor.js";

/** Penalties of the step that is running; null outside of one. */
let penalties: Tensor[] | null = null;

/** Calls a function and gives the penalties that layers in it added to the loss. */
export function collectLosses<T>(fn: () => T): { value: T; losses: Tensor[] } {
  const outer = penalties;
  penalties = [];
  try {
    return { value: fn(), losses: penalties };
  } finally {
    penalties = outer;
  }
}

/** Adds what `penalty` gives, if there is a step to add it to. */
export function addPenalty(penalty: () => Tensor): void {
  penalties?.push(penalty());
}
