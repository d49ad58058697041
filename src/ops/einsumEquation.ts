/** @file What an einsum equation says of its operands: a label an axis, and the size of every label. */
import { error } from "../tensor/errors.js";
import type { Shape } from "../tensor/shape.js";

/** Labels are letters; an axis that `...` stands for has its number, counted from the last one: "1". */
export interface Equation {
  /** A label for each axis of each operand. */
  terms: string[][];
  output: string[];
  /** Sizes of the labels, after broadcasting axes of size 1. */
  sizes: Map<string, number>;
}

/** Labels of "ab...c", where `...` stands for `hidden` axes. */
const labelsOf = ([, before, dots, after]: readonly string[], hidden: number): string[] => [
  ...(before as string),
  ...(dots ? Array.from({ length: hidden }, (_, i) => String(hidden - i)) : []),
  ...(after as string),
];

/** The letters before `...`, `...` itself, and those after. */
function partsOf(equation: string, term: string): RegExpExecArray {
  const parts = /^([a-zA-Z]*?)(\.\.\.)?([a-zA-Z]*)$/.exec(term);
  if (parts === null) throw error("einsum", "a term of the equation must be letters and one '...' at most", `'${term}' in '${equation}'`);
  return parts;
}

/** The size of each label; axes of size 1 broadcast, except within one operand. */
function sizesOf(terms: readonly string[][], shapes: readonly Shape[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [i, labels] of terms.entries()) {
    const shape = shapes[i] as Shape;
    for (const [axis, label] of labels.entries()) {
      const size = shape[axis] as number;
      const before = sizes.get(label) ?? 1;
      const fits = size === before || ((size === 1 || before === 1) && shape[labels.indexOf(label)] === size);
      if (!fits) throw error("einsum", `axes named '${label}' must have one size, or 1`, `shapes ${shapes.map((s) => `[${s}]`).join(", ")}`);
      sizes.set(label, size === 1 ? before : size);
    }
  }
  return sizes;
}

/** Reads an equation. Without `->` the result has the axes of `...`, then the labels that occur once, in alphabetical order. */
export function readEquation(equation: string, shapes: readonly Shape[]): Equation {
  const [left = "", right, ...more] = equation.replaceAll(/\s/g, "").split("->");
  if (more.length > 0) throw error("einsum", "the equation must have one '->' at most", `'${equation}'`);
  const written = left.split(",").map((term) => partsOf(equation, term));
  if (written.length !== shapes.length) throw error("einsum", `the equation's terms must be as many as the ${shapes.length} tensors`, `'${equation}'`);
  let most = 0;
  const terms = written.map((parts, i) => {
    const shape = shapes[i] as Shape;
    const [term, before, dots, after] = parts as unknown as [string, string, string?, string?];
    const hidden = shape.length - `${before}${after}`.length;
    if (dots ? hidden < 0 : hidden !== 0) throw error("einsum", `'${term}' must name the axes of tensor ${i}`, `shape [${shape}]`);
    most = Math.max(most, hidden);
    return labelsOf(parts, hidden);
  });
  const all = terms.flat();
  const occurOnce = (label: string, labels: readonly string[]): boolean => labels.indexOf(label) === labels.lastIndexOf(label);
  const once = all.filter((label) => label >= "A" && occurOnce(label, all)).sort();
  const output = labelsOf(partsOf(equation, right ?? `...${once.join("")}`), most);
  for (const label of output)
    if (!all.includes(label) || !occurOnce(label, output))
      throw error("einsum", "the result's labels must each be of a tensor, and each once", `'${label}' in '${equation}'`);
  return { terms, output, sizes: sizesOf(terms, shapes) };
}
