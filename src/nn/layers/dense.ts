/** @file Dense layers: a matrix multiply, a bias, an activation. */
import type { Variable } from "../../engine/variable.js";
import { einsum } from "../../ops/einsum.js";
import { add } from "../../ops/elementwise.js";
import { dense as denseOp } from "../../ops/matmul.js";
import { describe, error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Activation, type ActivationName, getActivation } from "../activations.js";
import { BuiltInLayer } from "../builtInLayer.js";
import type { ConstraintIdentifier } from "../constraints.js";
import type { InitializerIdentifier } from "../initializers.js";
import { type BatchShape, type LayerArgs, shapeText } from "../layer.js";
import type { RegularizerIdentifier } from "../regularizers.js";

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
export abstract class KernelLayer<A extends KernelArgs> extends BuiltInLayer<A> {
  protected readonly activation: Activation = getActivation(this.option("activation", "linear"));
  protected readonly makeKernel = this.weightOf("kernel", "glorotUniform");
  protected readonly makeBias = this.weightOf("bias", "zeros");
  protected kernel: Variable | null = null;
  protected bias: Variable | null = null;
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
export class Dense extends KernelLayer<DenseArgs> {
  static readonly className: string = "Dense";
  private readonly units = this.countOption("units");
  private readonly useBias = this.option("useBias", true);

  constructor(args: DenseArgs) {
    const { inputDim, inputShape, batchInputShape } = args ?? {};
    super(inputDim === undefined || inputShape || batchInputShape ? args : { ...args, inputShape: [inputDim] });
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    return [...inputShape.slice(0, -1), this.units];
  }

  override build(inputShape: BatchShape): void {
    if (inputShape.length < 2) throw error(this.name, "the input must have 2 axes or more", `shape ${shapeText(inputShape)}`);
    this.kernel = this.makeKernel([inputShape.at(-1) ?? null, this.units]);
    if (this.useBias) this.bias = this.makeBias([this.units]);
  }

  override call(input: Tensor): Tensor {
    const { fused, apply } = this.activation;
    const kernel = this.kernel as Variable;
    return fused === null ? apply(denseOp(input, kernel, this.bias)) : denseOp(input, kernel, this.bias, fused);
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

/** activation(einsum(equation, x, kernel) + bias). */
export class EinsumDense extends KernelLayer<EinsumDenseArgs> {
  static readonly className: string = "EinsumDense";
  private readonly equation = this.option("equation", undefined, 'like "abc,cd->abd"', (text) =>
    /^(\.{3})?[a-z]+,[a-z]+->(\.{3})?[a-z]+$/i.test(text.replaceAll(" ", "")),
  ).replaceAll(" ", "");
  private readonly sizes = [this.option("outputShape")].flat() as BatchShape;
  private readonly biasAxes = this.option("biasAxes", null) ?? "";

  /** Letters of kernel and output, "..." as digits, and what gives the sizes of letters. */
  private terms(inputShape: BatchShape): [kernel: string, output: string, sizesOf: (letters: string) => BatchShape] {
    const { length } = inputShape;
    const [input = "", kernel = "", output = ""] = this.equation.split(/,|->/);
    const leading = "0123456789".slice(0, Math.max(0, length - input.length + 3));
    const [x, y] = [input.replace("...", leading), output.replace("...", leading)];
    if (x.length !== length) throw error(this.name, `the input must have the axes of ${this.equation}`, `${length} axes`);
    const sizes = new Map([...x].map((letter, i) => [letter, inputShape[i] ?? null]));
    // The output's shape is told from its last axis on; it is without the batch, which the input has.
    const told = this.sizes.slice(-y.length);
    [...y].slice(y.length - told.length).forEach((letter, i) => {
      const before = sizes.get(letter) ?? null;
      const size = told[i] ?? before;
      if (before !== null && size !== before) throw error(this.name, `outputShape must agree with the input's ${before} for '${letter}'`, `${size}`);
      sizes.set(letter, size);
    });
    return [kernel, y, (letters) => [...letters].map((letter) => sizes.get(letter) ?? null)];
  }

  override build(inputShape: BatchShape): void {
    const [kernel, output, sizesOf] = this.terms(inputShape);
    const { biasAxes } = this;
    this.kernel = this.makeKernel(sizesOf(kernel));
    if (biasAxes === "") return;
    const first = Math.min(...[...biasAxes].map((letter) => output.indexOf(letter)));
    if (first < 0) throw error(this.name, `biasAxes must be among ${output}`, describe(biasAxes));
    const rest = output.slice(first);
    this.bias = this.makeBias(sizesOf(rest).map((size, i) => (biasAxes.includes(rest[i] as string) ? size : 1)));
  }

  override computeOutputShape(inputShape: BatchShape): BatchShape {
    const [, output, sizesOf] = this.terms(inputShape);
    return sizesOf(output);
  }

  override call(input: Tensor): Tensor {
    const y = einsum(this.equation, input, this.kernel as Variable);
    return this.activation.apply(this.bias === null ? y : add(y, this.bias));
  }
}
