/** @file The activations to choose from, in engram. */
import { elu, gelu, relu, sigmoid, silu, softplus, type Tensor, tanh } from "engram";
import type { ActivationName } from "./settings.js";

export const activations: Readonly<Record<ActivationName, (z: Tensor) => Tensor>> = {
  tanh,
  relu,
  sigmoid,
  gelu: (z) => gelu(z),
  silu,
  elu: (z) => elu(z),
  softplus,
  linear: (z) => z,
};
