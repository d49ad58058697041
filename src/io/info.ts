/** @file Sizes of a model's artifacts, as save handlers report them. */
import type { ModelArtifacts, ModelArtifactsInfo, WeightData } from "./types.js";

/** The bytes of weights that are in one piece or in several. */
export function joined(data: WeightData | undefined): ArrayBuffer {
  if (data === undefined || !Array.isArray(data)) return (data as ArrayBuffer) ?? new ArrayBuffer(0);
  if (data.length === 1) return data[0];
  const whole = new Uint8Array(data.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of data) {
    whole.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return whole.buffer;
}

const jsonBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value) ?? "").length;

/** When a model was saved, and the sizes of its parts. */
export const artifactsInfo = ({ modelTopology, weightSpecs, weightData }: ModelArtifacts): ModelArtifactsInfo => ({
  dateSaved: new Date(),
  modelTopologyType: "JSON",
  modelTopologyBytes: jsonBytes(modelTopology),
  weightSpecsBytes: jsonBytes(weightSpecs),
  weightDataBytes: [weightData ?? []].flat().reduce((sum, { byteLength }) => sum + byteLength, 0),
});
