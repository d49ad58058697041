/** @file einsum: sums of products by axis labels, lowered to reshape, transpose, matMul, mul and sum. */
import { type DataType, upcastType } from "../tensor/dtype.js";
import { error } from "../tensor/errors.js";
import { sizeOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { castTo } from "./castTo.js";
import { type TensorLike, toTensor } from "./convert.js";
import { readEquation } from "./einsumEquation.js";
import { mul } from "./elementwise.js";
import { matMul } from "./matmul.js";
import { reshape, transpose } from "./movement.js";
import { sum } from "./reduce.js";
import { takeWindow } from "./window.js";

/** A tensor whose axes have labels; none of size 1, for those carry nothing. */
interface Term {
  x: Tensor;
  labels: readonly string[];
}

/** Number of terms up to which all orders of contraction are tried. */
const FEW_TERMS = 5;

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];

const isOrder = (perm: readonly number[]): boolean => perm.every((axis, i) => axis === i);

/** The axes of a term in the order of `labels`, which are all of its own; no copy where they already are. */
function arrange({ x, labels }: Term, order: readonly string[]): Tensor {
  const perm = order.map((label) => labels.indexOf(label));
  return isOrder(perm) ? x : transpose(x, perm);
}

const sizesIn = ({ x, labels }: Term, wanted: readonly string[]): number[] => wanted.map((label) => x.shape[labels.indexOf(label)] as number);

/** The sum over the labels that nothing else has. */
function sumLonely(term: Term, kept: readonly string[]): Term {
  const axes = term.labels.flatMap((label, i) => (kept.includes(label) ? [] : [i]));
  return axes.length === 0 ? term : { x: sum(term.x, axes), labels: term.labels.filter((label) => kept.includes(label)) };
}

/** The diagonal along every label that stands for several axes. */
function diagonals({ x, labels }: Term): Term {
  const label = labels.find((name, i) => labels.indexOf(name) !== i);
  if (label === undefined) return { x, labels };
  const first = labels.indexOf(label);
  const own = labels.flatMap((name, i) => (name === label ? [i] : []));
  const others = labels.flatMap((name, i) => (name === label ? [] : [i]));
  const perm = [...others.slice(0, first), ...own, ...others.slice(first)];
  const moved = isOrder(perm) ? x : transpose(x, perm);
  const n = x.shape[first] as number;
  const flat = reshape(moved, [...moved.shape.slice(0, first), n ** own.length, ...moved.shape.slice(first + own.length)]);
  const step = own.reduce((total, _, i) => total + n ** i, 0);
  const steps = flat.shape.map((_, i) => (i === first ? step : 1));
  const diagonal = takeWindow(flat, flat.shape.with(first, n), { begin: flat.shape.map(() => 0), steps });
  return diagonals({ x: diagonal, labels: [...labels.slice(0, first + 1), ...labels.slice(first + 1).filter((name) => name !== label)] });
}

/** Products element by element, or of integers: broadcast over all labels of both, then summed. */
function multiplyTerms(a: Term, b: Term, kept: readonly string[], output: readonly string[]): Term {
  const larger = a.x.size >= b.x.size ? a : b;
  const byOutput = union(
    output.filter((label) => a.labels.includes(label) || b.labels.includes(label)),
    union(larger.labels, union(a.labels, b.labels)),
  );
  // In the result's order, unless an operand would have to be copied for it.
  const inOrder = (term: Term): boolean => isOrder(byOutput.filter((label) => term.labels.includes(label)).map((label) => term.labels.indexOf(label)));
  const labels =
    inOrder(a) && inOrder(b)
      ? byOutput
      : union(
          union(a.labels, b.labels).filter((label) => !larger.labels.includes(label)),
          larger.labels,
        );
  const spread = (term: Term): Tensor => {
    const arranged = arrange(
      term,
      labels.filter((label) => term.labels.includes(label)),
    );
    return reshape(
      arranged,
      labels.map((label) => (term.labels.includes(label) ? (term.x.shape[term.labels.indexOf(label)] as number) : 1)),
    );
  };
  return sumLonely({ x: mul(spread(a), spread(b)), labels }, kept);
}

/** One side of a product of matrices: [batch, free, inner], or [batch, inner, free] if its axes are in that order. */
function side(term: Term, batch: readonly string[], inner: readonly string[]): { x: Tensor; free: readonly string[]; innerLast: boolean } {
  const free = term.labels.filter((label) => !batch.includes(label) && !inner.includes(label));
  const innerFirst = [...batch, ...inner, ...free];
  const innerLast = free.length === 0 || !innerFirst.every((label, i) => label === term.labels[i]);
  const count = sizeOf(sizesIn(term, batch));
  const [rows, columns] = [sizeOf(sizesIn(term, free)), sizeOf(sizesIn(term, inner))];
  const x = arrange(term, innerLast ? [...batch, ...free, ...inner] : innerFirst);
  const matrix = innerLast ? [rows, columns] : [columns, rows];
  return { x: reshape(x, batch.length === 0 ? matrix : [count, ...matrix]), free, innerLast };
}

/** The product of two terms, summed over the labels that nothing else needs. */
function contract(a: Term, b: Term, kept: readonly string[], output: readonly string[]): Term {
  // The larger one decides the order of the labels that both have, so that it need not be copied.
  const [larger, smaller] = a.x.size >= b.x.size ? [a, b] : [b, a];
  const shared = larger.labels.filter((label) => smaller.labels.includes(label));
  const batch = shared.filter((label) => kept.includes(label));
  const inner = shared.filter((label) => !kept.includes(label));
  // Products of single rows and columns, one for each place of a batch, are no work for matMul.
  const onlyRows = batch.length > 0 && a.labels.length === shared.length && b.labels.length === shared.length;
  if (inner.length === 0 || onlyRows || a.x.dtype !== "float32") return multiplyTerms(a, b, kept, output);
  // Rows come before columns: first the term whose labels come first in the result.
  const place = (term: Term): number => output.findIndex((label) => term.labels.includes(label) && !batch.includes(label));
  const [first, second] = place(a) <= place(b) ? [a, b] : [b, a];
  const left = side(first, batch, inner);
  const right = side(second, batch, inner);
  const y = matMul(left.x, right.x, !left.innerLast, right.innerLast);
  const shape = [...sizesIn(larger, batch), ...sizesIn(first, left.free), ...sizesIn(second, right.free)];
  return { x: reshape(y, shape), labels: [...batch, ...left.free, ...right.free] };
}

/** The pair of terms to contract first, and the multiplications that all contractions take; beyond FEW_TERMS those of the pair alone. */
function cheapest(
  terms: readonly (readonly string[])[],
  output: readonly string[],
  sizes: ReadonlyMap<string, number>,
): { cost: number; pair: [number, number] } {
  let best: { cost: number; pair: [number, number] } = { cost: Number.POSITIVE_INFINITY, pair: [0, 1] };
  for (let j = 1; j < terms.length; j++) {
    for (let i = 0; i < j; i++) {
      const both = union(terms[i] as string[], terms[j] as string[]);
      const rest = terms.filter((_, k) => k !== i && k !== j);
      let cost = both.reduce((product, label) => product * (sizes.get(label) as number), 1);
      if (rest.length > 0 && terms.length <= FEW_TERMS) {
        const left = both.filter((label) => output.includes(label) || rest.some((labels) => labels.includes(label)));
        cost += cheapest([...rest, left], output, sizes).cost;
      }
      if (cost < best.cost) best = { cost, pair: [i, j] };
    }
  }
  return best;
}

/**
 * Sum of products by Einstein's convention: each axis of each tensor has a label, axes of one label run together, and what the
 * result does not name is summed over. A label twice in one term takes the diagonal; `...` stands for the axes that are not named,
 * which broadcast; axes of size 1 broadcast. Without `->` the result has the labels that occur once, in alphabetical order.
 * Any number of tensors, contracted in pairs in the order that takes the fewest multiplications.
 * @param equation as numpy's and TensorFlow.js's
 * @returns float32, or int32 where no tensor is float32
 * @throws when the equation does not fit the tensors
 * @example
 * ```ts
 * import { einsum } from "engram";
 * assert.deepEqual(einsum("ij,jk->ik", [[1, 2], [3, 4]], [[5], [6]]).arraySync(), [[17], [39]]);
 * assert.equal(einsum("ii", [[1, 2], [3, 4]]).item(), 5);
 * assert.deepEqual(einsum("...i,...i->...", [[1, 2], [3, 4]], [10, 100]).arraySync(), [210, 430]);
 * ```
 */
export function einsum(equation: string, ...tensors: TensorLike[]): Tensor {
  if (typeof equation !== "string" || tensors.length === 0)
    throw error("einsum", "expected an equation and its tensors", `'${equation}' and ${tensors.length} tensors`);
  const inputs = tensors.map((value, i) => toTensor("einsum", `tensor ${i}`, value));
  const dtype = inputs.reduce<DataType>((type, x) => upcastType("einsum", type, x.dtype), "bool");
  const { terms, output, sizes } = readEquation(
    equation,
    inputs.map((x) => x.shape),
  );
  let list = inputs.map((input, i): Term => {
    const x = castTo(input, dtype === "float32" ? "float32" : "int32");
    const wide = x.shape.map((size) => size !== 1);
    return diagonals({
      x: reshape(
        x,
        x.shape.filter((size) => size !== 1),
      ),
      labels: (terms[i] as string[]).filter((_, axis) => wide[axis]),
    });
  });
  const needed = (rest: readonly Term[]): string[] => [...output, ...rest.flatMap(({ labels }) => labels)];
  list = list.map((term) => sumLonely(term, needed(list.filter((other) => other !== term))));
  while (list.length > 1) {
    const { pair } = cheapest(
      list.map(({ labels }) => labels),
      output,
      sizes,
    );
    const [a, b] = [list[pair[0]] as Term, list[pair[1]] as Term];
    const rest = list.filter((term) => term !== a && term !== b);
    list = [...rest, contract(a, b, needed(rest), output)];
  }
  const last = list[0] as Term;
  const wide = output.filter((label) => sizes.get(label) !== 1);
  return reshape(
    arrange(last, wide),
    output.map((label) => sizes.get(label) as number),
  );
}
