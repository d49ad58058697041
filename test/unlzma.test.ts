/** @file The compression of the embedded module: what scripts/lzma.mjs writes is what src/wasm/unlzma.ts reads. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { lzma } from "../scripts/lzma.mjs";
import { unlzma } from "../src/wasm/unlzma.js";
import { randomOf } from "./naive.js";

function expectRoundTrip(data: Uint8Array): number {
  const packed = lzma(data);
  expect(unlzma(packed, data.length)).toEqual(data);
  return packed.length;
}

test("any bytes come back", () => {
  const few = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 300 });
  const many = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.oneof(few, many), (bytes) => void expectRoundTrip(Uint8Array.from(bytes))),
    { numRuns: 60 },
  );
});

test("matches of every length and at far distances come back", () => {
  const random = randomOf(3);
  const data = Uint8Array.from({ length: 40_000 }, () => 256 * random());
  // Copies of earlier bytes, some with a byte changed, at distances of every order of magnitude.
  for (let at = 20; at < data.length; at += 3 + Math.floor(400 * random() ** 4)) {
    const from = Math.max(0, at - Math.ceil(1.3 ** (40 * random())));
    const size = Math.min(data.length - at, Math.floor(320 * random() ** 2));
    for (let i = 0; i < size; i++) data[at + i] = data[from + i] as number;
    data[at] = 7;
  }
  expect(expectRoundTrip(data)).toBeLessThan(0.6 * data.length);
});

test("a repeated byte takes few bytes", () => {
  expect(expectRoundTrip(new Uint8Array(5_000).fill(5))).toBeLessThan(50);
});
