/** @file The results as curves, as a table, and as text to copy. */
import { number } from "../../i18n/index.js";
import { Chart } from "../../ui/chart.js";
import { Panel } from "../../ui/panel.js";
import { BATCH, NETWORK, sizes, type TaskKey, tasks, type Unit } from "./tasks.js";
import { words } from "./words.js";

/** How fast each contender is, in the task's unit. */
export interface Result {
  plain: number;
  engram: number;
  difference: number;
}
export type Results = Partial<Record<TaskKey, Result>>;

function nameOf(key: TaskKey): string {
  const w = words();
  if (key === "step") return w.step(NETWORK.join("-"), BATCH);
  if (key === "relu" || key === "sigmoid" || key === "tanh" || key === "gelu") return w[key];
  return w.matMulOf(Number(key.slice("matMul".length)));
}

const unitOf = (unit: Unit): string => ({ "GFLOP/s": "GFLOP/s", "steps/s": words().stepsASecond, "M/s": words().numbersASecond })[unit];
const rate = (value: number): string => number(value, value < 10 ? 2 : value < 100 ? 1 : 0);
const times = (value: number): string => `${number(value, value < 10 ? 1 : 0)}×`;

/** Two curves over the sizes; x counts the sizes, which double. */
export function MatMulChart({ results }: { results: Results }) {
  const w = words();
  const of = (side: "plain" | "engram") => sizes.map((size) => results[`matMul${size}`]?.[side] ?? null);
  const reading = (side: "plain" | "engram"): string => {
    const last = of(side).findLast((value) => value !== null);
    return last == null ? "–" : `${rate(last)} GFLOP/s`;
  };
  return (
    <Panel title={w.matMul}>
      <Chart
        label={w.chart}
        height={360}
        x={sizes.map((_, i) => i)}
        rangeX={[0, sizes.length - 1]}
        isLogarithmic
        formatX={(i) => (Number.isInteger(i) ? String(sizes[i] ?? "") : "")}
        curves={[
          { label: w.engram, color: "accent", values: of("engram"), reading: reading("engram") },
          { label: w.plain, color: "second", values: of("plain"), reading: reading("plain"), isDashed: true },
        ]}
      />
    </Panel>
  );
}

export function ResultTable({ results, running }: { results: Results; running: TaskKey | null }) {
  const w = words();
  const most = Math.max(...Object.values(results).map(({ plain, engram }) => engram / plain));
  return (
    <Panel title={w.results}>
      <div class="results">
        <table>
          <thead>
            <tr>
              <th scope="col">{w.task}</th>
              <th scope="col">{w.plain}</th>
              <th scope="col">{w.engram}</th>
              <th scope="col">{w.faster}</th>
            </tr>
          </thead>
          <tbody>
            {tasks.map(({ key, unit }) => {
              const result = results[key];
              const factor = result === undefined ? 0 : result.engram / result.plain;
              return (
                <tr key={key} class={key === running ? "running" : undefined}>
                  <th scope="row">
                    {nameOf(key)}
                    <small>{unitOf(unit)}</small>
                  </th>
                  <td>{result ? rate(result.plain) : "–"}</td>
                  <td>{result ? rate(result.engram) : "–"}</td>
                  <td class="factor" style={{ "--part": result ? Math.max(0.02, factor / most) : 0 }}>
                    <span>{result ? times(factor) : "–"}</span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** The geometric mean of the factors. */
export function typicalFactor(results: Results): string {
  const factors = Object.values(results).map(({ plain, engram }) => Math.log(engram / plain));
  return factors.length === 0 ? "–" : times(Math.exp(factors.reduce((a, b) => a + b, 0) / factors.length));
}

export function worstDifference(results: Results): string {
  const differences = Object.values(results).map(({ difference }) => difference);
  return differences.length === 0 ? "–" : Math.max(...differences).toExponential(0);
}

/** The table in Markdown, under a line on where it was measured. */
export function asText(results: Results, settings: string): string {
  const w = words();
  const rows = tasks.flatMap(({ key, unit }) => {
    const result = results[key];
    return result ? [`| ${nameOf(key)} (${unitOf(unit)}) | ${rate(result.plain)} | ${rate(result.engram)} | ${times(result.engram / result.plain)} |`] : [];
  });
  return [`engram: ${settings}`, navigator.userAgent, "", `| ${w.task} | ${w.plain} | ${w.engram} | ${w.faster} |`, "|---|---:|---:|---:|", ...rows, ""].join(
    "\n",
  );
}
