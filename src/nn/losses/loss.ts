/** @file Loss: what compile minimises, and the functions that make losses from options. */
import { step } from "../../engine/step.js";
import { type TensorLike, toTensor } from "../../ops/convert.js";
import { div, mul } from "../../ops/elementwise.js";
import { sum } from "../../ops/reduce.js";
import { logitsOf } from "../../ops/softmaxRows.js";
import { describe, error } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { isDeclaredTraceable } from "../own.js";
import { aligned, alignedWeights, makeOrApply, meanOver } from "./samples.js";

/** How the values of the samples become one: their mean (sumOverBatchSize is Keras's name of it), their sum, or as they are. */
export type LossReduction = "sumOverBatchSize" | "mean" | "sum" | "none";

export interface LossArgs {
  /** sumOverBatchSize by default. */
  reduction?: LossReduction;
  name?: string;
}

/** Weights the values of samples and reduces them; the mean is over `count` samples. */
export function reduceSamples(name: string, values: Tensor, reduction: LossReduction, weights?: Tensor, count: Tensor | number = values.size): Tensor {
  const weighted = weights === undefined ? values : mul(values, alignedWeights(name, weights, values));
  if (reduction === "none") return weighted;
  if (!/^(sum|mean|sumOverBatchSize)$/.test(reduction)) throw error(name, "reduction must be sumOverBatchSize, mean, sum or none", describe(reduction));
  return reduction === "sum" ? sum(weighted) : div(sum(weighted), count);
}

/**
 * A loss with its options. Extend it for one of your own: `call` gives one value a sample.
 * @example
 * ```ts
 * import { Loss, losses, tensor } from "engram";
 * class Cubed extends Loss {
 *   call(yTrue, yPred) {
 *     return yPred.sub(yTrue).abs().square().mean(-1);
 *   }
 * }
 * assert.equal(new Cubed({ reduction: "sum" }).apply([[0], [0]], [[1], [2]]).item(), 5);
 * assert.equal(losses.huber({ delta: 0.5 }).apply([[0], [0]], [[1], [2]]).item(), 0.625);
 * ```
 */
export abstract class Loss {
  readonly name: string;
  readonly reduction: LossReduction;

  constructor({ name, reduction = "sumOverBatchSize" }: LossArgs = {}) {
    this.name = name ?? this.constructor.name;
    this.reduction = reduction;
  }

  /** The options, to make such a loss again. */
  getConfig(): Record<string, unknown> {
    return {};
  }

  /** @internal Whether a trace stands for it: its very class must declare `static traceable = true`, see Layer. */
  get isTraceable(): boolean {
    return isDeclaredTraceable(this);
  }

  /** The loss of each sample. */
  abstract call(yTrue: Tensor, yPred: Tensor): Tensor;

  /** Number of samples that the mean is over, where it is not that of the values. */
  protected count(_yTrue: Tensor, _values: Tensor): Tensor | number | undefined {
    return undefined;
  }

  /**
   * The loss of the samples, weighted and reduced.
   * @param sampleWeight one weight a sample
   * @throws when shapes do not fit
   */
  apply(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike): Tensor {
    const { name } = this;
    const [t, p] = [toTensor(name, "yTrue", yTrue), toTensor(name, "yPred", yPred)];
    const weights = sampleWeight === undefined ? undefined : toTensor(name, "sampleWeight", sampleWeight);
    return step(name, () => {
      const values = this.call(t, p);
      return reduceSamples(name, values, this.reduction, weights, this.count(t, values));
    });
  }
}

/** What distinguishes one loss from another. */
export interface LossDefinition<O extends object> {
  /** One value a sample, from float32 targets in the predictions' shape, or from class numbers where `sparse`. */
  readonly values: (t: Tensor, p: Tensor, options: O) => Tensor;
  readonly defaults: O;
  /** Whether targets are class numbers. */
  readonly sparse?: boolean;
  /** The activation that the option fromLogits stands for. */
  readonly activation?: "softmax" | "sigmoid";
  /** How many samples count, where not all of them do. */
  readonly count?: (yTrue: Tensor, options: O) => Tensor | undefined;
}

class DefinedLoss extends Loss {
  static readonly traceable = true;

  constructor(
    private readonly definition: LossDefinition<never>,
    private readonly options: LossArgs & { fromLogits?: boolean },
  ) {
    super(options);
  }

  override getConfig(): Record<string, unknown> {
    return { ...this.options };
  }

  override call(yTrue: Tensor, yPred: Tensor): Tensor {
    const { values, sparse } = this.definition;
    return values(aligned(this.name, yTrue, yPred, sparse), yPred, this.options as never);
  }

  protected override count(yTrue: Tensor): Tensor | undefined {
    return this.definition.count?.(yTrue, this.options as never);
  }

  /** The same of logits, when it is of a model's output that remembers them. */
  direct(yPred: Tensor): readonly [Loss, Tensor] {
    const { definition, options } = this;
    const logits = definition.activation && !options.fromLogits && logitsOf(yPred, definition.activation);
    return logits ? [new DefinedLoss(definition, { ...options, fromLogits: true }), logits] : [this, yPred];
  }
}

/**
 * The loss of a model's output. Where that is the softmax or sigmoid which the loss supposes, the loss is computed from its
 * logits, without loss of digits. The value is the same but for rounding and for Keras's clipping of probabilities, and nobody
 * can ask for the gradient by the output itself.
 */
export function outputLoss(loss: Loss, yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): Tensor {
  const [of, output] = loss instanceof DefinedLoss ? loss.direct(yPred) : [loss, yPred];
  return of.apply(yTrue, output, sampleWeight);
}

/** A loss by one name: made from options, or applied to targets and predictions. */
export interface LossFactory<O extends object> {
  /** A loss with these options, for compile or `apply`. */
  (options?: Partial<O> & LossArgs): Loss;
  /** One value a sample. */
  (yTrue: TensorLike, yPred: TensorLike, options?: Partial<O>): Tensor;
}

type LossFactories<D> = { [Name in keyof D]: D[Name] extends LossDefinition<infer O> ? LossFactory<O> : never };

/** The losses of a table of definitions, by name. */
export function lossFactories<D extends object>(definitions: D): LossFactories<D> {
  const make = (name: string, definition: LossDefinition<never>, options: object): Loss =>
    new DefinedLoss(definition, { name, ...(definition.defaults as object), ...options });
  return makeOrApply(definitions, make, (name, definition, options, t, p) => step(name, () => make(name, definition, options).call(t, p))) as LossFactories<D>;
}

/** A loss that gives the values of samples itself. */
export const rowwise = <O extends object = object>(values: LossDefinition<O>["values"], defaults: O = {} as O): LossDefinition<O> => ({ values, defaults });

/** The mean over the last axis of values element by element. */
export const elementwise = <O extends object = object>(elements: LossDefinition<O>["values"], defaults?: O): LossDefinition<O> =>
  rowwise((t, p, options) => meanOver(elements(t, p, options), -1), defaults);
