/**
 * @file Decompresses the embedded module synchronously: raw LZMA as scripts/lzma.mjs writes it (lc 3, lp 0, pb 0, no end marker). A quarter
 * smaller than deflate, which hosts only inflate asynchronously. Only trusted data: errors are not diagnosed.
 */

// Places of the adaptive probabilities. A family of 12 is indexed by the state: what the last symbols were.
const REP = 12;
const REP_0 = 24;
const REP_1 = 36;
const REP_2 = 48;
const REP_LONG = 60;
const SLOT = 72;
const SPECIAL = 328;
const ALIGN = 443;
const LENGTH = 459;
const REP_LENGTH = 733;
const LITERAL = 1007;
const PLACES = 7151;
/** A probability is the mean of two, which follow what came by 1/8 and by 1/32 of the difference. */
const FAST = 3;
const SLOW = 5;

/** `size` bytes from raw LZMA. */
export function unlzma(data: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  const fast = new Uint16Array(PLACES).fill(1024);
  const slow = fast.slice();
  /** The last four distances, less 1. */
  const reps = [0, 0, 0, 0];
  let state = 0;
  let range = -1 >>> 0;
  let code = 0;
  let position = 0;

  const shift = (): void => {
    code = ((code << 8) | (data[position++] as number)) >>> 0;
  };
  const bit = (place: number): number => {
    const a = fast[place] as number;
    const b = slow[place] as number;
    const bound = (range >>> 12) * (a + b);
    const value = code < bound ? 0 : 1;
    if (value === 0) {
      range = bound;
      fast[place] = a + ((2048 - a) >> FAST);
      slow[place] = b + ((2048 - b) >> SLOW);
    } else {
      range -= bound;
      code -= bound;
      fast[place] = a - (a >> FAST);
      slow[place] = b - (b >> SLOW);
    }
    if (range < 2 ** 24) {
      range = (range << 8) >>> 0;
      shift();
    }
    return value;
  };
  /** A number by a tree of probabilities, its highest bit first. */
  const tree = (base: number, bits: number): number => {
    let node = 1;
    for (let i = 0; i < bits; i++) node = 2 * node + bit(base + node);
    return node - (1 << bits);
  };
  const reverseTree = (base: number, bits: number): number => {
    let value = 0;
    for (let i = 0, node = 1; i < bits; i++) {
      const next = bit(base + node);
      node = 2 * node + next;
      value |= next << i;
    }
    return value;
  };
  const lengthOf = (base: number): number => {
    if (bit(base) === 0) return 2 + tree(base + 1, 3);
    return bit(base + 1) === 0 ? 10 + tree(base + 9, 3) : 18 + tree(base + 17, 8);
  };
  const distanceOf = (length: number): number => {
    const slot = tree(SLOT + 64 * Math.min(length - 2, 3), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) << bits;
    if (slot < 14) return base + reverseTree(SPECIAL + base - slot, bits);
    let high = 0;
    for (let i = bits; i > 4; i--) {
      range >>>= 1;
      high *= 2;
      if (code >= range) {
        code -= range;
        high++;
      }
      if (range < 2 ** 24) {
        range = (range << 8) >>> 0;
        shift();
      }
    }
    return base + 16 * high + reverseTree(ALIGN, 4);
  };
  const literal = (before: number, matched: number): number => {
    const base = LITERAL + 768 * (before >> 5);
    let node = 1;
    // The byte at the last distance helps until the two differ.
    for (let i = 7; i >= 0 && matched >= 0 && node < 256; i--) {
      const expected = (matched >> i) & 1;
      const next = bit(base + 256 * (1 + expected) + node);
      node = 2 * node + next;
      if (next !== expected) break;
    }
    while (node < 256) node = 2 * node + bit(base + node);
    return node;
  };

  for (let i = 0; i < 5; i++) shift();
  for (let at = 0; at < size; ) {
    if (bit(state) === 0) {
      out[at] = literal(out[at - 1] ?? 0, state < 7 ? -1 : (out[at - 1 - (reps[0] as number)] as number));
      at++;
      state -= state < 4 ? state : state < 10 ? 3 : 6;
      continue;
    }
    let length = 1;
    const late = state < 7 ? 0 : 3;
    if (bit(REP + state) === 0) {
      length = lengthOf(LENGTH);
      reps.unshift(distanceOf(length));
      reps.pop();
      state = 7 + late;
    } else {
      const which = bit(REP_0 + state) === 0 ? 0 : bit(REP_1 + state) === 0 ? 1 : 2 + bit(REP_2 + state);
      const isLong = which > 0 || bit(REP_LONG + state) === 1;
      reps.unshift(...reps.splice(which, 1));
      if (isLong) length = lengthOf(REP_LENGTH);
      state = isLong ? (late ? 11 : 8) : late ? 11 : 9;
    }
    for (const back = 1 + (reps[0] as number); length > 0; length--, at++) out[at] = out[at - back] as number;
  }
  return out;
}
