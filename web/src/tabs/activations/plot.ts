/** @file Axes and lines on a canvas, in the units of what is shown. */
import { type ColorName, color } from "../../theme.js";

export interface Plane {
  line: (x: ArrayLike<number>, y: ArrayLike<number>, name: ColorName, width?: number, dash?: readonly number[]) => void;
  dot: (x: number, y: number, name: ColorName, radius: number) => void;
  /** The tangent at a point, `reach` units of x to either side. */
  tangent: (x: number, y: number, slope: number, reach: number, name: ColorName) => void;
  upright: (x: number, name: ColorName) => void;
}

export interface PlaneRange {
  x: readonly [number, number];
  y: readonly [number, number];
  /** Distance of the numbered grid lines. */
  every: readonly [number, number];
}

const FONT = '11px ui-monospace, "SF Mono", Menlo, Consolas, monospace';

/** Draws grid and axes; gives what draws in their units. */
export function plane(context: CanvasRenderingContext2D, width: number, height: number, { x: [left, right], y: [low, high], every }: PlaneRange): Plane {
  const px = (x: number): number => ((x - left) / (right - left)) * width;
  const py = (y: number): number => height - ((y - low) / (high - low)) * height;
  const stroke = (name: ColorName, lineWidth: number, path: () => void, dash: readonly number[] = []): void => {
    context.beginPath();
    path();
    Object.assign(context, { strokeStyle: color(name), lineWidth, lineJoin: "round", lineCap: "round" });
    context.setLineDash([...dash]);
    context.stroke();
  };
  const between = (a: readonly [number, number], b: readonly [number, number]): void => {
    context.moveTo(px(a[0]), py(a[1]));
    context.lineTo(px(b[0]), py(b[1]));
  };
  Object.assign(context, { font: FONT, fillStyle: color("soft") });
  for (let x = Math.ceil(left / every[0]) * every[0]; x < right; x += every[0]) {
    stroke(Math.abs(x) < 1e-9 ? "line" : "grid", 1, () => between([x, low], [x, high]));
    if (x > left + every[0] / 2) context.fillText(String(x).replace("-", "−"), px(x) + 3, height - 4);
  }
  for (let y = Math.ceil(low / every[1]) * every[1]; y < high; y += every[1]) {
    stroke(Math.abs(y) < 1e-9 ? "line" : "grid", 1, () => between([left, y], [right, y]));
    if (py(y) < height - 18 && py(y) > 10) context.fillText(String(Number(y.toFixed(2))).replace("-", "−"), 3, py(y) - 3);
  }
  return {
    line: (x, y, name, lineWidth = 2, dash) =>
      stroke(
        name,
        lineWidth,
        () => {
          for (let i = 0; i < x.length; i++) context.lineTo(px(x[i] as number), py(y[i] as number));
        },
        dash,
      ),
    dot: (x, y, name, radius) => {
      context.beginPath();
      context.arc(px(x), py(y), radius, 0, 2 * Math.PI);
      context.fillStyle = color(name);
      context.fill();
    },
    tangent: (x, y, slope, reach, name) => stroke(name, 1.5, () => between([x - reach, y - reach * slope], [x + reach, y + reach * slope]), [2, 5]),
    upright: (x, name) => stroke(name, 1, () => between([x, low], [x, high]), [3, 3]),
  };
}
