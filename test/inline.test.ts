/** @file What one place of dist takes stands there, if it is taken when the file is loaded, and short. */
import { expect, test } from "vitest";
import { inlined } from "../scripts/inline.mjs";

test("functions and objects that are taken once stand where they are", () => {
  const text = `
var twice = (x) => x * 2;
var start = { at: 0 };
var first = 1;
var parts = { start };
var late = (x) => x;
var both = [1, 2].map((x) => late(x));
var shared = () => 3;
var given = () => 4;
var made = /* @__PURE__ */ define({ first, twice, parts, shared });
class Box { static start = shared; }
export { made, both, given, Box };
`;
  expect(inlined(text).replaceAll(/\n+/g, "\n")).toBe(`
var first = 1;
var late = (x) => x;
var both = [1, 2].map((x) => late(x));
var shared = () => 3;
var given = () => 4;
var made = /* @__PURE__ */ define({ first, twice: ((x) => x * 2), parts: ({ start: ({ at: 0 }) }), shared });
class Box { static start = shared; }
export { made, both, given, Box };
`);
});

test("long ones stay, and what is taken before it is there", () => {
  const text = `
early(later);
var later = () => 1;
var long = () => "${"a".repeat(300)}";
use(long);
`;
  expect(inlined(text)).toBe(text);
});
