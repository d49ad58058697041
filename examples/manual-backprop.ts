/** @file Backpropagation by hand, 2 -> 3 relu -> 1: forward and backward written out with ops, and compared with what `grad` gives. */
import { lineChartSvg } from "../src/draw/index.js";
import { grads, losses, matMul, randomNormal, randomUniform, setSeed, type Tensor, zeros } from "../src/index.js";
import { savePicture } from "./support.js";

const RATE = 0.01;
const EPOCHS = 1000;

setSeed(1);
const x = randomUniform([64, 2], -1, 1);
const y = x.max(1, true); // What is to be learnt: the larger of two numbers.

/** The network as one expression, for `grads`. */
const loss = (w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor): Tensor => losses.meanSquaredError(y, matMul(matMul(x, w1).add(b1).relu(), w2).add(b2));

let [w1, b1, w2, b2] = [randomNormal([2, 3], 0, 0.5), zeros([3]), randomNormal([3, 1], 0, 0.5), zeros([1])];
const history: number[] = [];
let worst = 0;

for (let epoch = 0; epoch < EPOCHS; epoch++) {
  // Forward.
  const z = matMul(x, w1).add(b1);
  const hidden = z.relu();
  const output = matMul(hidden, w2).add(b2);
  const error = output.sub(y);
  history.push(error.square().mean().item());

  // Backward: the chain rule from the loss to the inputs.
  const dOutput = error.mul(2 / y.size);
  const dW2 = matMul(hidden, dOutput, true, false);
  const dB2 = dOutput.sum(0);
  const dHidden = matMul(dOutput, w2, false, true);
  const dZ = dHidden.mul(z.step()); // The slope of relu is 1 where its input is positive, else 0.
  const dW1 = matMul(x, dZ, true, false);
  const dB1 = dZ.sum(0);

  const byHand = [dW1, dB1, dW2, dB2];
  const automatic = grads(loss)([w1, b1, w2, b2]);
  for (const [i, gradient] of byHand.entries())
    worst = Math.max(
      worst,
      gradient
        .sub(automatic[i] as Tensor)
        .abs()
        .max()
        .item(),
    );

  // A step downhill.
  [w1, b1, w2, b2] = [w1, b1, w2, b2].map((weight, i) => weight.sub((byHand[i] as Tensor).mul(RATE))) as [Tensor, Tensor, Tensor, Tensor];
}

console.log(`loss ${(history[0] as number).toFixed(4)} at first, ${(history.at(-1) as number).toFixed(4)} after ${EPOCHS} epochs`);
console.log(`gradients by hand and by grads differ by at most ${worst.toExponential(1)}`);
savePicture("manual-backprop", lineChartSvg([{ name: "loss", values: history }], { title: "Backpropagation by hand", xLabel: "epoch", yMin: 0 }));
