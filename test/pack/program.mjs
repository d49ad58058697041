/** @file What a user of the package might write. Run in plain Node, in several versions of it, and through bundlers. */
import { data, grad, layers, loadLayersModel, readIdx, sequential, setSeed, tensor } from "engram";
import { matMul } from "engram/core";

function check(name, got, wanted) {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) throw new Error(`${name}: expected ${JSON.stringify(wanted)}. Got ${JSON.stringify(got)}.`);
}

check(
  "product",
  matMul(
    [
      [1, 2],
      [3, 4],
    ],
    [[5], [6]],
  ).arraySync(),
  [[17], [39]],
);
check("chained", tensor([1, 4, 9]).sqrt().sum().arraySync(), 6);
check("gradient", grad((x) => x.square().sum())(tensor([1, 2])).arraySync(), [2, 4]);

setSeed(1);
const model = sequential();
model.add(layers.dense({ units: 1, inputShape: [1] }));
model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
const history = await model.fit(tensor([[0], [1], [2], [3]]), tensor([[1], [3], [5], [7]]), { epochs: 400, verbose: 0 });
const losses = history.history.loss;
if (!(losses.at(-1) < 0.05)) throw new Error(`fit: expected a line to be learnt. Got losses from ${losses[0]} to ${losses.at(-1)}.`);

// What is imported on first use is found too.
await model.save("file://saved");
check("loaded", (await loadLayersModel("file://saved")).predict([[4]]).arraySync(), model.predict([[4]]).arraySync());
check("table", await data.csv({ text: "a,b\n1,2\n" }).toArray(), [{ a: 1, b: 2 }]);
const { body } = new Response(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 7]));
const zipped = await new Response(body.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
check("inflated", [...(await readIdx(new Uint8Array(zipped), "labels")).data], [7]);

console.log("engram works");
