/** @file Rows of tensors that are made of a few numbers. */
import { eye, linspace, range as rangeOp } from "../../src/index.js";
import { sizeOf, type Values } from "../naive.js";
import { defined, type Row, range, type Sample } from "./row.js";

const given = (attributes: object): Sample => ({ inputs: [], attributes });

const common = { atol: 0, rtol: 0, domains: [range(0, 1)], gradient: null };

const numbers = (count: number, f: (i: number) => number) => ({ shape: [count], data: Array.from({ length: count }, (_, i) => f(i)) });

const picture = (channels: number, ...shape: number[]): Sample => ({
  inputs: [{ shape: [...shape, 4], dtype: "uint8", domain: range(0, 256) }],
  attributes: { channels },
});

export const creationRows: Record<string, Row> = {
  pixels: {
    ...common,
    call: (inputs, { channels }) => defined("pixels")(inputs, { channels }),
    samples: [1, 2, 3, 4].flatMap((channels) => [picture(channels, 1, 1), picture(channels, 5, 7), picture(channels, 0, 3), picture(channels, 1, 33)]),
    oracle: ([x], { channels }) => {
      const { shape, data } = x as Values;
      return { shape: shape.with(2, channels), data: Array.from(data).filter((_, i) => i % 4 < channels) };
    },
    bench: { small: picture(3, 1, 4), typical: picture(3, 64, 64), large: picture(3, 1024, 1024) },
  },
  eye: {
    ...common,
    call: (_, { rows, columns, batch, dtype }) => eye(rows, columns, batch, dtype),
    samples: [
      ...[0, 1, 4, 17].map((rows) => given({ rows })),
      ...[[1], [3], [2, 0], [2, 3], [2, 1, 2]].map((batch) => given({ rows: 3, columns: 5, batch })),
      ...["int32", "bool", "float16", "int64"].flatMap((dtype) => [given({ rows: 5, columns: 2, dtype }), given({ rows: 1, columns: 3, batch: [2], dtype })]),
    ],
    oracle: (_, { rows, columns = rows, batch = [] }) => {
      const shape = [...batch, rows, columns];
      return { shape, data: Array.from({ length: sizeOf(shape) }, (_x, i) => Number(i % columns === Math.floor(i / columns) % rows)) };
    },
    bench: { small: given({ rows: 2 }), typical: given({ rows: 64 }), large: given({ rows: 1024 }) },
  },
  linspace: {
    ...common,
    call: (_, { start, stop, num }) => linspace(start, stop, num),
    samples: [1, 2, 3, 4, 5, 17, 130].flatMap((num) => [
      given({ start: -1, stop: 2.5, num }),
      given({ start: 7, stop: 1e-3, num }),
      given({ start: 3, stop: 3, num }),
    ]),
    oracle: (_, { start, stop, num }) => numbers(num, (i) => start + (num === 1 ? 0 : (i * (stop - start)) / (num - 1))),
    // float64 until the end; near 0 it is the largest number that counts.
    atol: 1e-7,
    rtol: 6e-8,
    bench: { small: given({ start: 0, stop: 1, num: 4 }), typical: given({ start: 0, stop: 1, num: 4096 }), large: given({ start: 0, stop: 1, num: 1 << 20 }) },
  },
  range: {
    ...common,
    call: (_, { start, stop, step, dtype }) => rangeOp(start, stop, step, dtype),
    samples: [
      ...[0, 1, 2, 5, 17, 130].flatMap((stop) => [given({ start: 0, stop }), given({ start: stop, stop: 0 }), given({ start: -3, stop, step: 3 })]),
      ...(["float32", "int32", "int64", "uint8"] as const).map((dtype) => given({ start: 2, stop: 90, step: 7, dtype })),
      ...[0.5, 0.1].map((step) => given({ start: 1, stop: 2, step })),
      ...[
        [5, 0, -2],
        [5, 0, 2],
        [0, 5, -1],
        [-16777215, -16777225, -3],
      ].map(([start, stop, step]) => given({ start, stop, step, dtype: "int32" })),
    ],
    oracle: (_, { start, stop, step = 1, dtype }) => {
      const by = stop < start && step === 1 ? -1 : step;
      const data: number[] = [];
      for (let i = 0; by > 0 ? start + i * by < stop : start + i * by > stop; i++) data.push(start + i * by);
      return { shape: [data.length], data: dtype === undefined ? data.map(Math.fround) : data };
    },
    bench: { small: given({ start: 0, stop: 4 }), typical: given({ start: 0, stop: 4096 }), large: given({ start: 0, stop: 1 << 20 }) },
  },
};
