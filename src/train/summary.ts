/** @file The table that model.summary() prints. */
import { type Layer, shapeText } from "../nn/layer.js";
import type { Model } from "./model.js";

/** Shape of a layer's results: "multiple" where its calls differ, "?" where it was not called. */
function outputShapeOf(layer: Layer): string {
  const [shape = "?", ...others] = new Set(layer.inboundCalls.map(({ outputs }) => outputs.map(({ shape }) => shapeText(shape)).join(", ")));
  return others.length > 0 ? "multiple" : shape;
}

/** Parameters of a layer, or some of them; "?" before its weights are made. */
const paramsOf = (layer: Layer, weights: readonly { size: number }[] = layer.weights): string =>
  layer.built || layer.inboundCalls.length > 0 ? weights.reduce((sum, { size }) => sum + size, 0).toLocaleString("en") : "?";

/** Names of the layers that a layer gets its inputs from. */
const sourcesOf = (layer: Layer): string => [...new Set(layer.inboundCalls.flatMap(({ inputs }) => inputs.map(({ call }) => call.layer.name)))].join(", ");

/** Columns are as wide as what is in them, but no wider than this. */
const WIDEST_COLUMN = 42;

/**
 * The lines of the table: layers, their output shapes and parameters, and what the model's training step takes in memory where one ran.
 * @param lineLength by default what the table needs
 * @param positions where columns end: shares of the line, or columns
 */
export function summaryLines(model: Model, lineLength?: number, positions?: readonly number[]): string[] {
  const isGraph = "inputs" in model && model.layers.some((layer, i) => i > 0 && sourcesOf(layer) !== model.layers[i - 1]?.name);
  const rows = [
    ["Layer (type)", "Output shape", "Param #", "Receives inputs"],
    ...model.layers.map((layer) => [`${layer.name} (${layer.getClassName()})`, outputShapeOf(layer), paramsOf(layer), sourcesOf(layer)]),
  ].map((cells) => cells.slice(0, isGraph ? 4 : 3));
  const [name = 0, shape = 0, params = 0, sources = 0] = (rows[0] as string[]).map((_, i) =>
    Math.min(WIDEST_COLUMN, Math.max(...rows.map((cells) => (cells[i] as string).length)) + 2),
  );
  const length = lineLength ?? Math.max(48, name + shape + params + sources);
  // Shapes and numbers are told in full; names have what a given length leaves.
  const start = lineLength === undefined ? name : ((length - shape - params) * name) / (name + sources);
  const ends = positions?.map((place) => (place <= 1 ? place * length : place)) ?? [start, start + shape, start + shape + params, length];
  const row = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const width = Math.floor(ends[i] ?? length) - Math.floor(ends[i - 1] ?? 0);
        const text = cell.length < width ? cell : `${cell.slice(0, width - 2)}…`;
        return (i === 2 ? text.padStart(width - 2) : text).padEnd(width);
      })
      .join("")
      .trimEnd();
  const memory = model.trained?.steps.train.memory;
  const [line, double] = ["_".repeat(length), "=".repeat(length)];
  const [header = "", ...table] = rows.map(row);
  return [
    `Model: "${model.name}"`,
    line,
    header,
    double,
    ...table,
    double,
    `Total params: ${paramsOf(model)}`,
    `Trainable params: ${paramsOf(model, model.trainableWeights)}`,
    `Non-trainable params: ${paramsOf(model, model.nonTrainableWeights)}`,
    ...(memory ? [`Training step: ${Math.ceil(memory / 1024).toLocaleString("en")} kB beside weights and data`] : []),
    line,
  ];
}
