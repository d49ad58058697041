/** @file Rows of einsum and dot. */
import { dot, einsum, type Tensor } from "../../src/index.js";
import { matMul as product, type Values } from "../naive.js";
import { einsum as naive } from "../naiveEinsum.js";
import { DENORMAL, type Row, range, type Sample, two, WIDTHS } from "./row.js";

const of = (equation: string, ...shapes: (readonly number[])[]): Sample => ({ inputs: shapes.map((shape) => ({ shape })), attributes: { equation } });
const int32 = (sample: Sample): Sample => ({
  ...sample,
  inputs: sample.inputs.map((input) => ({ ...input, dtype: "int32", domain: range(-60000, 60000) })),
});

export const einsumRows: Record<string, Row> = {
  einsum: {
    call: (inputs, { equation }) => einsum(equation, ...inputs),
    samples: [
      of("ij,jk->ik", [5, 7], [7, 3]),
      of("ij,kj->ik", [5, 7], [3, 7]),
      of("ji,jk", [7, 5], [7, 3]),
      of("bij,bjk->bik", [3, 5, 7], [3, 7, 2]),
      of("bqhd,bkhd->bhqk", [2, 5, 3, 4], [2, 6, 3, 4]),
      of("bhqk,bkhd->bqhd", [2, 3, 5, 6], [2, 6, 3, 4]),
      of("bi,ijk,bk->bj", [4, 3], [3, 5, 6], [4, 6]),
      of("abc,cd,de,bf->aef", [3, 4, 5], [5, 2], [2, 6], [4, 3]),
      of("ij->ji", [4, 9]),
      of("ij->", [4, 9]),
      of("ii->i", [6, 6]),
      of("bii", [2, 5, 5]),
      of("iji->ij", [4, 3, 4]),
      of("ii,ij,jj->i", [3, 3], [3, 4], [4, 4]),
      of("i,j->ji", [5], [7]),
      of("i,i->", [1003], [1003]),
      of("bi,bi->b", [3, 65], [3, 65]),
      of("...ij,...jk->...ik", [2, 1, 3, 4], [5, 4, 2]),
      of("...i,...i", [2, 3, 4], [4]),
      of("i...->...i", [2, 3, 4]),
      of("ij,ij->ij", [1, 3], [2, 1]),
      of("ij,jk->ik", [0, 3], [3, 2]),
      of("ij,jk->ik", [2, 0], [0, 3]),
      of(",i->i", [], [4]),
      of("->", []),
      int32(of("ij,jk->ik", [3, 4], [4, 5])),
      int32(of("ii", [4, 4])),
    ],
    oracle: (inputs, { equation }) => {
      const { shape, data, magnitude } = naive(equation, inputs);
      return inputs[0]?.dtype === "int32" ? { shape, data: Array.from(data, (value) => Number(BigInt.asIntN(32, BigInt(value)))) } : { shape, data, magnitude };
    },
    atol: DENORMAL,
    rtol: 1.2e-6,
    domains: [range(-2, 2)],
    gradient: {
      samples: [
        of("ij,jk->ik", [3, 4], [4, 2]),
        of("bqhd,bkhd->bhqk", [1, 2, 2, 3], [1, 3, 2, 3]),
        of("bi,ijk,bk->bj", [2, 2], [2, 3, 2], [2, 2]),
        of("bii->bi", [2, 3, 3]),
        of("...i,...i", [2, 3], [3]),
        of("ij,ij->j", [1, 3], [2, 1]),
      ],
    },
    bench: {
      small: of("ij,jk->ik", [4, 4], [4, 4]),
      typical: of("bqhd,bkhd->bhqk", [8, 64, 12, 64], [8, 64, 12, 64]),
      large: of("bi,ijk,bk->bj", [64, 128], [128, 64, 128], [64, 128]),
    },
  },
  dot: {
    call: ([a, b]) => dot(a as Tensor, b as Tensor),
    samples: two(
      ...WIDTHS.map((n): [number[], number[]] => [[n], [n]]),
      [[5], [5, 3]],
      [[4, 6], [6]],
      [
        [3, 4],
        [4, 5],
      ],
    ),
    oracle: ([a, b]) => product(a as Values, b as Values),
    atol: DENORMAL,
    rtol: 1.2e-6,
    domains: [range(-2, 2)],
    gradient: { samples: two([[3], [3]], [[2, 3], [3]]) },
    bench: {
      small: two([[8], [8]])[0] as Sample,
      typical: two([[512, 512], [512]])[0] as Sample,
      large: two([[1 << 20], [1 << 20]])[0] as Sample,
    },
  },
};
