/** @file The losses over epochs. */
import { Chart } from "../../ui/chart.js";
import { Panel } from "../../ui/panel.js";
import type { Player } from "./player.js";
import { digits, words } from "./words.js";

export function Curves({ player }: { player: Player }) {
  const w = words();
  const { epochs, train, test } = player.course.value;
  const finite = (values: readonly number[]): (number | null)[] => values.map((value) => (Number.isFinite(value) ? value : null));
  return (
    <Panel title={w.curves}>
      <Chart
        label={w.curvesLabel}
        x={epochs}
        curves={[
          { label: w.training, color: "accent", values: finite(train), reading: digits(train.at(-1) ?? Number.NaN) },
          { label: w.testing, color: "third", values: finite(test), reading: digits(test.at(-1) ?? Number.NaN), isDashed: true },
        ]}
        height={150}
        rangeX={[0, Math.max(10, epochs.at(-1) ?? 0)]}
        formatX={(value) => digits(value, 0)}
        formatY={(value) => digits(value, value < 10 ? 2 : 0)}
      />
    </Panel>
  );
}
