/** @file How the training goes: numbers and curves. */
import { number } from "../../i18n/index.js";
import { Chart, type Curve } from "../../ui/chart.js";
import { Progress, Reading, Readings } from "../../ui/panel.js";
import type { Point } from "./curves.js";
import { allTrain } from "./digits.js";
import type { Session } from "./session.js";
import { words } from "./words.js";

const percent = (share: number | null, digits = 1): string => (share === null ? "–" : `${number(100 * share, digits)} %`);

export function Numbers({ session }: { session: Session }) {
  const w = words();
  const { epoch, end, seen, seconds, speed } = session.readings.value;
  const test = session.test.value;
  return (
    <Readings>
      <Reading label={w.testAccuracy} value={percent(test?.accuracy ?? null)} {...(test === null ? {} : { unit: w.ofDigits(number(test.count)) })} />
      <Reading label={w.epoch} value={number(epoch)} {...(end === 0 ? {} : { unit: w.ofEpochs(number(end)) })} />
      <Reading label={w.seen} value={number(seen)} />
      <Reading label={w.seconds} value={number(seconds, 1)} unit="s" />
      <Reading label={w.speed} value={speed === 0 ? "–" : number(Math.round(speed / 100) * 100)} unit={w.perSecond} />
    </Readings>
  );
}

/** How far the run is, and how many of the digits have come. */
export function Epoch({ session }: { session: Session }) {
  const w = words();
  const come = session.digits.train.count.value;
  const { part } = session.readings.value;
  return (
    <div class="epoch">
      <Progress label={w.training} value={part} />
      <span class="note">{come === 0 ? w.loadingDigits : w.dataset(number(come), number(allTrain))}</span>
    </div>
  );
}

/** A range with round ends around all values. */
function round(least: number, most: number): [number, number] {
  const steps = [1, 2, 5, 10];
  const decade = (value: number): number => 10 ** Math.floor(Math.log10(value));
  const below = steps.findLast((step) => step * decade(least) <= least) ?? 1;
  const above = steps.find((step) => step * decade(most) >= most) ?? 10;
  return [below * decade(least), above * decade(most)];
}

/** Where the curve of accuracy begins to be shown: below most of it, so that what happens near 100 % can be seen. */
function floorOf(points: readonly Point[]): number {
  const later = points.slice(points.length >> 3).map(({ accuracy }) => accuracy ?? 1);
  return points.length === 0 ? 0 : Math.max(0, Math.min(0.95, Math.floor(20 * Math.min(...later)) / 20));
}

export function Charts({ session }: { session: Session }) {
  const w = words();
  const points = session.points.value;
  const x = points.map((point) => point.x);
  const last = (values: (number | null)[]): number | null => values.findLast((value) => value !== null) ?? null;
  const curve = (label: string, color: Curve["color"], values: (number | null)[], format: (value: number | null) => string): Curve => ({
    label,
    color,
    values,
    reading: format(last(values)),
  });
  const plain = (value: number | null): string => (value === null ? "–" : number(value, 3));
  return (
    <div class="charts">
      <div>
        <h3>{w.loss}</h3>
        <Chart
          label={w.loss}
          x={x}
          curves={[
            curve(
              w.train,
              "accent",
              points.map(({ loss }) => loss),
              plain,
            ),
            curve(
              w.validation,
              "second",
              points.map(({ valLoss }) => valLoss),
              plain,
            ),
          ]}
          height="fill"
          isLogarithmic
          range={(least, most) => (points.length === 0 ? [0.1, 3] : round(least, most))}
          formatY={(value) => String(Number(value.toPrecision(2)))}
          formatX={w.count}
        />
      </div>
      <div>
        <h3>{w.accuracy}</h3>
        <Chart
          label={w.accuracy}
          x={x}
          curves={[
            curve(
              w.train,
              "accent",
              points.map(({ accuracy }) => accuracy),
              percent,
            ),
            curve(
              w.validation,
              "second",
              points.map(({ valAccuracy }) => valAccuracy),
              percent,
            ),
          ]}
          height="fill"
          range={() => [floorOf(points), 1]}
          formatX={w.count}
          formatY={(value) => `${number(100 * value)} %`}
        />
      </div>
    </div>
  );
}
