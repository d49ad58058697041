/** @file The table that model.summary() prints. */
import type { Layer } from "../nn/layer.js";

interface Summarised {
  readonly name: string;
  readonly layers: readonly Layer[];
  countParams(): number;
  readonly trainableWeights: readonly { size: number }[];
  readonly inputShape: readonly (number | null)[] | null;
}

export function summaryLines(model: Summarised, lineLength = 65): string[] {
  const widths = [0.45, 0.35, 0.2].map((part) => Math.floor(part * lineLength)) as [number, number, number];
  const row = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.slice(0, (widths[i] as number) - 1).padEnd(widths[i] as number))
      .join("")
      .trimEnd();
  let shape = model.inputShape;
  const rows = model.layers.map((layer) => {
    shape = shape && layer.computeOutputShape(shape);
    return row([`${layer.name} (${layer.getClassName()})`, shape ? `[${shape.map((size) => size ?? "null").join(",")}]` : "?", String(layer.countParams())]);
  });
  const trainable = model.trainableWeights.reduce((count, { size }) => count + size, 0);
  const total = model.countParams();
  const line = "_".repeat(lineLength);
  const double = "=".repeat(lineLength);
  return [
    `Model: "${model.name}"`,
    line,
    row(["Layer (type)", "Output shape", "Param #"]),
    double,
    ...rows,
    double,
    `Total params: ${total}`,
    `Trainable params: ${trainable}`,
    `Non-trainable params: ${total - trainable}`,
    line,
  ];
}
