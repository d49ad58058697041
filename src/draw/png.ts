/** @file Grey images as PNG files, uncompressed: small pictures inside SVG. */

const table = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** Checksum of PNG's chunks (ISO 3309, as in the PNG specification, annex D). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Checksum of zlib's data (RFC 1950). */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

const bigEndian = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function chunk(type: string, data: readonly number[] | Uint8Array): number[] {
  const body = [...type].map((character) => character.charCodeAt(0)).concat([...data]);
  return [...bigEndian(data.length), ...body, ...bigEndian(crc32(Uint8Array.from(body)))];
}

/** zlib data of stored blocks: no compression, up to 65535 bytes each (RFC 1951, section 3.2.4). */
function stored(bytes: Uint8Array): number[] {
  const out = [0x78, 0x01];
  for (let at = 0; at === 0 || at < bytes.length; at += 65535) {
    const part = bytes.subarray(at, at + 65535);
    const isLast = at + 65535 >= bytes.length ? 1 : 0;
    out.push(isLast, part.length & 255, part.length >> 8, ~part.length & 255, (~part.length >> 8) & 255);
    for (const byte of part) out.push(byte);
  }
  return out.concat(bigEndian(adler32(bytes)));
}

/**
 * A PNG file of 8-bit grey.
 * @param values brightness from 0 (black) to 1 (white), row by row
 */
export function greyPng(values: ArrayLike<number>, width: number, height: number): Uint8Array {
  // Each row starts with a byte that names its filter: none.
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = Math.round(Math.min(1, Math.max(0, values[y * width + x] as number)) * 255);
  }
  const header = [...bigEndian(width), ...bigEndian(height), 8, 0, 0, 0, 0];
  return Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...chunk("IHDR", header), ...chunk("IDAT", stored(rows)), ...chunk("IEND", [])]);
}

/** Bytes as text that a data URL can hold. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
