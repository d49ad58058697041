/** @file The kernel families: every family is a WebAssembly module over the one memory and the one function table. */

/**
 * table: [first, limit) function-table indices; memory: [first, limit) bytes for constants.
 * Index 0 is the executor's LOOP record; bytes below 1024 are the control block.
 */
export const families = [
  {
    name: "core",
    exports: ["plan", "threads", "tile"],
    // One a line, in alphabetical order.
    // biome-ignore format: a list that grows by lines
    kernels: [
      "activations",
      "argMax",
      "arithmetic",
      "argSort",
      "binary",
      "cast",
      "compare",
      "elementwise",
      "erf",
      "gemm",
      "gemmThin",
      "indexing",
      "linalg",
      "logistic",
      "math",
      "movement",
      "normalize",
      "optimizer",
      "products",
      "random",
      "reduce",
      "scan",
      "slopes",
      "softmax",
      "strided",
      "tally",
      "where",
    ],
    table: [1, 1024],
    memory: [1024, 65536],
  },
];
