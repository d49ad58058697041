/** @file Which build computes: strict until the first asynchronous call brings in the relaxed one, and what `init` says, with threads too. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";

const index = JSON.stringify(new URL("../src/index.ts", import.meta.url).href);

/** Runs a program in a process of its own and gives what it prints, a line each. `relaxed`: whether the host has relaxed SIMD, where that is a choice. */
function run(text: string, relaxed = true): string[] {
  const flags = Number(process.versions.node.split(".")[0]) < 21 && relaxed ? ["--experimental-wasm-relaxed-simd"] : [];
  const program = `
    import { compile, init, layers, matMul, ready, sequential, setSeed, tensor } from ${index};
    // Products and their sums in one rounding leave the rounding error of the last product; in two, nothing.
    const [x, n] = [1 + 2 ** -12, 8];
    const left = tensor(Array.from({ length: n * 2 }, (_, i) => (i % 2 === 0 ? 1 : x)), [n, 2]);
    const right = tensor(Array.from({ length: 2 * n }, (_, i) => (i < n ? -Math.fround(x * x) : x)), [2, n]);
    const build = () => (matMul(left, right).sum().item() === 0 ? "strict" : "relaxed");
    const train = async (options = {}) => {
      setSeed(3);
      const model = sequential({ layers: [layers.dense({ units: 300, inputShape: [200], activation: "tanh" }), layers.dense({ units: 3 })] });
      model.compile({ optimizer: "adam", loss: "meanSquaredError" });
      const inputs = tensor(Array.from({ length: 64 * 200 }, (_, i) => Math.sin(i)), [64, 200]);
      const targets = tensor(Array.from({ length: 64 * 3 }, (_, i) => Math.cos(i)), [64, 3]);
      const { history } = await model.fit(inputs, targets, { epochs: 3, batchSize: 16, verbose: 0, ...options });
      return history.loss.join();
    };
    ${text}`;
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, "--import", "tsx", "--input-type=module", "-e", program], {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(stderr);
  // That may be so while other tests run, and says nothing about builds.
  return stdout
    .trim()
    .split("\n")
    .filter((line) => line !== "engram computes with one thread: all cores are busy.");
}

describe("where the host has relaxed SIMD", () => {
  test("fit brings it in, plans made before use it, and the same run has the same bits", () => {
    const text = `
      const planned = compile((a, b) => matMul(a, b).sum());
      const byPlan = () => (planned(left, right).item() === 0 ? "strict" : "relaxed");
      console.log(build(), byPlan());
      const first = await train();
      console.log(build(), byPlan(), first === await train());`;
    expect(run(text)).toEqual(["strict strict", "relaxed relaxed true"]);
  });

  test("ready and init bring it in, too", () => {
    expect(run("await ready(); console.log(build());")).toEqual(["relaxed"]);
    expect(run("await init(); console.log(build());")).toEqual(["relaxed"]);
  });

  test("init({ relaxed: false }) is strict everywhere, also later", () => {
    const text = `
      await init({ relaxed: false });
      const strict = await train();
      await ready();
      console.log(build());
      await init({ relaxed: true });
      console.log(build());
      const relaxed = await train();
      await init({ relaxed: false });
      console.log(build(), strict === await train(), strict !== relaxed);`;
    expect(run(text)).toEqual(["strict", "relaxed", "strict true true"]);
  });

  test("a training that has begun goes on as it began", () => {
    const text = `
      const seen = new Set();
      const note = { onBatchEnd: () => void seen.add(build()) };
      await Promise.all([train({ callbacks: [note], yieldEvery: "batch" }), ready()]);
      console.log(...seen);`;
    expect(run(text)).toEqual(["relaxed"]);
  });

  test("threads have the build of the moment", () => {
    const text = `
      await init({ relaxed: true, threads: 1 });
      const one = await train();
      await init({ threads: 2 });
      console.log(build(), one === await train());
      await init({ relaxed: false });
      const strict = await train();
      await init({ threads: 1 });
      console.log(build(), strict === await train(), strict !== one);`;
    expect(run(text)).toEqual(["relaxed true", "strict true true"]);
  });
});

test.runIf(process.versions.node.startsWith("20."))("a host without relaxed SIMD stays strict, whatever is asked", () => {
  expect(run("await train(); console.log(build()); await init({ relaxed: true }); console.log(build());", false)).toEqual(["strict", "strict"]);
});
