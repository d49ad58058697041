/** @file checkLayer: what is true of every layer, checked for one row of test/layers.table.ts. */
import { expect } from "vitest";
import { compile, gradCheck, input, io, layers, loadLayersModel, model, setSeed, sub, type Tensor, tensor, tidy, type Variable } from "../src/index.js";
import { deserializeLayer } from "../src/nn/deserialize.js";
import type { BatchShape, CallOptions, Layer, LayerShape, Mask, OneOrMore } from "../src/nn/layer.js";
import { serializeLayer } from "../src/nn/serialization.js";
import type { SymbolicTensor } from "../src/nn/symbolic.js";
import { randomOf } from "./naive.js";

export interface LayerRow {
  /** Options of the layer. */
  readonly args?: Record<string, unknown>;
  /** Shapes of one sample of each input; one of [4] unless told otherwise. */
  readonly inputs?: readonly (readonly number[])[];
  /** Whether the layer takes a list, which it does when there are several inputs. */
  readonly isList?: boolean;
  /** Number of categories, where the input is whole numbers below it. */
  readonly categories?: number;
  /** Shape of one sample of the result; the first input's unless told otherwise. */
  readonly output?: readonly number[];
  /** Number of the weights' elements; 0 unless told otherwise. */
  readonly params?: number;
  /** What becomes of the inputs' masks: they pass (the default), they stop, or others are made. */
  readonly mask?: "passes" | "stops" | ((xs: readonly Tensor[], masks: readonly Tensor[]) => Tensor);
  /** Whether training gives other results than inference, of random numbers or not. */
  readonly training?: "random" | "other";
  /** Whether a file can hold it; true unless told otherwise. */
  readonly isSaved?: boolean;
}

const BATCH = 3;

/** Numbers from -1 to 1. */
function drawn(size: number, seed: number): number[] {
  const random = randomOf(seed);
  return Array.from({ length: size }, () => 2 * random() - 1);
}

const far = (a: Tensor, b: Tensor): number => (a.size === 0 ? 0 : sub(a, b).abs().max().item());

const wide = (shapes: readonly (readonly number[])[], batch: number | null): BatchShape[] => shapes.map((shape) => [batch, ...shape]);

type Artifacts = Parameters<typeof io.fromMemory>[0];

class Check {
  private readonly shapes: readonly (readonly number[])[];
  private readonly isList: boolean;
  private readonly layer: Layer;
  private readonly xs: Tensor[];
  private readonly state: Tensor[];

  constructor(
    private readonly make: (args: object) => Layer,
    private readonly row: LayerRow,
  ) {
    this.shapes = row.inputs ?? [[4]];
    this.isList = row.isList ?? this.shapes.length > 1;
    this.xs = this.data(BATCH);
    setSeed(5);
    this.layer = make({ ...row.args });
    this.layer.ensureBuilt(this.one(wide(this.shapes, null)) as LayerShape);
    // Away from their first values, which are 0 or 1 for many.
    for (const [i, weight] of this.layer.trainableWeights.entries()) weight.assign(tensor(drawn(weight.size, 40 + i), weight.shape));
    this.state = this.layer.getWeights();
  }

  /** Odd tenths, of each input some hundredths off: away from the kinks at even tenths and from ties. */
  private data(batch: number): Tensor[] {
    return wide(this.shapes, batch).map((shape, input) => {
      const size = shape.reduce<number>((a, b) => a * (b as number), 1);
      const { categories } = this.row;
      if (categories !== undefined)
        return tensor(
          drawn(size, input + 1).map((value) => Math.floor(((value + 1) / 2) * categories)),
          shape as number[],
          "int32",
        );
      return tensor(
        drawn(size, input + 1).map((value) => Math.round(value * 9) / 5 + 0.1 + 0.03 * input),
        shape as number[],
      );
    });
  }

  private one<T>(values: T[]): OneOrMore<T> {
    return this.isList ? values : (values[0] as T);
  }

  private call(xs: Tensor[], options: CallOptions = {}): Tensor {
    return this.layer.call(this.one(xs), options) as Tensor;
  }

  shapesAndTypes(): void {
    const { row, layer, xs } = this;
    const output = row.output ?? (this.shapes[0] as number[]);
    const y = layer.apply(this.one(xs) as Tensor);
    expect(y.shape).toEqual([BATCH, ...output]);
    expect(layer.computeOutputShape(this.one(wide(this.shapes, BATCH)) as LayerShape)).toEqual([BATCH, ...output]);
    expect(layer.countParams()).toBe(row.params ?? 0);
    const inputs = this.inputs();
    const symbolic = this.make({ ...row.args }).apply(this.one(inputs)) as SymbolicTensor;
    expect(symbolic.shape).toEqual([null, ...output]);
    expect(symbolic.dtype).toBe(y.dtype);
  }

  private inputs(): SymbolicTensor[] {
    return this.shapes.map((shape) => input({ shape, dtype: this.row.categories === undefined ? "float32" : "int32" }));
  }

  configuration(): void {
    const { layer, row } = this;
    if (row.isSaved === false) {
      expect(() => layer.getConfig()).toThrow("cannot be saved");
      return;
    }
    const config = layer.getConfig();
    expect(Object.keys(config)).toEqual(expect.arrayContaining(["name", "trainable", ...Object.keys(row.args ?? {})]));
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
    expect(this.make(config).getConfig()).toEqual(config);
    const written = JSON.parse(JSON.stringify(serializeLayer(layer)));
    expect(Object.keys(written.config).filter((name) => /[A-Z]/.test(name))).toEqual([]);
    const read = deserializeLayer(written);
    expect(read.constructor).toBe(layer.constructor);
    expect(read.getConfig()).toEqual(config);
  }

  async saving(): Promise<void> {
    if (this.row.isSaved === false) return;
    const inputs = this.inputs();
    const made = model({ inputs, outputs: this.layer.apply(this.one(inputs)) as SymbolicTensor });
    let kept: Artifacts | undefined;
    const handler = io.withSaveHandler(async (artifacts) => {
      kept = { ...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)) };
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON", modelTopologyBytes: 0, weightSpecsBytes: 0, weightDataBytes: 0 } };
    });
    await made.save(handler);
    const loaded = await loadLayersModel(io.fromMemory(kept as Artifacts));
    expect(loaded.predict(this.xs).dataSync()).toEqual(made.predict(this.xs).dataSync());
    expect(loaded.weights.map(({ name }) => name)).toEqual(made.weights.map(({ name }) => name));
  }

  /** All random numbers anew, the layer's own stream too. */
  private rewind(): void {
    setSeed(3);
    (this.layer as { stream?: Variable | null }).stream?.assign(tensor([1, 2], [2], "int32"));
  }

  plans(): void {
    for (const training of [false, true]) {
      const run = (...xs: Tensor[]): Tensor => this.call(xs, { training });
      const compiled = compile(run, { check: true, poison: true });
      this.rewind();
      const eager = run(...this.xs);
      this.rewind();
      const planned = compiled(...this.xs) as Tensor;
      expect(planned.shape).toEqual(eager.shape);
      expect(far(planned, eager)).toBeLessThanOrEqual(2e-6 * Math.max(1, eager.abs().max().item()));
      compiled.dispose();
    }
    expect(this.layer.isTraceable).toBe(true);
  }

  gradients(): void {
    const { layer, row, xs } = this;
    const weights = layer.trainableWeights;
    const fields = layer as unknown as Record<string, unknown>;
    const names = weights.map((weight) => Object.keys(layer).find((name) => fields[name] === weight) as string);
    for (const training of [false, true]) {
      const f = (...at: Tensor[]): Tensor => {
        this.rewind();
        names.forEach((name, i) => {
          fields[name] = at[xs.length + i];
        });
        return this.call(at.slice(0, xs.length), { training });
      };
      const differentiable = row.categories === undefined || weights.length > 0;
      if (differentiable) expect(gradCheck(f, [...xs, ...weights.map((weight) => weight.clone())], { tolerance: 2e-3 }).checked).toBeGreaterThan(0);
    }
    names.forEach((name, i) => {
      fields[name] = weights[i];
    });
  }

  masks(): void {
    const { layer, row, xs } = this;
    const masks = xs.map((x, input) =>
      tensor(
        drawn(x.size / (x.shape.at(-1) as number), 7 + input).map((value) => Number(value > 0)),
        x.shape.slice(0, -1),
        "bool",
      ),
    );
    const found = layer.computeMask(this.one(xs), this.one<Mask>(masks)) as Mask;
    if (row.mask === "stops") expect(found).toBeNull();
    else expect(found?.arraySync()).toEqual((typeof row.mask === "function" ? row.mask(xs, masks) : masks[0])?.arraySync());
    if (!layer.makesMask) expect(layer.computeMask(this.one(xs), this.one<Mask>(xs.map(() => null)))).toBeNull();
    // Every layer can be called with masks.
    expect(this.call(xs, { mask: this.one<Mask>(masks) }).shape).toEqual(this.call(xs).shape);
  }

  modes(): void {
    const { row, layer, xs, state } = this;
    layer.setWeights(state);
    const at = (training: boolean): Tensor => tidy(() => this.call(xs, { training }));
    const quiet = at(false);
    expect(at(false).dataSync()).toEqual(quiet.dataSync());
    layer.weights.forEach((weight, i) => expect(weight.dataSync()).toEqual(state[i]?.dataSync()));
    const [first, second] = [at(true), at(true)];
    if (row.training === undefined) expect(first.dataSync()).toEqual(quiet.dataSync());
    else expect(far(first, quiet)).toBeGreaterThan(0.01);
    if (row.training === "random") expect(far(first, second)).toBeGreaterThan(0.01);
    else expect(first.dataSync()).toEqual(second.dataSync());
  }

  async training(): Promise<void> {
    const inputs = this.inputs();
    const own = this.make({ ...this.row.args }).apply(this.one(inputs)) as SymbolicTensor;
    const flat = own.rank === 2 ? own : layers.flatten().apply(own);
    const made = model({ inputs, outputs: layers.dense({ units: 1 }).apply(flat) });
    made.compile({ optimizer: "adam", loss: "meanSquaredError" });
    made.optimizer.learningRate = 0.05;
    const xs = this.data(8);
    const y = tensor(drawn(8, 99), [8, 1]);
    const loss = (): number => (made.evaluate(xs, y) as Tensor).item();
    const before = loss();
    const weights = made.trainableWeights.map((weight) => weight.clone());
    await made.fit(xs, y, { epochs: 15, batchSize: 8, verbose: 0 });
    expect(loss()).toBeLessThan(0.9 * before);
    made.trainableWeights.forEach((weight, i) => expect(far(weight, weights[i] as Tensor), weight.name).toBeGreaterThan(0));
  }
}

/**
 * Checks a layer: its result's shape is what computeOutputShape tells; it comes back from its configuration and, in a model, from a
 * file; it computes the same at once and in a plan; its gradients are those of finite differences; masks pass as told; training
 * and inference differ where they are to; and a model with it learns.
 */
export async function checkLayer(make: (args: never) => Layer, row: LayerRow): Promise<void> {
  const check = new Check(make as (args: object) => Layer, row);
  check.shapesAndTypes();
  check.configuration();
  check.plans();
  check.gradients();
  check.masks();
  await check.saving();
  check.modes();
  await check.training();
}
