/** @file What the network is given of a point: its coordinates and functions of them. */
import { REACH } from "./points.js";

/** Functions of a point; those that grow with its square are scaled to the range of a coordinate. */
const functions = {
  x1: (x: number, _: number): number => x,
  x2: (_: number, y: number): number => y,
  x1x1: (x: number, _: number): number => (x * x) / REACH,
  x2x2: (_: number, y: number): number => (y * y) / REACH,
  x1x2: (x: number, y: number): number => (x * y) / REACH,
  sin1: (x: number, _: number): number => Math.sin(x),
  sin2: (_: number, y: number): number => Math.sin(y),
};

export type Feature = keyof typeof functions;
export const FEATURES = Object.keys(functions) as Feature[];

/** As formulas. */
export const FORMULAS: Readonly<Record<Feature, string>> = {
  x1: "x₁",
  x2: "x₂",
  x1x1: "x₁²/3",
  x2x2: "x₂²/3",
  x1x2: "x₁x₂/3",
  sin1: "sin x₁",
  sin2: "sin x₂",
};

/** Rows of features, one point after another. */
export function featuresOf(points: readonly { readonly x: number; readonly y: number }[], features: readonly Feature[]): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(points.length * features.length);
  let at = 0;
  for (const { x, y } of points) for (const feature of features) rows[at++] = functions[feature](x, y);
  return rows;
}

/** Centres of the cells of a square grid over the plane, row by row from the top left. */
export function gridPoints(side: number): { x: number; y: number }[] {
  const at = (i: number): number => REACH * ((2 * i + 1) / side - 1);
  return Array.from({ length: side * side }, (_, i) => ({ x: at(i % side), y: -at(Math.floor(i / side)) }));
}
