/** @file Weight values to and from the bytes of weights.bin: end to end, little-endian, perhaps quantised. */
import { describe, error } from "../tensor/errors.js";
import { joined } from "./info.js";
import type { NamedTensor, Quantization, WeightData, WeightSpec } from "./types.js";

/** Values of one weight. */
export interface DecodedWeight {
  name: string;
  shape: number[];
  dtype: "float32" | "int32" | "bool";
  values: Float32Array | Int32Array | Uint8Array;
}

const bytesOf: Record<string, number> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

/** Names, shapes and dtypes of tensors, and their values end to end. */
export function encodeTensors(weights: readonly NamedTensor[]): { specs: WeightSpec[]; data: ArrayBuffer } {
  const specs: WeightSpec[] = [];
  const parts: ArrayBufferView[] = [];
  let length = 0;
  for (const { name, shape, dtype, values } of weights) {
    if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") throw error("save", `weight '${name}' must be float32, int32 or bool`, `dtype ${dtype}`);
    specs.push({ name, shape: [...shape], dtype });
    parts.push(values);
    length += values.byteLength;
  }
  const data = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    data.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return { specs, data: data.buffer };
}

/**
 * Bytes that one weight takes in the file. Checks everything the specification claims, so that it can be trusted afterwards.
 * @param where the file, for error messages
 */
export function storedBytes(spec: WeightSpec, where: string): number {
  if (spec === null || typeof spec !== "object" || typeof spec.name !== "string")
    throw error("loadLayersModel", `${where}: expected each weight to have name, shape and dtype`, describe(spec));
  const { name, shape, dtype, quantization } = spec;
  const fail = (expectation: string, got: string): Error => error("loadLayersModel", `${where}: expected weight '${name}' to have ${expectation}`, got);
  if (!Array.isArray(shape) || shape.some((size) => !Number.isSafeInteger(size) || size < 0))
    throw fail("a shape of whole numbers >= 0", `shape=${describe(shape)}`);
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") throw fail("dtype float32, int32 or bool", `dtype=${describe(dtype)}`);
  if (quantization !== undefined) checkQuantization(quantization, dtype, fail);
  const bytes = shape.reduce((product, size) => product * size, 1) * (bytesOf[quantization?.dtype ?? dtype] as number);
  if (!Number.isSafeInteger(bytes)) throw fail("a shape that a file can hold", `shape=${describe(shape)}`);
  return bytes;
}

function checkQuantization(quantization: Quantization, dtype: string, fail: (expectation: string, got: string) => Error): void {
  const { dtype: stored, scale, min } = quantization ?? {};
  if (stored === "float16") {
    if (dtype !== "float32") throw fail("dtype float32, as it is stored as float16", `dtype=${dtype}`);
    return;
  }
  if (stored !== "uint8" && stored !== "uint16") throw fail("quantization to uint8, uint16 or float16", describe(stored));
  if (dtype === "bool") throw fail("no quantization, as it is bool", stored);
  if (!Number.isFinite(scale) || !Number.isFinite(min)) throw fail("quantization with numbers scale and min", `scale=${describe(scale)}, min=${describe(min)}`);
}

/** The number that 16 bits stand for (IEEE 754 binary16). */
export function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // 2^-24 steps below the smallest normal number; above, 1.fraction times a power of two.
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function decode({ dtype, quantization }: WeightSpec, bytes: ArrayBuffer): DecodedWeight["values"] {
  if (quantization === undefined) return dtype === "float32" ? new Float32Array(bytes) : dtype === "int32" ? new Int32Array(bytes) : new Uint8Array(bytes);
  const { dtype: stored, scale = 1, min = 0 } = quantization;
  const raw = stored === "uint8" ? new Uint8Array(bytes) : new Uint16Array(bytes);
  if (stored === "float16") return Float32Array.from(raw, float16);
  return dtype === "int32" ? Int32Array.from(raw, (value) => Math.round(value * scale + min)) : Float32Array.from(raw, (value) => value * scale + min);
}

/**
 * The weights that `specs` describe, from their bytes.
 * @param where the file or handler, for error messages
 * @throws when the bytes are not exactly as many as the specifications claim; nothing of a claimed size is allocated then
 */
export function decodeTensors(specs: readonly WeightSpec[], weightData: WeightData | undefined, where: string): DecodedWeight[] {
  if (!Array.isArray(specs)) throw error("loadLayersModel", `${where}: expected weightSpecs to be an array`, describe(specs));
  const pieces = [weightData ?? []].flat() as (ArrayBuffer | ArrayBufferView<ArrayBuffer>)[];
  if (pieces.some((piece) => typeof piece?.byteLength !== "number"))
    throw error("loadLayersModel", `${where}: expected weightData to be an ArrayBuffer, or several`, describe(weightData));
  const data = joined(pieces.map((piece) => ("buffer" in piece ? piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.byteLength) : piece)));
  const sizes = specs.map((spec) => storedBytes(spec, where));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== data.byteLength)
    throw error("loadLayersModel", `${where}: expected ${total} bytes of values for ${specs.length} weights`, `${data.byteLength} bytes`);
  let at = 0;
  return specs.map((spec, i) => {
    const bytes = data.slice(at, at + (sizes[i] as number));
    at += sizes[i] as number;
    return { name: spec.name, shape: spec.shape, dtype: spec.dtype as DecodedWeight["dtype"], values: decode(spec, bytes) };
  });
}
