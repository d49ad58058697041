/** @file Oracles and samples of ops that move whole runs of elements. */
import type { DataType } from "../../src/index.js";
import { axesOf, type Expected, eachPosition, stridesOf, type Values } from "../naive.js";
import { shaped, storage } from "./movement.js";
import { type Row, range, type Sample } from "./row.js";

// ---- oracles ----

/** A result of a shape whose element at each position is `at(position)`. */
export function generate(shape: readonly number[], at: (position: readonly number[]) => number): Expected {
  const data: number[] = [];
  eachPosition(shape, (position) => data.push(at(position)));
  return { shape, data };
}

/** The element at a position; no broadcasting. */
export const element = (x: Values, position: readonly number[]): number =>
  x.data[stridesOf(x.shape).reduce((sum, stride, i) => sum + stride * (position[i] as number), 0)] as number;

export const takeWindow = (x: Values, begin: readonly number[], size: readonly number[], steps: readonly number[] = begin.map(() => 1)): Expected =>
  generate(size, (position) =>
    element(
      x,
      position.map((p, i) => (begin[i] as number) + p * (steps[i] as number)),
    ),
  );

export function concatOf(inputs: readonly Values[], axis: number): Expected {
  const first = (inputs[0] as Values).shape;
  const along = axesOf(axis, first.length)[0] as number;
  const starts = inputs.map((_, i) => inputs.slice(0, i).reduce((sum, { shape }) => sum + (shape[along] as number), 0));
  const total = inputs.reduce((sum, { shape }) => sum + (shape[along] as number), 0);
  return generate(
    first.map((size, i) => (i === along ? total : size)),
    (position) => {
      // The last input that begins at or before the position and is not empty.
      const at = position[along] as number;
      const i = starts.findLastIndex((start, j) => start <= at && ((inputs[j] as Values).shape[along] as number) > 0);
      return element(
        inputs[i] as Values,
        position.map((p, j) => (j === along ? p - (starts[i] as number) : p)),
      );
    },
  );
}

export function stackOf(inputs: readonly Values[], axis: number): Expected {
  const { shape } = inputs[0] as Values;
  const along = axesOf(axis, shape.length + 1)[0] as number;
  const result = [...shape];
  result.splice(along, 0, inputs.length);
  return generate(result, (position) =>
    element(
      inputs[position[along] as number] as Values,
      position.filter((_, i) => i !== along),
    ),
  );
}

export const padOf = (x: Values, paddings: readonly (readonly number[])[], value: number): Expected =>
  generate(
    x.shape.map((size, i) => size + (paddings[i]?.[0] as number) + (paddings[i]?.[1] as number)),
    (position) => {
      const inside = position.map((p, i) => p - (paddings[i]?.[0] as number));
      return inside.every((p, i) => p >= 0 && p < (x.shape[i] as number)) ? element(x, inside) : value;
    },
  );

/** Positions that Python's range of an axis visits. */
function positions(length: number, begin: number | undefined, end: number | undefined, step: number): number[] {
  const cut = (p: number): number => {
    const q = p < 0 ? p + length : p;
    return step > 0 ? Math.min(Math.max(q, 0), length) : Math.min(Math.max(q, -1), length - 1);
  };
  const first = begin === undefined ? (step > 0 ? 0 : length - 1) : cut(begin);
  const limit = end === undefined ? (step > 0 ? length : -1) : cut(end);
  const list: number[] = [];
  for (let p = first; step > 0 ? p < limit : p > limit; p += step) list.push(p);
  return list;
}

export interface StridedSpec {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask?: number;
  endMask?: number;
  ellipsisMask?: number;
  newAxisMask?: number;
  shrinkAxisMask?: number;
}

export function stridedOf(x: Values, spec: StridedSpec): Expected {
  const has = (mask: number | undefined, i: number): boolean => (((mask ?? 0) >> i) & 1) === 1;
  const count = spec.begin.length;
  const others = spec.begin.filter((_, i) => !has(spec.ellipsisMask, i) && !has(spec.newAxisMask, i)).length;
  const visited: number[][] = [];
  const shape: number[] = [];
  const takeAll = (): void => {
    const length = x.shape[visited.length] as number;
    visited.push(Array.from({ length }, (_, i) => i));
    shape.push(length);
  };
  for (let i = 0; i < count; i++) {
    const length = x.shape[visited.length] as number;
    if (has(spec.ellipsisMask, i)) for (let j = others; j < x.shape.length; j++) takeAll();
    else if (has(spec.newAxisMask, i)) shape.push(1);
    else if (has(spec.shrinkAxisMask, i)) visited.push([((spec.begin[i] as number) + length) % length]);
    else {
      const [begin, end] = [has(spec.beginMask, i) ? undefined : spec.begin[i], has(spec.endMask, i) ? undefined : spec.end[i]];
      visited.push(positions(length, begin, end, spec.strides[i] as number));
      shape.push((visited.at(-1) as number[]).length);
    }
  }
  while (visited.length < x.shape.length) takeAll();
  const { data } = generate(
    visited.map((list) => list.length),
    (position) =>
      element(
        x,
        position.map((p, i) => visited[i]?.[p] as number),
      ),
  );
  return { shape, data };
}

// ---- samples ----

export const exact = { atol: 0, rtol: 0, domains: [range(-9, 9)] };

/** Every storage type at two samples of an op of one input. */
export const everyType = (...samples: [readonly number[], unknown][]): Sample[] =>
  storage.flatMap((dtype) => samples.map(([shape, attributes]) => shaped(shape, attributes, dtype)));

export const several = (shapes: readonly (readonly number[])[], attributes: unknown, dtype: DataType = "float32"): Sample => ({
  inputs: shapes.map((shape) => ({ shape, dtype })),
  attributes,
});

export const named = (shape: readonly number[], attributes: object): Sample => shaped(shape, attributes);

export const bench = (small: Sample, typical: Sample, large: Sample): Row["bench"] => ({ small, typical, large });

// ---- oracles of repetition and order ----

export function repeatOf(x: Values, repeats: number | readonly number[], axis: number | undefined): Expected {
  const input = axis === undefined ? { ...x, shape: [x.data.length] } : x;
  const along = axesOf(axis ?? 0, input.shape.length)[0] as number;
  const length = input.shape[along] as number;
  const counts =
    typeof repeats === "number"
      ? new Array<number>(length).fill(repeats)
      : repeats.length === 1
        ? new Array<number>(length).fill(repeats[0] as number)
        : repeats;
  const sources = counts.flatMap((count, i) => new Array<number>(count).fill(i));
  return generate(replaced(input.shape, along, sources.length), (p) => element(input, replaced(p, along, sources[p[along] as number] as number)));
}

/** Where a position of a mirrored axis comes from. */
const mirrored = (p: number, length: number, before: number, skip: number): number => {
  const at = p - before;
  if (at < 0) return -at - 1 + skip;
  return at < length ? at : 2 * length - 1 - at - skip;
};

export function mirrorOf(x: Values, paddings: readonly (readonly number[])[], mode: string): Expected {
  const skip = mode === "reflect" ? 1 : 0;
  const shape = x.shape.map((size, i) => size + (paddings[i]?.[0] as number) + (paddings[i]?.[1] as number));
  return generate(shape, (position) =>
    element(
      x,
      position.map((p, i) => mirrored(p, x.shape[i] as number, paddings[i]?.[0] as number, skip)),
    ),
  );
}

/** Every element of dy added to the one that it shows. */
export function mirrorSums(dy: Values, paddings: readonly (readonly number[])[], skip: number, shape: readonly number[]): Expected {
  const data = new Array<number>(shape.reduce((size, length) => size * length, 1)).fill(0);
  generate(dy.shape, (position) => {
    const at = position.reduce((sum, p, i) => sum * (shape[i] as number) + mirrored(p, shape[i] as number, paddings[i]?.[0] as number, skip), 0);
    data[at] = (data[at] as number) + element(dy, position);
    return 0;
  });
  return { shape: [...shape], data };
}

export function rollOf(x: Values, shift: number | readonly number[], axis: number | readonly number[] | undefined): Expected {
  if (axis === undefined) return { ...rollOf({ ...x, shape: [x.data.length] }, shift, 0), shape: x.shape };
  const axes = axesOf(axis, x.shape.length);
  return generate(x.shape, (position) => {
    const source = [...position];
    axes.forEach((a, i) => {
      const size = x.shape[a] as number;
      const by = typeof shift === "number" ? shift : (shift[i] as number);
      source[a] = ((((source[a] as number) - by) % size) + size) % size;
    });
    return element(x, source);
  });
}

const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);
const replaced = (list: readonly number[], index: number, entry: number): number[] => list.map((value, i) => (i === index ? entry : value));

/** Entry b of the batch holds offset floor(b / batch) of every block, offsets counted row by row. */
export function spaceToBatchOf(x: Values, blockShape: readonly number[], paddings: readonly (readonly number[])[]): Expected {
  const count = blockShape.length;
  const [batch, ...rest] = x.shape as [number, ...number[]];
  const shape = [
    batch * product(blockShape),
    ...rest.map((size, i) => (i < count ? (size + ((paddings[i]?.[0] as number) + (paddings[i]?.[1] as number))) / (blockShape[i] as number) : size)),
  ];
  return generate(shape, ([b, ...position]) => {
    let offset = Math.floor((b as number) / batch);
    const source = [...position];
    for (let i = count - 1; i >= 0; i--) {
      const block = blockShape[i] as number;
      source[i] = (source[i] as number) * block + (offset % block) - (paddings[i]?.[0] as number);
      offset = Math.floor(offset / block);
    }
    return source.every((p, i) => p >= 0 && p < (rest[i] as number)) ? element(x, [(b as number) % batch, ...source]) : 0;
  });
}

export function batchToSpaceOf(x: Values, blockShape: readonly number[], crops: readonly (readonly number[])[]): Expected {
  const count = blockShape.length;
  const batch = (x.shape[0] as number) / product(blockShape);
  const shape = [
    batch,
    ...x.shape.slice(1).map((size, i) => (i < count ? size * (blockShape[i] as number) - (crops[i]?.[0] as number) - (crops[i]?.[1] as number) : size)),
  ];
  return generate(shape, ([b, ...position]) => {
    let offset = 0;
    const source = [...position];
    for (let i = 0; i < count; i++) {
      const at = (source[i] as number) + (crops[i]?.[0] as number);
      const block = blockShape[i] as number;
      offset = offset * block + (at % block);
      source[i] = Math.floor(at / block);
    }
    return element(x, [offset * batch + (b as number), ...source]);
  });
}

/** The same with [height, width, depth] of a position whatever the format. */
const imageAt = (x: Values, isLast: boolean, n: number, h: number, w: number, d: number): number => element(x, isLast ? [n, h, w, d] : [n, d, h, w]);
const imageOf = (shape: readonly number[], isLast: boolean): number[] => (isLast ? [...shape] : ([shape[0], shape[2], shape[3], shape[1]] as number[]));
const imageShape = ([n, h, w, d]: readonly number[], isLast: boolean): number[] => (isLast ? [n, h, w, d] : [n, d, h, w]) as number[];

export function depthToSpaceOf(x: Values, block: number, dataFormat = "NHWC"): Expected {
  const isLast = dataFormat === "NHWC";
  const [n, h, w, d] = imageOf(x.shape, isLast) as [number, number, number, number];
  const depth = d / (block * block);
  return generate(imageShape([n, h * block, w * block, depth], isLast), (position) => {
    const [i, r, c, k] = imageOf(position, isLast) as [number, number, number, number];
    return imageAt(x, isLast, i, Math.floor(r / block), Math.floor(c / block), ((r % block) * block + (c % block)) * depth + k);
  });
}

export function spaceToDepthOf(x: Values, block: number, dataFormat = "NHWC"): Expected {
  const isLast = dataFormat === "NHWC";
  const [n, h, w, d] = imageOf(x.shape, isLast) as [number, number, number, number];
  return generate(imageShape([n, h / block, w / block, d * block * block], isLast), (position) => {
    const [i, r, c, k] = imageOf(position, isLast) as [number, number, number, number];
    const offset = Math.floor(k / d);
    return imageAt(x, isLast, i, r * block + Math.floor(offset / block), c * block + (offset % block), k % d);
  });
}
