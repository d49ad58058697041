/** @file Constants that are written out in dist: values, wherever a name means one, and nothing else. */
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { withConstants } from "../scripts/constants.mjs";

const folder = "build/constants";

function written(name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name}.ts`, text);
  return resolve(`${folder}/${name}.ts`);
}

written("sizes", "export const SIZE = 1 << 4;\nexport const LEAST = -2;\nexport let count = 3;\n");

test("numbers stand where modules name them", () => {
  const path = written(
    "uses",
    `import { count, LEAST as least, SIZE } from "./sizes.js";
const HALF = 0.5;
type Size = typeof SIZE;
class Box { size: Size = SIZE; SIZE = HALF; }
export const table = { SIZE, least: least, of: (n = HALF) => n * box.SIZE + count, none: Number.NEGATIVE_INFINITY };
switch (count) { case SIZE: say(\`\${HALF}\`); }
`,
  );
  expect(withConstants(path)).toBe(
    `import { count, LEAST as least, SIZE } from "./sizes.js";
const HALF = 0.5;
type Size = typeof SIZE;
class Box { size: Size = (1 << 4); SIZE = 0.5; }
export const table = { SIZE: (1 << 4), least: (-2), of: (n = 0.5) => n * box.SIZE + count, none: (-Infinity) };
switch (count) { case (1 << 4): say(\`\${0.5}\`); }
`,
  );
});

test("what is computed is a number where it is defined, so that bundlers drop it", () => {
  expect(withConstants(resolve(`${folder}/sizes.ts`))).toBe("export const SIZE = 16;\nexport const LEAST = -2;\nexport let count = 3;\n");
});

test("a name that a function has too is refused", () => {
  const path = written("hides", 'import { SIZE } from "./sizes.js";\nexport const twice = (SIZE: number) => SIZE * 2;\n');
  expect(() => withConstants(path)).toThrow(/one 'SIZE' in .*hides\.ts/);
});
