/** @file Draws the plane: what the network says of every place, and the points. */
import { color } from "../../theme.js";
import { SURFACE_SIDE } from "./network.js";
import { entryOf, palette } from "./palette.js";
import { type Point, REACH } from "./points.js";

/** Paints probabilities as pixels, one a cell; the browser smooths them when it enlarges the canvas. */
export class SurfacePainter {
  private readonly image = new ImageData(SURFACE_SIDE, SURFACE_SIDE);
  private readonly pixels = new Uint32Array(this.image.data.buffer);

  paint(context: CanvasRenderingContext2D, probabilities: Float32Array): void {
    const { surface } = palette();
    for (let i = 0; i < this.pixels.length; i++) this.pixels[i] = surface[entryOf(2 * (probabilities[i] as number) - 1)] as number;
    context.putImageData(this.image, 0, 0);
  }
}

export interface PlaneScene {
  /** Side in CSS pixels. */
  readonly side: number;
  readonly train: readonly Point[];
  readonly test: readonly Point[];
  readonly chosen: Point | null;
  /** Where the keyboard is, if it moves a cross. */
  readonly cross: { readonly x: number; readonly y: number } | null;
  /** Radius in the plane of what would be erased at the cross. */
  readonly eraser: number | null;
}

/** Pixels of a coordinate. */
export const toPixels = (value: number, side: number): number => ((value + REACH) / (2 * REACH)) * side;
export const toPlane = (pixels: number, side: number): number => (pixels / side) * 2 * REACH - REACH;

/** Circles for one class and diamonds for the other; full for training, rings for testing. */
export function drawPoints(context: CanvasRenderingContext2D, { side, train, test, chosen, cross, eraser }: PlaneScene): void {
  context.clearRect(0, 0, side, side);
  drawAxes(context, side);
  const size = Math.max(3.2, Math.min(4.5, side / 95));
  for (const point of test) drawPoint(context, point, side, size, false);
  for (const point of train) drawPoint(context, point, side, size, true);
  if (chosen) {
    const [x, y] = [toPixels(chosen.x, side), toPixels(-chosen.y, side)];
    for (const [radius, name, width] of [
      [size + 6, "panel", 4],
      [size + 6, "ink", 2],
    ] as const) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.lineWidth = width;
      context.strokeStyle = color(name);
      context.stroke();
    }
  }
  if (cross) drawCross(context, toPixels(cross.x, side), toPixels(-cross.y, side), eraser === null ? null : (eraser / (2 * REACH)) * side);
}

function drawPoint(context: CanvasRenderingContext2D, { x, y, label }: Point, side: number, size: number, isFull: boolean): void {
  const [left, top] = [toPixels(x, side), toPixels(-y, side)];
  context.beginPath();
  if (label === 1) context.arc(left, top, size, 0, 2 * Math.PI);
  else {
    const reach = size * 1.25;
    context.moveTo(left, top - reach);
    context.lineTo(left + reach, top);
    context.lineTo(left, top + reach);
    context.lineTo(left - reach, top);
    context.closePath();
  }
  const own = color(label === 1 ? "positive" : "negative");
  context.fillStyle = isFull ? own : color("panel");
  context.strokeStyle = isFull ? color("panel") : own;
  context.lineWidth = isFull ? 1.2 : 1.8;
  context.fill();
  context.stroke();
}

function drawAxes(context: CanvasRenderingContext2D, side: number): void {
  context.strokeStyle = color("ink");
  context.globalAlpha = 0.22;
  context.lineWidth = 1;
  context.beginPath();
  const middle = Math.round(side / 2) + 0.5;
  context.moveTo(middle, 0);
  context.lineTo(middle, side);
  context.moveTo(0, middle);
  context.lineTo(side, middle);
  context.stroke();
  context.globalAlpha = 0.75;
  context.font = "italic 12px Georgia, serif";
  context.fillStyle = color("ink");
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.fillText("x₁", side - 4, middle - 2);
  context.textAlign = "left";
  context.textBaseline = "top";
  context.fillText("x₂", middle + 4, 3);
  context.globalAlpha = 1;
}

function drawCross(context: CanvasRenderingContext2D, x: number, y: number, radius: number | null): void {
  for (const [name, width] of [
    ["panel", 4],
    ["ink", 1.5],
  ] as const) {
    context.strokeStyle = color(name);
    context.lineWidth = width;
    context.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      context.moveTo(x + 3 * dx, y + 3 * dy);
      context.lineTo(x + 11 * dx, y + 11 * dy);
    }
    if (radius !== null) {
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.stroke();
  }
}
