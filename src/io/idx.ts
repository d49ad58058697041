/** @file readIdx: IDX files, as MNIST and its successors have; the reader is imported on first use. */

/** The array of an IDX file's values. */
export type IdxArray = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** What an IDX file holds: `data` in row-major order. */
export interface IdxData {
  shape: number[];
  data: IdxArray;
}

/**
 * The values of an IDX file, inflated first when it is gzip (told by its first bytes, not by its name).
 * @param name the file's name for error messages
 * @returns arrays of bytes share the memory of a file that is not compressed; others are copies
 * @throws when the bytes are damaged or not exactly what their header promises; nothing of a claimed size is allocated then
 * @example
 * ```ts
 * import { readIdx } from "engram";
 * const { shape, data } = await readIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9]), "labels");
 * assert.deepEqual(shape, [3]);
 * assert.deepEqual([...data], [7, 0, 9]);
 * ```
 */
export const readIdx = async (bytes: Uint8Array, name: string): Promise<IdxData> => (await import("./idxFile.js")).readFile(bytes, name);
