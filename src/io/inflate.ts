/** @file Inflates IDX files that are gzip; read as far as their header promises. */
import { gunzip } from "../platformFiles.js";
import { error } from "../tensor/errors.js";
import type { Header, parseHeader } from "./idxFile.js";

/** Inflates and stops once more has come than the header promises, so that a small file cannot fill the memory. */
export async function inflate(bytes: Uint8Array, name: string, headerOf: typeof parseHeader): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let header: Header | null = null;
  try {
    for await (const part of gunzip(bytes)) {
      parts.push(part);
      length += part.length;
      header ??= headerOf(join(parts, length), name);
      if (header !== null && length > header.totalBytes) break;
    }
  } catch (cause) {
    if (cause instanceof Error && cause.name === "EngramError") throw cause;
    throw error(
      "readIdx",
      `${name}: expected whole gzip data`,
      `${bytes.length} bytes that inflate to ${length} and then fail (${(cause as Error).message})`,
      "the file is truncated or damaged; fetch it again.",
    );
  }
  return join(parts, length);
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
