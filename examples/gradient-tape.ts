/** @file One sigmoid neuron learns OR: forward, loss, gradients from the tape, and the update by hand. */
import { lineChartSvg } from "../src/draw/index.js";
import { log, matMul, randomNormal, setSeed, type Tensor, tensor, valueAndGrads, zeros } from "../src/index.js";
import { savePicture } from "./support.js";

const x = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const y = tensor([[0], [1], [1], [1]]);

const neuron = (w: Tensor, b: Tensor): Tensor => matMul(x, w).add(b).sigmoid();

/** Binary cross-entropy, from its definition. */
function loss(w: Tensor, b: Tensor): Tensor {
  const p = neuron(w, b);
  return y
    .mul(log(p))
    .add(
      y
        .sub(1)
        .mul(-1)
        .mul(log(p.sub(1).mul(-1))),
    )
    .mean()
    .neg();
}
const lossAndGrads = valueAndGrads(loss);

setSeed(1);
let [w, b] = [randomNormal([2, 1]), zeros([1])];
const history: number[] = [];
for (let step = 0; step < 300; step++) {
  const { value, grads } = lossAndGrads([w, b]);
  const [dW, dB] = grads as [Tensor, Tensor];
  w = w.sub(dW.mul(1));
  b = b.sub(dB.mul(1));
  history.push(value.item());
}

const outputs = [...neuron(w, b).dataSync()];
for (const [i, [first, second]] of (x.arraySync() as number[][]).entries()) console.log(`${first} or ${second} = ${outputs[i]?.toFixed(3)}`);
console.log(`loss ${(history[0] as number).toFixed(4)} at first, ${(history.at(-1) as number).toFixed(4)} after ${history.length} steps`);
savePicture("gradient-tape", lineChartSvg([{ name: "loss", values: history }], { title: "A neuron learns OR", xLabel: "step", yMin: 0 }));
