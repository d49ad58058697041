/** @file Every public op, one line a module: an op that its module exports is public. */
export * from "./addN.js";
export * from "./alongAxis.js";
export * from "./cast.js";
export * from "./compare.js";
export type { TensorLike } from "./convert.js";
export * from "./creation.js";
export * from "./einsum.js";
export * from "./elementwise.js";
export * from "./gradCheck.js";
export * from "./logical.js";
export * from "./loss.js";
export * from "./matmul.js";
export * from "./movement.js";
export * from "./random.js";
export * from "./reduce.js";
export * from "./softmax.js";
export * from "./where.js";
