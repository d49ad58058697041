/** @file Every op, one line a module. */
export { cast } from "./cast.js";
export { equal, greater } from "./compare.js";
export * from "./creation.js";
export { add, clipByValue, div, exp, log, mul, neg, relu, sigmoid, sqrt, square, sub, tanh } from "./elementwise.js";
export { gradCheck } from "./gradCheck.js";
export { dense, matMul, outerProduct } from "./matmul.js";
export { broadcastTo, clone, gather, reshape, transpose } from "./movement.js";
export { randomBits, randomNormal, randomUniform, setSeed, truncatedNormal } from "./random.js";
export { argMax, max, mean, sum } from "./reduce.js";
export { crossEntropy, logSoftmax, softmax, sparseCrossEntropy } from "./softmax.js";
