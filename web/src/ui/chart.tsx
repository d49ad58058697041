/** @file Curves over uPlot, in the theme's colours, as wide as their place. */
import { useLayoutEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { type ColorName, color, isDark } from "../theme.js";

export interface Curve {
  label: string;
  color: ColorName;
  /** One value for each x; null where there is none. */
  values: readonly (number | null)[];
  /** Shown in the legend behind the label. */
  reading?: string;
  isDashed?: boolean;
}

export interface ChartProps {
  /** What a screen reader says: what is shown. */
  label: string;
  x: readonly number[];
  curves: readonly Curve[];
  /** In pixels; "fill" takes the height that there is. */
  height?: number | "fill";
  /** Range of the values, fixed or from the least and the most of the data; otherwise a little more than the data's. */
  range?: readonly [number, number] | ((least: number, most: number) => [number, number]);
  isLogarithmic?: boolean;
  formatX?: (value: number) => string;
  formatY?: (value: number) => string;
  /** Fixed range of x; otherwise that of the data. */
  rangeX?: readonly [number, number];
}

const font = '11px ui-monospace, "SF Mono", Menlo, Consolas, monospace';

const rangeOf = (range: ChartProps["range"], least: number, most: number): [number, number] =>
  typeof range === "function" ? range(least, most) : [...(range ?? ([least, most] as const))];

/** A chart whose lines change whenever `x` or `curves` do, and which is made anew only when the number of curves or their looks change. */
export function Chart({ label, x, curves, height = 180, range, rangeX, isLogarithmic = false, formatX = String, formatY = String }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const data = [x, ...curves.map(({ values }) => values)] as unknown as UPlot.AlignedData;
  const looks = JSON.stringify([curves.map((curve) => [curve.color, curve.isDashed]), typeof range, rangeX, isLogarithmic, height, isDark.value]);
  const latest = useRef({ data, range, formatX, formatY });
  latest.current = { data, range, formatX, formatY };

  // `looks` stands for all that a chart is made of.
  useLayoutEffect(() => {
    const element = place.current as HTMLDivElement;
    const size = (): { width: number; height: number } => ({ width: element.clientWidth, height: height === "fill" ? element.clientHeight : height });
    const axis = (format: "formatX" | "formatY", size: number): UPlot.Axis => ({
      stroke: color("soft"),
      font,
      size,
      gap: 4,
      grid: { stroke: color("grid"), width: 1 },
      ticks: { show: false },
      values: (_, values) => values.map((value) => (value === null ? "" : latest.current[format](value))),
    });
    const made = new UPlot(
      {
        ...size(),
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 8, 0, 0],
        scales: {
          x: { time: false, ...(rangeX ? { range: () => [...rangeX] as [number, number] } : {}) },
          y: {
            distr: isLogarithmic ? 3 : 1,
            ...(range ? { range: (_: UPlot, least: number, most: number) => rangeOf(latest.current.range, least, most) } : {}),
          },
        },
        axes: [axis("formatX", 26), axis("formatY", 44)],
        series: [
          {},
          ...curves.map((curve) => ({
            stroke: color(curve.color),
            width: 1.75,
            points: { show: false },
            spanGaps: true,
            ...(curve.isDashed ? { dash: [5, 4] } : {}),
          })),
        ],
      },
      latest.current.data,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(size()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [looks]);

  // The parts of `data`.
  useLayoutEffect(() => plot.current?.setData(data), [x, ...curves.map(({ values }) => values)]);

  return (
    <figure class={height === "fill" ? "chart fill" : "chart"}>
      <figcaption>
        {curves.map((curve) => (
          <span key={curve.label} class={curve.isDashed ? "key dashed" : "key"} style={{ "--key": `var(--${curve.color})` }}>
            {curve.label}
            {curve.reading === undefined ? null : <b>{curve.reading}</b>}
          </span>
        ))}
      </figcaption>
      <div
        ref={place}
        role="img"
        aria-label={`${label}: ${curves.map((curve) => `${curve.label} ${curve.reading ?? ""}`.trim()).join(", ")}`}
        style={height === "fill" ? undefined : { height }}
      />
    </figure>
  );
}
