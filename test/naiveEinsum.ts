/** @file einsum by its definition: one loop over all labels, in float64. */
import { type Expected, eachPosition, indexIn, sizeOf, type Values } from "./naive.js";

/** Labels of a term; `...` becomes the last `hidden` of the digits 0 to 9. */
const expand = (term: string, hidden: number): string[] => [...term.replace("...", "0123456789".slice(10 - hidden))];

export function einsum(equation: string, operands: readonly Values[]): Required<Expected> {
  const [left, right] = equation.replaceAll(" ", "").split("->") as [string, string | undefined];
  const hiddenIn = (term: string, i: number): number => (term.includes("...") ? (operands[i] as Values).shape.length - (term.length - 3) : 0);
  const terms = left.split(",");
  const hidden = Math.max(...terms.map(hiddenIn));
  const labels = terms.map((term, i) => expand(term, hiddenIn(term, i)));
  const all = labels.flat();
  const once = [...new Set(all)].filter((label) => /[a-z]/i.test(label) && all.filter((other) => other === label).length === 1).sort();
  const output = expand(right ?? `...${once.join("")}`, hidden);
  const names = [...new Set([...output, ...all])];
  const sizes = names.map((name) => {
    const found = labels.flatMap((term, i) => term.flatMap((label, axis) => (label === name ? [(operands[i] as Values).shape[axis] as number] : [])));
    return found.find((size) => size !== 1) ?? 1;
  });
  const shape = sizes.slice(0, output.length);
  const data = new Array<number>(sizeOf(shape)).fill(0);
  const magnitude = new Array<number>(sizeOf(shape)).fill(0);
  eachPosition(sizes, (position) => {
    const product = labels.reduce((value, term, i) => {
      const { shape: own, data: values } = operands[i] as Values;
      const at = indexIn(
        own,
        term.map((label) => position[names.indexOf(label)] as number),
      );
      return value * (values[at] as number);
    }, 1);
    const to = indexIn(shape, position.slice(0, shape.length));
    data[to] = (data[to] as number) + product;
    magnitude[to] = (magnitude[to] as number) + Math.abs(product);
  });
  return { shape, data, magnitude };
}
