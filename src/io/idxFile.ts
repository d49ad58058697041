/** @file What is in IDX files, the format of MNIST and its successors: a big-endian header of type and sizes, then the values. */
import { error } from "../tensor/errors.js";
import type { IdxArray, IdxData } from "./idx.js";
import { inflate } from "./inflate.js";

/** Element types by the third byte of the file (Y. LeCun, "The MNIST database", section on file formats). */
const types = { 8: Uint8Array, 9: Int8Array, 11: Int16Array, 12: Int32Array, 13: Float32Array, 14: Float64Array };

type IdxType = (typeof types)[keyof typeof types];

const typeOf = (code: number): IdxType | undefined => (types as Record<number, IdxType>)[code];

/** "Int16" of Int16Array, as DataView's methods have it. */
const kindOf = (type: IdxType): string => type.name.slice(0, -5);

const nameOf = (type: IdxType): string => kindOf(type).toLowerCase();

/** `count` big-endian values from the view's beginning; those of one byte stay where they are. */
function read(type: IdxType, view: DataView, count: number): IdxArray {
  const bytes = type.BYTES_PER_ELEMENT;
  if (bytes === 1) return new type(view.buffer as ArrayBuffer, view.byteOffset, count);
  const values = new type(count);
  const get = view[`get${kindOf(type)}` as "getInt16"].bind(view);
  for (let i = 0; i < count; i++) values[i] = get(i * bytes);
  return values;
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}

const typeNames = (): string =>
  Object.entries(types)
    .map(([code, type]) => `${hex(Number(code))} ${nameOf(type)}`)
    .join(", ");

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** True for bytes that start as gzip does. */
const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

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
      throw error("readIdx", `${name}: expected ${expected}`, `a file that starts with ${start}`, isGzip(bytes) ? "it is compressed twice." : undefined);
    }
  }
  if (bytes.length > 2 && typeOf(bytes[2] as number) === undefined)
    throw error("readIdx", `${name}: expected a type byte that is one of ${typeNames()}`, hex(bytes[2] as number));
  if (bytes.length < 4) return null;
  const rank = bytes[3] as number;
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) return null;
  const view = viewOf(bytes);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const type = typeOf(bytes[2] as number) as IdxType;
  const count = shape.reduce((product, size) => product * size, 1);
  const totalBytes = headerBytes + count * type.BYTES_PER_ELEMENT;
  if (!Number.isSafeInteger(totalBytes)) throw error("readIdx", `${name}: expected sizes that a file can have`, `shape [${shape}] in the header`);
  return { shape, count, headerBytes, totalBytes, type };
}

/** What the header promises, for error messages. */
const promise = ({ headerBytes, shape, type, totalBytes }: Header): string =>
  `${totalBytes} bytes (a header of ${headerBytes}, then [${shape}] of ${nameOf(type)})`;

/** The values of a file that is not compressed. Arrays of bytes share its memory; others are copies. */
function parse(bytes: Uint8Array, name: string): IdxData {
  const header = parseHeader(bytes, name);
  if (header === null) throw truncatedHeader(bytes, name);
  if (bytes.length !== header.totalBytes) {
    const cut = bytes.length < header.totalBytes;
    throw error(
      "readIdx",
      `${name}: expected ${promise(header)}`,
      `${bytes.length} bytes`,
      cut ? "the file is truncated; fetch it again." : "something follows the values; the file is damaged or not IDX.",
    );
  }
  const { shape, count, headerBytes } = header;
  const body = new DataView(bytes.buffer, bytes.byteOffset + headerBytes, bytes.length - headerBytes);
  return { shape, data: read(header.type, body, count) };
}

function truncatedHeader(bytes: Uint8Array, name: string): Error {
  const needed = bytes.length < 4 ? 4 : 4 + 4 * (bytes[3] as number);
  return error(
    "readIdx",
    `${name}: expected a header of ${needed === 4 ? "at least 4" : needed} bytes`,
    `${bytes.length} bytes`,
    "the file is truncated; fetch it again.",
  );
}

/** The values of a file, inflated first when it is gzip (told by its first bytes, not by its name). */
export const readFile = async (bytes: Uint8Array, name: string): Promise<IdxData> =>
  parse(isGzip(bytes) ? await inflate(bytes, name, parseHeader) : bytes, name);
