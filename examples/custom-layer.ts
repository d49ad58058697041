/** @file A layer of one's own, with weights: bumps that can move and widen. Sixteen of them draw a curve; the model is saved and loaded. */
import { lineChartSvg } from "../src/draw/index.js";
import {
  type BatchShape,
  exp,
  initializers,
  Layer,
  type LayerArgs,
  layers,
  linspace,
  loadLayersModel,
  sequential,
  serialization,
  setSeed,
  type Tensor,
  train,
  type Variable,
} from "../src/index.js";
import { saveFolder, savePicture } from "./support.js";

interface BumpsArgs extends LayerArgs {
  units: number;
}

/** y[i] = exp(-((x - centre[i]) * sharpness[i])^2): [batch, 1] to [batch, units]. */
class Bumps extends Layer<BumpsArgs> {
  static readonly className = "Bumps";
  /** `call` is made of ops alone, so fit may compile it. */
  static readonly traceable = true;
  private readonly units = this.countOption("units"); // An option that is checked, and saved with the model.
  private centre!: Variable;
  private sharpness!: Variable;

  override build(): void {
    this.centre = this.addWeight("centre", [this.units], "float32", initializers.randomUniform({ minval: -1, maxval: 1 }));
    this.sharpness = this.addWeight("sharpness", [this.units], "float32", initializers.constant({ value: 4 }));
  }
  override computeOutputShape([batch]: BatchShape): BatchShape {
    return [batch as number | null, this.units];
  }
  override call(x: Tensor): Tensor {
    return exp(x.sub(this.centre).mul(this.sharpness).square().neg());
  }
}
serialization.registerClass(Bumps);

setSeed(1);
const x = linspace(-1, 1, 200).reshape([200, 1]);
const y = x.mul(9).sin().mul(x.square().neg().add(1));
const model = sequential({ layers: [new Bumps({ units: 16, inputShape: [1] }), layers.dense({ units: 1 })] });
model.compile({ optimizer: train.adam(0.02), loss: "meanSquaredError" });
await model.fit(x, y, { epochs: 500, verbose: 0 });

const drawn = model.predict(x);
console.log(`off by at most ${drawn.sub(y).abs().max().item().toFixed(3)}`);
await model.save(`file://${saveFolder}/bumps`);
const loaded = await loadLayersModel(`file://${saveFolder}/bumps`);
console.log(`loaded, the model draws ${loaded.predict(x).equal(drawn).all().item() ? "the same curve" : "another curve"}`);

const at = [...x.dataSync()];
const curves = [
  { name: "wanted", x: at, values: [...y.dataSync()] },
  { name: "drawn by 16 bumps", x: at, values: [...drawn.dataSync()] },
];
savePicture("custom-layer", lineChartSvg(curves, { title: "A curve of movable bumps" }));
