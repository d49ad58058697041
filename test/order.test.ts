/** @file The order of definitions in dist: any list is followed as far as the program stays the same. */
import { sep } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ordered } from "../scripts/order.mjs";

/**
 * Reads, calls, calls by way of others, members that run when a class is made, names that are only properties, and what defines nothing.
 * The arrow at its end was a function, which may stand after what calls it.
 */
const program = `
import { sep } from "node:path";
var list = [];
var say = (word) => list.push(word);
var first = 1;
var second = add(first, 1);
var alone = { first: "first", second: 2 };
var first_and_second = { first, second };
class Base { static made = say("Base"); value = third; }
var Derived = class extends Base { static sum = twice(second); static { say("Derived"); } };
var third = 3;
var made = new Derived().value;
say("done");
var last = list.join();
var late = () => made + last;
function add(a, b) { return a + b; }
var twice = (x) => add(x, x);
export { alone, late, first_and_second, Derived, list, sep };
`;

const names = ["list", "say", "first", "second", "alone", "first_and_second", "Base", "Derived", "third", "made", "last", "late", "add", "twice", "unknown"];

/** What the program gives. */
async function resultOf(text: string): Promise<unknown> {
  const { alone, late, first_and_second, Derived, list, sep } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`);
  return { alone, late: late(), first_and_second, sum: Derived.sum, list, sep };
}

test("whatever the list, the program gives the same", async () => {
  const expected = {
    alone: { first: "first", second: 2 },
    late: "3Base,Derived,done",
    first_and_second: { first: 1, second: 2 },
    sum: 4,
    list: ["Base", "Derived", "done"],
    sep,
  };
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(names), async (order) => {
      expect(await resultOf(ordered(program, order))).toEqual(expected);
    }),
  );
});

test("definitions that need nothing of each other stand as listed", () => {
  const text = "var a = 1;\nvar b = () => 2;\nvar c = 3;\nvar d = c;\nexport { a, b, c, d };";
  expect(ordered(text, ["d", "b", "a"]).match(/(?<=var )\w/g)).toEqual(["c", "d", "b", "a"]);
});
