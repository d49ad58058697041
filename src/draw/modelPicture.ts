/** @file What plotModel draws; imported on first use. */
import { describe, error } from "../tensor/errors.js";
import type { Model } from "../train/model.js";
import type { PlotModelArgs } from "../train/plotModel.js";
import { modelDot } from "./modelDot.js";
import { modelSvg } from "./modelSvg.js";

/** A model as a picture; see plotModel. */
export function modelPicture(model: Model, { format = "svg", ...options }: PlotModelArgs): string {
  if (format !== "svg" && format !== "dot") throw error("plotModel", "format must be 'svg' or 'dot'", describe(format));
  return format === "dot" ? modelDot(model, options) : modelSvg(model, options);
}
