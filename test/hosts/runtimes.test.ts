/** @file The packed library outside of pages: Node 20, 22 and 24, Deno, Bun. Each trains, predicts, saves and shares work among threads. */
import { beforeAll, describe, expect, inject, test } from "vitest";
import { install, programOf, runtimes } from "./runtimes.js";
import { execute, untouched } from "./setup.js";

const project = inject("project");
const usual = inject("told");

beforeAll(install, 300_000);

test("this Node: what is learnt, saved and shared is right", () => {
  expect(usual.answers).toEqual([0, 1, 1, 0]);
  expect(usual).toMatchObject({ saved: usual.strict, inWorker: usual.strict, shared: usual.strict, said: [] });
});

describe.each(runtimes)("$name", (runtime) => {
  const run = (...args: string[]): string => execute(programOf(runtime), [...runtime.args, ...args], project);

  test("is the version meant", () => {
    expect(execute(programOf(runtime), ["--version"], project)).toMatch(new RegExp(`(^|v| )${runtime.version}\\b`));
  });

  test("trains, saves, and shares work among threads, with the usual bits", () => {
    const { fused, ...rest } = JSON.parse(run("host.mjs"));
    const { fused: _, ...expected } = usual;
    expect(rest).toEqual(expected);
    expect(fused).toEqual([false, runtime.isRelaxed]);
  });

  test("finds what is imported on first use", () => {
    expect(run("usual.mjs")).toBe("engram works\n");
  });

  test("imports it without any effect", () => {
    expect(JSON.parse(run("imports.mjs"))).toEqual(untouched);
  });

  test("requires it from CommonJS", () => {
    expect(run("required.cjs")).toBe("6\n");
  });
});
