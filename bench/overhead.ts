/** @file What an op costs besides its arithmetic: eager inside and outside a step, a compiled call, a tensor read. */
import { add, compile, keep, tensor, tidy } from "../src/index.js";
import { formatNumber, markdownTable } from "./report.js";
import type { Section, SectionOptions } from "./section.js";
import { interleave, summarize, timed } from "./stats.js";

/** Ops in one step, so that opening it does not count. */
const OPS = 1000;

export async function overheadBench({ rounds, ms }: SectionOptions): Promise<Section> {
  const x = keep(tensor([1, 2, 3, 4]));
  const addMany = (): void => {
    for (let i = 0; i < OPS; i++) add(x, x);
  };
  const compiled = compile((a: typeof x) => add(a, a));
  const measured = await interleave(
    [
      timed("eager add of 4, inside a step", () => tidy(addMany), OPS),
      timed("eager add of 4, outside", addMany, OPS),
      timed("tidy of one add", () => tidy(() => void add(x, x))),
      timed("compiled add of 4", () => tidy(() => void compiled(x))),
      timed("dataSync of 4", () => x.dataSync()),
      timed("tensor of 4", () => tidy(() => void tensor([1, 2, 3, 4]))),
    ],
    { rounds, ms },
  );
  const rows = Object.entries(measured).map(([name, samples]) => ({ name, microseconds: 1000 * summarize(samples).median }));
  return {
    rows,
    fractions: [],
    table: markdownTable(
      ["overhead", "us"],
      rows.map(({ name, microseconds }) => [name, formatNumber(microseconds)]),
    ),
  };
}
