/** @file IDX files, the format of MNIST and its successors: a big-endian header of type and sizes, then the values. */
import { error } from "../tensor/errors.js";

/** The array of an IDX file's values. */
export type IdxArray = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** What an IDX file holds: `data` in row-major order. */
export interface IdxData {
  shape: number[];
  data: IdxArray;
}

interface IdxType {
  name: string;
  bytes: number;
  /** Copies `count` big-endian values that start at the view's beginning. */
  read(view: DataView, count: number): IdxArray;
}

type Reader = (view: DataView, offset: number) => number;

const type = (name: string, bytes: number, make: (count: number) => IdxArray, at: Reader): IdxType => ({
  name,
  bytes,
  read(view, count) {
    const values = make(count);
    for (let i = 0; i < count; i++) values[i] = at(view, i * bytes);
    return values;
  },
});

/** Element types by the third byte of the file (Y. LeCun, "The MNIST database", section on file formats). */
const types: Record<number, IdxType> = {
  0x08: { name: "uint8", bytes: 1, read: (view, count) => new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, count) },
  0x09: { name: "int8", bytes: 1, read: (view, count) => new Int8Array(view.buffer as ArrayBuffer, view.byteOffset, count) },
  0x0b: type(
    "int16",
    2,
    (count) => new Int16Array(count),
    (view, offset) => view.getInt16(offset),
  ),
  0x0c: type(
    "int32",
    4,
    (count) => new Int32Array(count),
    (view, offset) => view.getInt32(offset),
  ),
  0x0d: type(
    "float32",
    4,
    (count) => new Float32Array(count),
    (view, offset) => view.getFloat32(offset),
  ),
  0x0e: type(
    "float64",
    8,
    (count) => new Float64Array(count),
    (view, offset) => view.getFloat64(offset),
  ),
};

const typeNames = Object.entries(types)
  .map(([code, { name }]) => `${hex(Number(code))} ${name}`)
  .join(", ");

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** True for bytes that start as gzip does. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

export interface Header {
  shape: number[];
  count: number;
  headerBytes: number;
  totalBytes: number;
  type: IdxType;
}

/** The header, once enough bytes for it are there; null before that. Allocates nothing of the sizes that it claims. */
export function parseHeader(bytes: Uint8Array, name: string): Header | null {
  const expected = "an IDX file: two zero bytes, a type byte, the number of axes";
  for (let i = 0; i < Math.min(2, bytes.length); i++) {
    if (bytes[i] !== 0) {
      const start = [...bytes.subarray(0, 4)].map(hex).join(" ");
      throw error(
        "parseIdx",
        `${name}: expected ${expected}`,
        `a file that starts with ${start}`,
        isGzip(bytes) ? "it is compressed; readIdx inflates it." : undefined,
      );
    }
  }
  if (bytes.length > 2 && types[bytes[2] as number] === undefined)
    throw error("parseIdx", `${name}: expected a type byte that is one of ${typeNames}`, hex(bytes[2] as number));
  if (bytes.length < 4) return null;
  const rank = bytes[3] as number;
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) return null;
  const view = viewOf(bytes);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const found = types[bytes[2] as number] as IdxType;
  const count = shape.reduce((product, size) => product * size, 1);
  const totalBytes = headerBytes + count * found.bytes;
  if (!Number.isSafeInteger(totalBytes)) throw error("parseIdx", `${name}: expected sizes that a file can have`, `shape [${shape}] in the header`);
  return { shape, count, headerBytes, totalBytes, type: found };
}

/** What the header promises, for error messages. */
const promise = ({ headerBytes, shape, type: { name }, totalBytes }: Header): string =>
  `${totalBytes} bytes (a header of ${headerBytes}, then [${shape}] of ${name})`;

/**
 * The values of an uncompressed IDX file. Arrays of bytes share the file's memory; others are copies.
 * @param name the file's name for error messages
 * @throws when the bytes are not exactly what their header promises; nothing of a claimed size is allocated then
 * @example
 * ```ts
 * import { parseIdx } from "engram";
 * const { shape, data } = parseIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9]), "labels");
 * assert.deepEqual(shape, [3]);
 * assert.deepEqual([...data], [7, 0, 9]);
 * ```
 */
export function parseIdx(bytes: Uint8Array, name: string): IdxData {
  const header = parseHeader(bytes, name);
  if (header === null) throw truncatedHeader(bytes, name);
  if (bytes.length !== header.totalBytes) {
    const cut = bytes.length < header.totalBytes;
    throw error(
      "parseIdx",
      `${name}: expected ${promise(header)}`,
      `${bytes.length} bytes`,
      cut ? "the file is truncated; fetch it again." : "something follows the values; the file is damaged or not IDX.",
    );
  }
  const { shape, count, headerBytes } = header;
  const body = new DataView(bytes.buffer, bytes.byteOffset + headerBytes, bytes.length - headerBytes);
  return { shape, data: header.type.read(body, count) };
}

function truncatedHeader(bytes: Uint8Array, name: string): Error {
  const needed = bytes.length < 4 ? 4 : 4 + 4 * (bytes[3] as number);
  return error(
    "parseIdx",
    `${name}: expected a header of ${needed === 4 ? "at least 4" : needed} bytes`,
    `${bytes.length} bytes`,
    "the file is truncated; fetch it again.",
  );
}

/**
 * The values of an IDX file, inflated first when it is gzip (told by its first bytes, not by its name).
 * @param name the file's name for error messages
 * @throws when the bytes are damaged or not what their header promises
 * @example
 * ```ts
 * import { readIdx } from "engram";
 * const { shape } = await readIdx(new Uint8Array([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9]), "table");
 * assert.deepEqual(shape, [1, 2]);
 * ```
 */
export async function readIdx(bytes: Uint8Array, name: string): Promise<IdxData> {
  return parseIdx(isGzip(bytes) ? await (await import("./inflate.js")).inflate(bytes, name, parseHeader) : bytes, name);
}
