/** @file Dense layers: a matrix multiply, a bias, an activation. */
import type { Variable } from "../../engine/variable.js";
import { einsum } from "../../ops/einsum.js";
import { add } from "../../ops/elementwise.js";
import { dense as denseOp } from "../../ops/matmul.js";
import { describe, error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Activation, type ActivationName, getActivation } from "../activations.js";
import { type ConstraintIdentifier, getConstraint } from "../constraints.js";
import { getInitializer, type InitializerIdentifier } from "../initializers.js";
import { type BatchShape, Layer, type LayerArgs } from "../layer.js";
import { getRegularizer, type RegularizerIdentifier } from "../regularizers.js";

/** A whole number above 0, or an error that names it. */
export function checkCount(layer: string, name: string, value: number): number {
  if (!Number.isInteger(value) || value <= 0) throw error(layer, `${name} must be a whole number > 0`, `${name}=${describe(value)}`);
  return value;
}

/** How a kernel and a bias begin, what they cost and what they are kept to. */
export interface KernelArgs extends LayerArgs {
  activation?: ActivationName | null;
  /** glorotUniform by default. */
  kernelInitializer?: InitializerIdentifier;
  /** zeros by default. */
  biasInitializer?: InitializerIdentifier;
  /** Penalties on the weights, added to the loss. */
  kernelRegularizer?: RegularizerIdentifier | null;
  biasRegularizer?: RegularizerIdentifier | null;
  /** What the weights are projected on after each update. */
  kernelConstraint?: ConstraintIdentifier | null;
  biasConstraint?: ConstraintIdentifier | null;
}

/** A layer with a kernel, perhaps a bias, and an activation. */
export abstract class KernelLayer extends Layer {
  protected readonly activation: Activation;
  protected kernel: Variable | null = null;
  protected bias: Variable | null = null;
  private readonly parts: Record<string, unknown>;
  override supportsMasking = true;

  constructor(private readonly args: KernelArgs) {
    super(args);
    this.activation = getActivation(args.activation);
    this.parts = {
      kernelInitializer: getInitializer(args.kernelInitializer ?? "glorotUniform"),
      biasInitializer: getInitializer(args.biasInitializer ?? "zeros"),
      kernelRegularizer: getRegularizer(args.kernelRegularizer),
      biasRegularizer: getRegularizer(args.biasRegularizer),
      kernelConstraint: getConstraint(args.kernelConstraint),
      biasConstraint: getConstraint(args.biasConstraint),
    };
  }

  protected addKernel(shape: BatchShape): void {
    const { kernelInitializer, kernelRegularizer, kernelConstraint } = this.args;
    this.kernel = this.addWeight("kernel", shape, "float32", kernelInitializer, kernelRegularizer, true, kernelConstraint);
  }

  protected addBias(shape: BatchShape): void {
    const { biasInitializer = "zeros", biasRegularizer, biasConstraint } = this.args;
    this.bias = this.addWeight("bias", shape, "float32", biasInitializer, biasRegularizer, true, biasConstraint);
  }

  protected override options(): Record<string, unknown> {
    return { activation: this.activation.name, ...this.parts };
  }
}

export interface DenseArgs extends KernelArgs {
  /** Size of the output. */
  units: number;
  /** Whether to add a bias; true by default. */
  useBias?: boolean;
  /** Size of the input, for a model's first layer: short for inputShape: [inputDim]. */
  inputDim?: number;
}

/** activation(x kernel + bias) over the last axis. */
export class Dense extends KernelLayer {
  static readonly className: string = "Dense";
  static readonly traceable = true;
  private readonly units: number;
  private readonly useBias: boolean;

  constructor(args: DenseArgs) {
    const { inputDim, inputShape, batchInputShape } = args;
    super(inputDim === undefined || inputShape || batchInputShape ? args : { ...args, inputShape: [inputDim] });
    this.units = checkCount(this.name, "units", args.units);
    this.useBias = args.useBias ?? true;
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return [...inputShape.slice(0, -1), this.units];
  }

  override build(inputShape: BatchShape): void {
    if (inputShape.length < 2) throw error(this.name, "the input must have 2 axes or more", `shape [${inputShape.map((size) => size ?? "null")}]`);
    this.addKernel([inputShape.at(-1) ?? null, this.units]);
    if (this.useBias) this.addBias([this.units]);
  }

  override call(input: Tensor): Tensor {
    const { fused, apply } = this.activation;
    const kernel = this.kernel as Variable;
    return fused === null ? apply(denseOp(input, kernel, this.bias)) : denseOp(input, kernel, this.bias, fused);
  }

  protected override options(): Record<string, unknown> {
    const { units, useBias } = this;
    return { units, useBias, ...super.options() };
  }
}

export interface EinsumDenseArgs extends KernelArgs {
  /** Of the input and the kernel, such as "abc,cd->abd"; "..." stands for leading axes. */
  equation: string;
  /** Shape of the output without the batch; null where the input tells the size. */
  outputShape: number | readonly (number | null)[];
  /** Axes of the output that have a bias, such as "d"; none by default. */
  biasAxes?: string | null;
}

/** Sizes of letters, where terms and shapes belong together. */
function sizesOf(letters: string, shape: BatchShape): Map<string, number | null> {
  return new Map([...letters].map((letter, i) => [letter, shape[i] ?? null]));
}

/** activation(einsum(equation, x, kernel) + bias). */
export class EinsumDense extends KernelLayer {
  static readonly className: string = "EinsumDense";
  static readonly traceable = true;
  private readonly equation: string;
  private readonly sizes: readonly (number | null)[];
  private readonly biasAxes: string;

  constructor(args: EinsumDenseArgs) {
    super(args);
    this.equation = args.equation.replaceAll(" ", "");
    this.sizes = typeof args.outputShape === "number" ? [args.outputShape] : args.outputShape;
    this.biasAxes = args.biasAxes ?? "";
    if (!/^(\.\.\.)?[A-Za-z]+,[A-Za-z]+->(\.\.\.)?[A-Za-z]+$/.test(this.equation))
      throw error(this.name, 'equation must be like "abc,cd->abd"', describe(args.equation));
  }

  /** Letters of input, kernel and output with "..." replaced by digits, and the sizes of all but the kernel's own. */
  private terms(inputShape: BatchShape): { kernel: string; output: string; sizes: Map<string, number | null> } {
    const [input = "", kernel = "", output = ""] = this.equation.split(/,|->/);
    const leading = input.startsWith("...") ? "0123456789".slice(0, inputShape.length - (input.length - 3)) : "";
    const [x, y] = [input.replace("...", leading), output.replace("...", leading)];
    if (x.length !== inputShape.length) throw error(this.name, `the input must have the axes of ${this.equation}`, `${inputShape.length} axes`);
    const known = sizesOf(x, inputShape);
    // The output's shape is told from its last axis on; it is without the batch, which the input has.
    const told = this.sizes.slice(-y.length);
    const sizes = new Map(known);
    [...y].slice(y.length - told.length).forEach((letter, i) => {
      const size = told[i] ?? known.get(letter) ?? null;
      const before = known.get(letter) ?? null;
      if (before !== null && size !== before) throw error(this.name, `outputShape must agree with the input's ${before} for '${letter}'`, `${size}`);
      sizes.set(letter, size);
    });
    return { kernel, output: y, sizes };
  }

  override build(inputShape: BatchShape): void {
    const { kernel, output, sizes } = this.terms(inputShape);
    this.addKernel([...kernel].map((letter) => sizes.get(letter) ?? null));
    if (this.biasAxes === "") return;
    const first = Math.min(...[...this.biasAxes].map((letter) => output.indexOf(letter)));
    if (first < 0) throw error(this.name, `biasAxes must be among ${output}`, describe(this.biasAxes));
    this.addBias([...output.slice(first)].map((letter) => (this.biasAxes.includes(letter) ? (sizes.get(letter) ?? null) : 1)));
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    const { output, sizes } = this.terms(inputShape);
    return [...output].map((letter) => sizes.get(letter) ?? null);
  }

  override call(input: Tensor): Tensor {
    const y = einsum(this.equation, input, this.kernel as Variable);
    return this.activation.apply(this.bias === null ? y : add(y, this.bias));
  }

  protected override options(): Record<string, unknown> {
    return { equation: this.equation, outputShape: [...this.sizes], biasAxes: this.biasAxes || null, ...super.options() };
  }
}
