/** @file Inflates the embedded module synchronously (RFC 1951): only what build-wasm.mjs writes, so errors are not diagnosed. */

/** A canonical Huffman code: for the next `longest` bits of the data, symbol * 16 + bits used. */
interface Code {
  longest: number;
  table: Uint16Array;
}

function codeOf(lengths: Uint8Array): Code {
  const longest = Math.max(1, ...lengths);
  const table = new Uint16Array(1 << longest);
  let code = 0;
  for (let length = 1; length <= longest; length++, code <<= 1) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      // Codes come with their first bit lowest: reversed.
      let reversed = 0;
      for (let i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
      for (let i = reversed; i < table.length; i += 1 << length) table[i] = symbol * 16 + length;
      code++;
    }
  }
  return { longest, table };
}

/** Order in which a dynamic block lists the lengths of its code-length code (RFC 1951, 3.2.7). */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Extra bits and bases of lengths and distances (RFC 1951, 3.2.5); `every` symbols take one more bit. */
function bases(count: number, every: number, first: number): { extra: number[]; base: number[] } {
  const extra: number[] = [];
  const base: number[] = [];
  let next = first;
  for (let i = 0; i < count; i++) {
    extra[i] = Math.max(0, Math.floor(i / every) - 1);
    base[i] = next;
    next += 1 << (extra[i] as number);
  }
  return { extra, base };
}

/** `size` bytes from raw deflate data in dynamic blocks. */
export function inflate(data: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  const lengths = bases(28, 4, 3);
  lengths.extra[28] = 0;
  lengths.base[28] = 258;
  const distances = bases(30, 2, 1);
  let at = 0;
  let position = 0;
  let held = 0;
  let buffer = 0;

  const fill = (count: number): void => {
    for (; held < count; held += 8) buffer |= (data[position++] as number) << held;
  };
  const bits = (count: number): number => {
    fill(count);
    const value = buffer & ((1 << count) - 1);
    buffer >>>= count;
    held -= count;
    return value;
  };
  const symbol = ({ longest, table }: Code): number => {
    fill(longest);
    const entry = table[buffer & (table.length - 1)] as number;
    buffer >>>= entry & 15;
    held -= entry & 15;
    return entry >> 4;
  };
  const dynamicCodes = (): [Code, Code] => {
    const literals = bits(5) + 257;
    const total = literals + bits(5) + 1;
    const used = bits(4) + 4;
    const small = new Uint8Array(19);
    for (let i = 0; i < used; i++) small[ORDER[i] as number] = bits(3);
    const code = codeOf(small);
    const all = new Uint8Array(total);
    for (let i = 0; i < total; ) {
      const next = symbol(code);
      if (next < 16) all[i++] = next;
      else {
        const value = next === 16 ? (all[i - 1] as number) : 0;
        const repeats = next === 16 ? 3 + bits(2) : next === 17 ? 3 + bits(3) : 11 + bits(7);
        all.fill(value, i, i + repeats);
        i += repeats;
      }
    }
    return [codeOf(all.subarray(0, literals)), codeOf(all.subarray(literals))];
  };

  for (let last = 0; last === 0; ) {
    last = bits(1);
    // The compressor writes one kind of block for data of this size; stored and fixed blocks do not occur.
    if (bits(2) !== 2) throw new Error("inflate: expected a dynamic block");
    const [literal, distance] = dynamicCodes();
    for (let next = symbol(literal); next !== 256; next = symbol(literal)) {
      if (next < 256) out[at++] = next;
      else {
        const length = (lengths.base[next - 257] as number) + bits(lengths.extra[next - 257] as number);
        const code = symbol(distance);
        const back = (distances.base[code] as number) + bits(distances.extra[code] as number);
        for (let i = 0; i < length; i++, at++) out[at] = out[at - back] as number;
      }
    }
  }
  return out;
}
