/** @file einsum against its definition, on random equations and shapes; and its errors. Failures print fast-check's seed. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, einsum, grads, type Tensor, tensor, tidy } from "../src/index.js";
import { numbersOf } from "./bits.js";
import { randomOf, sizeOf, type Values } from "./naive.js";
import { einsum as naive } from "./naiveEinsum.js";

const LABELS = ["a", "b", "c", "d", "i", "J"];

interface Problem {
  equation: string;
  operands: Values[];
}

/** An equation, and operands of small whole numbers, so that results are exact. */
function problemOf(seed: number): Problem {
  const random = randomOf(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const count = 1 + below(random() < 0.2 ? 6 : 3);
  const size = new Map([...LABELS, ..."012"].map((label) => [label, random() < 0.05 ? 0 : 1 + below(4)]));
  const dtype = random() < 0.15 ? "int32" : "float32";
  const withEllipsis = random() < 0.3;
  const operands: Values[] = [];
  const terms: string[] = [];
  for (let i = 0; i < count; i++) {
    const letters = Array.from({ length: below(4) }, () => LABELS[below(random() < 0.5 ? 3 : LABELS.length)] as string);
    const hidden = withEllipsis ? ["0", "1", "2"].slice(3 - below(4)) : [];
    const at = below(letters.length + 1);
    const labels = [...letters.slice(0, at), ...hidden, ...letters.slice(at)];
    // An axis of size 1 broadcasts, unless its label is twice in the term.
    const shape = labels.map((label) => (random() < 0.1 && labels.indexOf(label) === labels.lastIndexOf(label) ? 1 : (size.get(label) as number)));
    terms.push(`${letters.slice(0, at).join("")}${withEllipsis && (hidden.length > 0 || random() < 0.7) ? "..." : ""}${letters.slice(at).join("")}`);
    operands.push({ shape, dtype, data: Array.from({ length: sizeOf(shape) }, () => below(7) - 3) });
  }
  const used = [...new Set(terms.join("").replaceAll(".", ""))].sort(() => random() - 0.5).slice(0, below(5));
  const dots = terms.some((term) => term.includes("...")) && random() < 0.8 ? "..." : "";
  const right = random() < 0.25 ? "" : `->${[dots, ...used].sort(() => random() - 0.5).join("")}`;
  return { equation: terms.join(random() < 0.1 ? " , " : ",") + right, operands };
}

const makeTensor = ({ data, shape, dtype }: Values): Tensor => tensor(Array.from(data), shape, dtype);
const problems = fc.integer({ min: 0, max: 2 ** 31 }).map(problemOf);
/** Iterations of the definition's loop. */
const affordable = ({ operands }: Problem): boolean => operands.reduce((n, { shape }) => n * Math.max(1, sizeOf(shape)), 1) < 2 ** 18;

test("einsum is its definition", () => {
  fc.assert(
    fc.property(problems.filter(affordable), ({ equation, operands }) => {
      const expected = naive(equation, operands);
      tidy(() => {
        const y = einsum(equation, ...operands.map(makeTensor));
        expect([y.shape, y.dtype]).toEqual([expected.shape, operands[0]?.dtype]);
        // -0 and 0 are equal here.
        expect(numbersOf(y).map((value) => value + 0)).toEqual(Array.from(expected.data, (value) => value + 0));
      });
    }),
    { numRuns: 4000 },
  );
});

test("its gradient by an operand is the einsum of the others, and a plan's is eager's", () => {
  fc.assert(
    fc.property(problems.filter(affordable), ({ equation, operands }) => {
      fc.pre(operands[0]?.dtype === "float32");
      const inputs = operands.map(makeTensor);
      // The gradient of a function that is linear in an operand, times that operand, is the function.
      const y = einsum(equation, ...inputs);
      const slopes = (...xs: Tensor[]): Tensor[] => grads((...at) => einsum(equation, ...at))(xs);
      const total = y.sum().item();
      const eager = slopes(...inputs);
      for (const [i, slope] of eager.entries())
        expect(
          slope
            .mul(inputs[i] as Tensor)
            .sum()
            .item() + 0,
        ).toBe(total + 0);
      const compiled = compile(slopes, { poison: true });
      expect((compiled(...inputs) as Tensor[]).map(numbersOf)).toEqual(eager.map(numbersOf));
      compiled.dispose();
    }),
    { numRuns: 250 },
  );
});

describe("einsum refuses", () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  test.each([
    ["i,j", [x], "einsum: the equation's terms must be as many as the 1 tensors. Got 'i,j'."],
    ["ijk", [x], "einsum: 'ijk' must name the axes of tensor 0. Got shape [2,3]."],
    ["ijk...", [x], "einsum: 'ijk...' must name the axes of tensor 0. Got shape [2,3]."],
    ["i.j", [x], "einsum: a term of the equation must be letters and one '...' at most. Got 'i.j' in 'i.j'."],
    ["ij->i->j", [x], "einsum: the equation must have one '->' at most. Got 'ij->i->j'."],
    ["ij->k", [x], "einsum: the result's labels must each be of a tensor, and each once. Got 'k' in 'ij->k'."],
    ["ij->ii", [x], "einsum: the result's labels must each be of a tensor, and each once. Got 'i' in 'ij->ii'."],
    ["ii", [x], "einsum: axes named 'i' must have one size, or 1. Got shapes [2,3]."],
    ["ij,ij", [x, x.transpose()], "einsum: axes named 'i' must have one size, or 1. Got shapes [2,3], [3,2]."],
    ["ij", [], "einsum: expected an equation and its tensors. Got 'ij' and 0 tensors."],
  ] as [string, Tensor[], string][])("%s", (equation, tensors, message) => {
    expect(() => einsum(equation, ...tensors)).toThrow(message);
  });

  test("a diagonal of axes of sizes 1 and n", () => {
    expect(() => einsum("ii", tensor([[1, 2]]))).toThrow("einsum: axes named 'i' must have one size, or 1.");
    expect(() => einsum("ii", tensor([[1], [2]]))).toThrow("einsum: axes named 'i' must have one size, or 1.");
  });
});
