/** @file The base of the library's own layers. */
import { Layer, type LayerArgs } from "./layer.js";

/** The base of the library's own layers: `call` is made of ops alone, and masks mostly pass through. */
export abstract class BuiltInLayer<A extends LayerArgs = LayerArgs> extends Layer<A> {
  override supportsMasking = true;

  override get isPure(): boolean {
    return true;
  }
}
