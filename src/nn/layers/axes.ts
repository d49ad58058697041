/** @file Axes of layers' inputs. */
import { describe, error } from "../../tensor/errors.js";
import type { BatchShape } from "../layer.js";

/** The axes of a shape, counted from its end where negative. */
export function axesOf(name: string, axis: number | readonly number[], rank: number): [number, ...number[]] {
  const axes = [axis].flat().map((each) => (each < 0 ? each + rank : each));
  if (!axes.every((each) => Number.isInteger(each) && each > 0 && each < rank))
    throw error(name, `axis must be among the ${rank}, and not the batch's`, `axis=${describe(axis)}`);
  return axes.sort((a, b) => a - b) as [number];
}

/** The sizes of a shape along axes. */
export const sizesAlong = (name: string, axis: number | readonly number[], shape: BatchShape): BatchShape =>
  axesOf(name, axis, shape.length).map((each) => shape[each] ?? null);
