/** @file plotModel: models as pictures. Drawing is loaded when it is first asked for. */
import type { ModelPictureOptions } from "../draw/modelGraph.js";
import type { Model } from "./model.js";

export interface PlotModelArgs extends ModelPictureOptions {
  /** "svg" (default), or "dot": text for Graphviz. */
  format?: "svg" | "dot";
}

/**
 * A model as a picture: a box for each call of a layer, with shapes and parameters, and arrows for what follows from what.
 * @returns the text of an SVG file, or of a DOT file
 * @throws when the format is another
 * @example
 * ```ts
 * import { layers, plotModel, sequential } from "engram";
 * const model = sequential({ name: "small", layers: [layers.dense({ units: 3, activation: "relu", inputShape: [2] })] });
 * assert.match(await plotModel(model), /^<svg .*small.*Dense · relu/s);
 * assert.match(await plotModel(model, { format: "dot" }), /^digraph "small"/);
 * ```
 */
export const plotModel = async (model: Model, args: PlotModelArgs = {}): Promise<string> => (await import("../draw/modelPicture.js")).modelPicture(model, args);
