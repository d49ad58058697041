/**
 * @file Decompresses the embedded module synchronously: what scripts/lzma.mjs writes, in the manner of LZMA. A quarter smaller than deflate, which
 * hosts only inflate asynchronously. Only trusted data: errors are not diagnosed.
 */

// Places of the adaptive probabilities. A family of 16 is indexed by the state: what the last two symbols were. A context is what the last two bytes
// were; it has the places of a literal and then of whether there is a match.
const REP_0 = 16;
const REP_1 = 32;
const REP_2 = 48;
const REP_LONG = 64;
const SLOT = 80;
const LENGTH = 336;
const REP_LENGTH = 592;
const CONTEXTS = 848;
const MATCH = 768;
const PER_CONTEXT = 784;
const PLACES = 25936;
/** A probability is the mean of two, which follow what came by 1/8 and by 1/32 of the difference. */
const FAST = 3;
const SLOW = 5;

/** 1 for opcodes that an operand of a byte or two follows: of locals and globals, i32.const, and what begins those of vectors. */
const hasOperand = (byte: number): number => (byte >> 2 === 8 || byte === 0x41 || byte === 0xfd ? 1 : 0);

/** `size` bytes from what `lzma` gave. */
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
  const grow = (): void => {
    if (range < 2 ** 24) {
      range = (range << 8) >>> 0;
      shift();
    }
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
    grow();
    return value;
  };
  /** A number below `limit` by a tree of probabilities, its highest bit first. */
  const tree = (base: number, limit: number): number => {
    let node = 1;
    while (node < limit) node = 2 * node + bit(base + node);
    return node - limit;
  };
  /** A distance less 1: a slot, which tells the two highest bits, then the others as they are. */
  const distanceOf = (length: number): number => {
    const slot = tree(SLOT + 64 * Math.min(length - 2, 3), 64);
    if (slot < 4) return slot;
    let value = 2 | (slot & 1);
    for (let bits = slot >> 1; bits > 1; bits--) {
      range >>>= 1;
      value *= 2;
      if (code >= range) {
        code -= range;
        value++;
      }
      grow();
    }
    return value;
  };
  const literal = (base: number, matched: number): number => {
    let node = 1;
    // The byte at the last distance helps until the two differ.
    for (let i = 7, alike = matched >= 0; i >= 0; i--) {
      const expected = (matched >> i) & 1;
      const next = bit(base + (alike ? 256 * (1 + expected) : 0) + node);
      alike &&= next === expected;
      node = 2 * node + next;
    }
    return node;
  };

  for (let i = 0; i < 5; i++) shift();
  for (let at = 0; at < size; ) {
    let kind = 0;
    const before = out[at - 1] ?? 0;
    const base = CONTEXTS + PER_CONTEXT * ((before >> 5) + 8 * hasOperand(before) + 16 * hasOperand(out[at - 2] ?? 0));
    if (bit(base + MATCH + state) === 0) {
      out[at] = literal(base, (state & 3) === 0 ? -1 : (out[at - 1 - (reps[0] as number)] as number));
      at++;
    } else {
      let length = 1;
      if (bit(state) === 0) {
        kind = 1;
        length = 2 + tree(LENGTH, 256);
        reps.unshift(distanceOf(length));
        reps.pop();
      } else {
        const which = bit(REP_0 + state) === 0 ? 0 : bit(REP_1 + state) === 0 ? 1 : 2 + bit(REP_2 + state);
        const isLong = which > 0 || bit(REP_LONG + state) === 1;
        kind = isLong ? 2 : 3;
        if (isLong) length = 2 + tree(REP_LENGTH, 256);
        reps.unshift(...reps.splice(which, 1));
      }
      for (const back = 1 + (reps[0] as number); length > 0; length--, at++) out[at] = out[at - back] as number;
    }
    state = (4 * state + kind) & 15;
  }
  return out;
}
