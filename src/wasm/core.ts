/** @file The core kernel family: elementwise, reductions, matrix multiply, movement, random numbers, optimizers, and the executor. */
import { type CoreKernels, coreSignatures, coreTableBase } from "./core.gen.js";
import strict from "./embedded/core.strict.js";
import { Family } from "./kernels.js";

export type { CoreKernels } from "./core.gen.js";

export const core = /* @__PURE__ */ new Family<CoreKernels>("core", coreSignatures, coreTableBase, () => strict);
