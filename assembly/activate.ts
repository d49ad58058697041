/** @file Activations of a multiply's epilogue, on results that were just written. */
import { sigmoid4, tanh4 } from "./math";
import { loadPart, storePart } from "./pack";

/** Activations: 0 is none, 3 is tanh. */
export const RELU: i32 = 1;
export const SIGMOID: i32 = 2;

/** C[rows, columns] = act(C). */
export function activate(activation: i32, rows: i32, columns: i32, c: usize, cRow: usize): void {
  for (; rows > 0; rows--, c += cRow) {
    let p = c;
    for (let left = columns; left > 0; left -= 4, p += 16) {
      let x = left >= 4 ? v128.load(p) : loadPart(p, left);
      if (activation == RELU) x = f32x4.pmax(x, f32x4.splat(0));
      else x = activation == SIGMOID ? sigmoid4(x) : tanh4(x);
      if (left >= 4) v128.store(p, x);
      else storePart(p, x, left);
    }
  }
}
