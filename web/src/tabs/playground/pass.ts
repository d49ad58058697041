/** @file One sample's way through the network and back: what every neuron and connection gets, and the steps in which it is told. */

/** All numbers of one sample's forward and backward pass. Layer 0 is the inputs; kernels, sums and their gradients begin at layer 1, here index 0. */
export interface Pass {
  readonly label: number;
  readonly loss: number;
  /** The loss after a step of plain gradient descent on this sample alone. */
  readonly lossAfter: number;
  /** What each neuron gives, from the inputs to the output, the probability of class 1. */
  readonly values: readonly Float32Array[];
  /** Weighted sums with bias, before the activation. */
  readonly sums: readonly Float32Array[];
  /** Rows are the neurons a connection comes from, columns those it goes to. */
  readonly kernels: readonly Float32Array[];
  readonly biases: readonly Float32Array[];
  /** dL/da of the inputs and of the hidden layers. */
  readonly valueGradients: readonly Float32Array[];
  /** dL/dz, which is dL/db. */
  readonly sumGradients: readonly Float32Array[];
  /** dL/dw. */
  readonly kernelGradients: readonly Float32Array[];
}

/** A connection into layer `layer` (1 is the first that computes). */
export interface Connection {
  readonly layer: number;
  readonly from: number;
  readonly to: number;
}

export interface Neuron {
  readonly layer: number;
  readonly unit: number;
}

/** Place of a connection's number in its kernel. */
export const indexOf = (pass: Pass, { layer, from, to }: Connection): number => from * (pass.sums[layer - 1] as Float32Array).length + to;

/** What a connection carries: the value it comes from times its weight. */
export function product(pass: Pass, connection: Connection): number {
  const { layer, from } = connection;
  return ((pass.values[layer - 1] as Float32Array)[from] as number) * ((pass.kernels[layer - 1] as Float32Array)[indexOf(pass, connection)] as number);
}

export type StageKind = "inputs" | "forward" | "loss" | "backward" | "update";

/** A step of the story; `layer` is the one that computes, or whose gradients are computed. */
export interface Stage {
  readonly kind: StageKind;
  readonly layer: number;
}

/** Inputs, each layer forward, the loss, each layer backward, the update. */
export function stagesOf(layers: number): Stage[] {
  const all = Array.from({ length: layers }, (_, i) => i + 1);
  return [
    { kind: "inputs", layer: 0 },
    ...all.map((layer): Stage => ({ kind: "forward", layer })),
    { kind: "loss", layer: layers },
    ...all.reverse().map((layer): Stage => ({ kind: "backward", layer })),
    { kind: "update", layer: 0 },
  ];
}

/** What is known of a layer's neurons: nothing yet, their values, or their gradients too; `hasArrived` once the stage's signals have flowed. */
export function knownAt({ kind, layer: own }: Stage, layer: number, hasArrived: boolean): "nothing" | "value" | "gradient" {
  if (kind === "inputs" || kind === "forward") return layer < own || (layer === own && (hasArrived || kind === "inputs")) ? "value" : "nothing";
  if (kind === "loss") return "value";
  // Going back through a layer gives the gradients of its weights and those of the values before it.
  return kind === "update" || layer >= own || (layer === own - 1 && hasArrived) ? "gradient" : "value";
}

/** Largest absolute value, at least `floor`. */
export function largest(values: Iterable<number>, floor = 1e-6): number {
  let most = floor;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
