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

const ELLIPSIS = "...";

/** Labels of "ab...c" where `...` stands for `hidden` axes. */
function labelsOf(term: string, hidden: number): string[] {
  const [before = "", after = ""] = term.split(ELLIPSIS);
  const between = term.includes(ELLIPSIS) ? Array.from({ length: hidden }, (_, i) => String(hidden - i)) : [];
  return [...before, ...between, ...after];
}

const lettersIn = (term: string): number => term.replace(ELLIPSIS, "").length;

function checkTerms(equation: string, terms: readonly string[], output: string | undefined, shapes: readonly Shape[]): void {
  for (const term of output === undefined ? terms : [...terms, output])
    if (!/^[a-zA-Z]*(\.\.\.)?[a-zA-Z]*$/.test(term))
      throw error("einsum", "a term of the equation must be letters and one '...' at most", `'${term}' in '${equation}'`);
  if (terms.length !== shapes.length) throw error("einsum", `the equation's terms must be as many as the ${shapes.length} tensors`, `'${equation}'`);
  for (const [i, term] of terms.entries()) {
    const shape = shapes[i] as Shape;
    const letters = lettersIn(term);
    if (term.includes(ELLIPSIS) ? letters > shape.length : letters !== shape.length)
      throw error("einsum", `'${term}' must name the axes of tensor ${i}`, `shape [${shape}]`);
  }
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
      if (size !== 1) sizes.set(label, size);
      else sizes.set(label, before);
    }
  }
  return sizes;
}

/** Reads an equation. Without `->` the result has the axes of `...`, then the labels that occur once, in alphabetical order. */
export function readEquation(equation: string, shapes: readonly Shape[]): Equation {
  const [left = "", right, ...more] = equation.replaceAll(/\s/g, "").split("->");
  if (more.length > 0) throw error("einsum", "the equation must have one '->' at most", `'${equation}'`);
  const written = left.split(",");
  checkTerms(equation, written, right, shapes);
  const hidden = Math.max(0, ...written.map((term, i) => (term.includes(ELLIPSIS) ? (shapes[i] as Shape).length - lettersIn(term) : 0)));
  const terms = written.map((term, i) => labelsOf(term, (shapes[i] as Shape).length - lettersIn(term)));
  const all = terms.flat();
  const once = [...left.replaceAll(/[^a-zA-Z]/g, "")].filter((label) => all.indexOf(label) === all.lastIndexOf(label)).sort();
  const output = labelsOf(right ?? ELLIPSIS + once.join(""), hidden);
  for (const label of output)
    if (!all.includes(label) || output.indexOf(label) !== output.lastIndexOf(label))
      throw error("einsum", "the result's labels must each be of a tensor, and each once", `'${label}' in '${equation}'`);
  return { terms, output, sizes: sizesOf(terms, shapes) };
}
