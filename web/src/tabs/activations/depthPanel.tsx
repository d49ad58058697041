/** @file The panel that shows signals and gradients through many layers. */
import { useMemo, useState } from "preact/hooks";
import { Chart } from "../../ui/chart.js";
import { Segmented } from "../../ui/choices.js";
import { Panel } from "../../ui/panel.js";
import { LAYERS, type Start, throughLayers } from "./depth.js";
import type { ActivationFunction } from "./functions.js";
import { words } from "./words.js";

const numbers = Array.from({ length: LAYERS }, (_, i) => i + 1);
/** What a logarithmic axis can still show. */
const LEAST = 1e-12;

const short = (value: number): string => (value === 0 ? "0" : value >= 0.01 && value < 1000 ? value.toPrecision(2) : value.toExponential(0).replace("e+", "e"));

export function DepthPanel({ shown, alpha }: { shown: ActivationFunction; alpha: number }) {
  const w = words();
  const [start, setStart] = useState<Start>("glorot");
  const { signal, gradient } = useMemo(() => throughLayers(shown, alpha, start), [shown, alpha, start]);
  const factor = (gradient[0] as number) / (gradient[LAYERS - 1] as number);
  const drawable = (values: readonly number[]): (number | null)[] => values.map((value) => (value > LEAST ? value : null));
  return (
    <Panel title={w.depth(LAYERS)} area="depth">
      <p class="note">{w.depthNote}</p>
      <Segmented<Start>
        label={w.start}
        value={start}
        onChange={setStart}
        options={[
          { value: "glorot", label: w.glorot },
          { value: "he", label: w.he },
        ]}
      />
      <Chart
        label={w.depth(LAYERS)}
        x={numbers}
        height={210}
        isLogarithmic
        rangeX={[1, LAYERS]}
        formatX={(value) => (Number.isInteger(value) ? `${value}` : "")}
        formatY={short}
        curves={[
          { label: w.signal, color: "accent", values: drawable(signal) },
          { label: w.gradient, color: "second", values: drawable(gradient), isDashed: true },
        ]}
      />
      <p class="note" aria-live="polite">
        {w.verdict(short(factor))}
      </p>
    </Panel>
  );
}
