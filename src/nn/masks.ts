/** @file Masks as numbers. */
import { cast } from "../ops/cast.js";
import { reshape } from "../ops/movement.js";
import type { Tensor } from "../tensor/tensor.js";

/** A mask as 0 and 1, with axes of size 1 after its own, so that it broadcasts to what it is the mask of. */
export const spreadMask = (mask: Tensor, rank: number): Tensor =>
  reshape(cast(mask, "float32"), [...mask.shape, ...Array<number>(Math.max(0, rank - mask.rank)).fill(1)]);
