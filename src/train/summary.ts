/** @file The table that model.summary() prints. */
import type { BatchShape, Layer, LayerShape } from "../nn/layer.js";
import type { Model } from "./model.js";

/** [null,3], or several of them. */
function shapeText(shape: LayerShape | null): string {
  if (shape === null) return "?";
  return Array.isArray(shape[0])
    ? (shape as readonly BatchShape[]).map(shapeText).join(", ")
    : `[${(shape as BatchShape).map((size) => size ?? "null").join(",")}]`;
}

/** Shape of a layer's result; null where it was not called, or not alone. */
function outputShapeOf(layer: Layer): LayerShape | null {
  return layer.inboundCalls.length === 1 || "inputs" in layer ? layer.outputShape : null;
}

/** Names of the layers that a layer gets its inputs from, where more than one way is possible. */
function sourcesOf(layer: Layer): string {
  return layer.inboundCalls
    .flatMap(({ inputs }) => inputs.map(({ call }) => call.layer.name))
    .filter((name, i, all) => all.indexOf(name) === i)
    .join(", ");
}

/** The lines of the table: layers, their output shapes and parameters, and what the model's next training step takes in memory where one ran. */
export function summaryLines(model: Model, lineLength?: number, positions?: readonly number[]): string[] {
  const isGraph = "inputs" in model && model.layers.some((layer, i) => i > 0 && sourcesOf(layer) !== model.layers[i - 1]?.name);
  const length = lineLength ?? (isGraph ? 90 : 65);
  const ends = positions ?? (isGraph ? [0.33, 0.6, 0.72, 1] : [0.45, 0.8, 1]);
  // Shares of the line, or columns.
  const columns = ends.map((end) => (end <= 1 ? Math.floor(end * length) : end));
  const row = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const width = (columns[i] ?? length) - (columns[i - 1] ?? 0);
        return cell.slice(0, width - 1).padEnd(width);
      })
      .join("")
      .trimEnd();
  const rows = model.layers.map((layer) =>
    row([`${layer.name} (${layer.getClassName()})`, shapeText(outputShapeOf(layer)), String(layer.countParams()), ...(isGraph ? [sourcesOf(layer)] : [])]),
  );
  const trainable = model.trainableWeights.reduce((count, { size }) => count + size, 0);
  const total = model.countParams();
  const memory = model.trained?.memory;
  const [line, double] = ["_".repeat(length), "=".repeat(length)];
  return [
    `Model: "${model.name}"`,
    line,
    row(["Layer (type)", "Output shape", "Param #", ...(isGraph ? ["Receives inputs"] : [])]),
    double,
    ...rows,
    double,
    `Total params: ${total}`,
    `Trainable params: ${trainable}`,
    `Non-trainable params: ${total - trainable}`,
    ...(memory ? [`Training step: ${(memory / 1024).toFixed(0)} kB beside weights and data`] : []),
    line,
  ];
}
