/** @file What fit returns: the values of each epoch. */
import type { HistoryPictureOptions } from "../draw/history.js";

import type { FitParams } from "./callbacks.js";

/** Values of one epoch or batch by name: loss, acc, val_loss, val_acc. */
export type Logs = Record<string, number>;

/** The loss and metrics of every epoch. `history.accuracy` is another name of `history.acc`. */
export class History {
  readonly epoch: number[] = [];
  readonly history: Record<string, number[]> = {};
  /** What fit told its callbacks about itself. */
  params: FitParams | null = null;

  /**
   * The curves of loss and metrics as one SVG picture, training beside validation. A promise, as drawing is loaded when it is first
   * asked for; `historySvg` of engram/draw gives the same at once.
   * @example
   * ```ts
   * import { layers, sequential, tensor } from "engram";
   * const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
   * model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
   * const history = await model.fit(tensor([[0], [1]]), tensor([[1], [3]]), { epochs: 5, verbose: 0 });
   * assert.match(await history.toSVG({ title: "A line" }), /^<svg .*A line.*loss/s);
   * ```
   */
  async toSVG(options?: HistoryPictureOptions): Promise<string> {
    const { historySvg } = await import("../draw/history.js");
    return historySvg(this, options);
  }
}
