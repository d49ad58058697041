/** @file Runs the reference vectors in every engine, forward and gradients, under SPEC.md's rule. */
import { afterAll, describe, expect, test } from "vitest";
import { isPage } from "./files.js";
import { mapCase } from "./fixtures/cases/index.js";
import { groupNames, loadGroup } from "./fixtures/load.js";
import { notDue } from "./fixtures/not-due.js";
import { engines, runCase } from "./fixtures/run.js";

const ownFolder = "test/fixtures/public";
/** Another set of the same format, with other shapes and seeds; the list of cases not due is about the own one. */
const folder = (!isPage && process.env.ENGRAM_FIXTURES) || ownFolder;

/** How many cases of the own set may still be not due. */
const MOST_NOT_DUE = 229;

const groups = await Promise.all(
  (await groupNames(folder)).map(async (name) => {
    const cases = (await loadGroup(folder, name)).map((c) => ({ c, mapping: mapCase(name, c) }));
    return { name, cases, due: cases.filter(({ mapping }) => mapping !== null) };
  }),
);

/** Cases that passed in all engines, by group. */
const failed = new Map<string, Set<string>>(groups.map(({ name }) => [name, new Set()]));

for (const { name, due } of groups) {
  if (due.length === 0) continue;
  describe(name, () => {
    test.each(engines)("%s", async (engine) => {
      const wrong: string[] = [];
      for (const { c, mapping } of due) {
        const found = await runCase(c, mapping as NonNullable<typeof mapping>, engine);
        if (found.length > 0) failed.get(name)?.add(c.id);
        wrong.push(...found.map((text) => `${c.id} ${JSON.stringify(c.attrs).slice(0, 120)}: ${text}`));
      }
      expect(wrong.slice(0, 40)).toEqual([]);
    });
  });
}

// In another set a case is due when the library has what its op and attributes need; the own set names what it lacks.
describe.runIf(folder === ownFolder)("cases not due", () => {
  const listed = notDue();
  const all = new Map(groups.flatMap(({ cases }) => cases.map(({ c, mapping }) => [c.id, mapping] as const)));

  test("become fewer", () => {
    // Lowered together with the list, never raised.
    expect(listed.length).toBeLessThanOrEqual(MOST_NOT_DUE);
  });

  test("are cases of the set, each named once", () => {
    expect(listed.filter((id, i) => !all.has(id) || listed.indexOf(id) !== i)).toEqual([]);
  });

  test("are those that no mapping serves: what can run is due", () => {
    const names = new Set(listed);
    expect([...all].filter(([id, mapping]) => mapping !== null && names.has(id)).map(([id]) => `${id} can run: take it off the list`)).toEqual([]);
    expect([...all].filter(([id, mapping]) => mapping === null && !names.has(id)).map(([id]) => `${id} has no mapping`)).toEqual([]);
  });
});

afterAll(() => {
  const lines = groups.map(
    ({ name, cases, due }) =>
      `${name}: ${due.length - (failed.get(name)?.size ?? 0)}/${cases.length}${due.length === cases.length ? "" : ` (${cases.length - due.length} not due)`}`,
  );
  console.log(`reference cases passed in ${engines.join(", ")}, of ${folder === ownFolder ? "the public set" : folder}:\n${lines.join("\n")}`);
});
