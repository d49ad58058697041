/**
 * @file Compresses in the manner of LZMA (https://www.7-zip.org/sdk.html), which src/wasm/unlzma.ts decompresses: a quarter smaller than deflate for
 * WebAssembly. Where LZMA's details gain a program of a hundred kilobytes nothing it is simpler: lengths are one tree of probabilities, the low
 * bits of distances have none, and the state is what the last two symbols were. What comes next depends on the two bytes before as it does in
 * WebAssembly.
 */

/** What a symbol is. The state is 4 times that of the last but one plus that of the last. */
const LITERAL_KIND = 0;
const MATCH_KIND = 1;
const REP_KIND = 2;
const SHORT_KIND = 3;

/** Places of the adaptive probabilities. A family with a dimension of 16 is indexed by the state. */
const REP = 0;
const REP_0 = 16;
const REP_1 = 32;
const REP_2 = 48;
const REP_LONG = 64;
const SLOT = 80;
const LENGTH = SLOT + 4 * 64;
const REP_LENGTH = LENGTH + 256;
/** Of each context, a literal's and then whether there is a match. */
const CONTEXTS = REP_LENGTH + 256;
const MATCH = 768;
const PLACES = CONTEXTS + 32 * (MATCH + 16);
/** A probability is the mean of two, which follow what came by 1/8 and by 1/32 of the difference: one is soon near, one stays. LZMA has the second alone. */
const RATES = [3, 5];

const LONGEST = 257;
/** Earlier places with the same three bytes that are looked at. */
const CHAIN = 4000;
/** Parses, each with the prices of the symbols that the one before chose. */
const PASSES = 8;

const after = (state, kind) => (4 * state + kind) & 15;

/** Writes the bits of a number with a tree of probabilities, highest first, and calls `bit(place, value)` with each. */
function tree(bit, base, bits, value) {
  for (let i = bits - 1, node = 1; i >= 0; i--) {
    const b = (value >> i) & 1;
    bit(base + node, b);
    node = 2 * node + b;
  }
}

/** Opcodes that an operand of a byte or two follows: of locals and globals, i32.const, and what begins those of vectors. */
const hasOperand = (byte) => byte >> 2 === 8 || byte === 0x41 || byte === 0xfd;

/** Where the places of a context begin: what the two bytes before are. */
const contextOf = (data, at) => {
  const [before = 0, second = 0] = [data[at - 1], data[at - 2]];
  return CONTEXTS + (MATCH + 16) * ((before >> 5) + 8 * hasOperand(before) + 16 * hasOperand(second));
};

const length = (bit, base, value) => tree(bit, base, 8, value);

/** `raw(value, bits)` takes bits that have no probabilities. */
function distance(bit, raw, lengthState, value) {
  const high = 31 - Math.clz32(value);
  const slot = value < 4 ? value : 2 * high + ((value >> (high - 1)) & 1);
  tree(bit, SLOT + 64 * lengthState, 6, slot);
  if (slot < 4) return;
  // The slot tells the highest bit and the one below.
  raw(value & ((1 << (high - 1)) - 1), high - 1);
}

function literal(bit, data, at, state, rep) {
  const base = contextOf(data, at);
  const byte = data[at];
  let node = 1;
  let matched = (state & 3) !== LITERAL_KIND ? data[at - rep - 1] : -1;
  for (let i = 7; i >= 0; i--) {
    const b = (byte >> i) & 1;
    const expected = (matched >> i) & 1;
    bit(matched < 0 ? base + node : base + 256 * (1 + expected) + node, b);
    if (expected !== b) matched = -1;
    node = 2 * node + b;
  }
}

/** The range coder, with the probabilities. */
function rangeCoder() {
  const odds = RATES.map(() => new Uint16Array(PLACES).fill(1024));
  const bytes = [];
  let low = 0;
  let range = 2 ** 32 - 1;
  let held = 0;
  let waiting = 1;
  const shift = () => {
    if (low < 0xff000000 || low >= 2 ** 32) {
      const carry = low >= 2 ** 32 ? 1 : 0;
      for (; waiting > 0; waiting--, held = 255) bytes.push((held + carry) & 255);
      held = (low >>> 24) & 255;
    }
    waiting++;
    low = (low & 0xffffff) * 256;
  };
  const grow = () => {
    for (; range < 2 ** 24; range *= 256) shift();
  };
  return {
    bit(place, value) {
      const bound = (range >>> 12) * (odds[0][place] + odds[1][place]);
      if (value === 0) range = bound;
      else {
        low += bound;
        range -= bound;
      }
      for (const [i, each] of odds.entries()) each[place] += value === 0 ? (2048 - each[place]) >> RATES[i] : -(each[place] >> RATES[i]);
      grow();
    },
    raw(value, bits) {
      for (let i = bits - 1; i >= 0; i--) {
        range >>>= 1;
        if ((value >> i) & 1) low += range;
        grow();
      }
    },
    finish() {
      for (let i = 0; i < 5; i++) shift();
      return Uint8Array.from(bytes);
    },
  };
}

/** For every place, the lengths of matches that begin there and the nearest distance less 1 of each: [length, distance, ...]. */
function findMatches(data) {
  const latest = new Map();
  const before = new Int32Array(data.length).fill(-1);
  const latestPair = new Map();
  return Array.from(data, (byte, at) => {
    const limit = Math.min(LONGEST, data.length - at);
    const found = [];
    if (limit < 2) return found;
    const pair = byte * 256 + data[at + 1];
    const near = latestPair.get(pair);
    if (near !== undefined) found.push(2, at - near - 1);
    latestPair.set(pair, at);
    if (limit < 3) return found;
    const triple = pair * 256 + data[at + 2];
    before[at] = latest.get(triple) ?? -1;
    latest.set(triple, at);
    let best = 2;
    for (let p = before[at], left = CHAIN; p >= 0 && left > 0 && best < limit; p = before[p], left--) {
      if (data[p + best] !== data[at + best]) continue;
      const size = matchLength(data, p, at, limit);
      if (size <= best) continue;
      best = size;
      found.push(size, at - p - 1);
    }
    return found;
  });
}

function matchLength(data, p, at, limit) {
  let size = 0;
  while (size < limit && data[p + size] === data[at + size]) size++;
  return size;
}

/** How a step of a parse is coded: a repetition of the last, second, third or fourth last distance is 0 to 3, a distance less 1 is that + 4. */
const LITERAL_STEP = -1;
const SHORT_STEP = -2;

/** The bits that tell a repeated distance apart. */
function repeated(bit, state, which, isShort) {
  bit(REP + state, 1);
  bit(REP_0 + state, Number(which > 0));
  if (which === 0) return bit(REP_LONG + state, Number(!isShort));
  bit(REP_1 + state, Number(which > 1));
  if (which > 1) bit(REP_2 + state, which - 2);
}

/** The state and the last distances after a step. */
function advance({ state, reps }, kind) {
  if (kind === LITERAL_STEP) return { state: after(state, LITERAL_KIND), reps };
  if (kind === SHORT_STEP) return { state: after(state, SHORT_KIND), reps };
  if (kind >= 4) return { state: after(state, MATCH_KIND), reps: [kind - 4, ...reps.slice(0, 3)] };
  return { state: after(state, REP_KIND), reps: [reps[kind], ...reps.filter((_, i) => i !== kind)] };
}

const START = { state: 0, reps: [0, 0, 0, 0] };

/** Hands the bits of a parse to `bit` and `raw`. */
function emit(data, steps, bit, raw) {
  let at = 0;
  let now = START;
  for (const { kind, size } of steps) {
    const { state } = now;
    bit(contextOf(data, at) + MATCH + state, Number(kind !== LITERAL_STEP));
    if (kind === LITERAL_STEP) {
      literal(bit, data, at, state, now.reps[0]);
    } else if (kind >= 4) {
      bit(REP + state, 0);
      length(bit, LENGTH, size - 2);
      distance(bit, raw, Math.min(size - 2, 3), kind - 4);
    } else {
      repeated(bit, state, Math.max(kind, 0), kind === SHORT_STEP);
      if (kind !== SHORT_STEP) length(bit, REP_LENGTH, size - 2);
    }
    now = advance(now, kind);
    at += size;
  }
}

/** Bits that each value of each place's bit costs, from how often a parse has it: [of 0, of 1, ...]. */
function pricesOf(data, steps) {
  const counts = new Float64Array(2 * PLACES).fill(1);
  const bit = (place, value) => {
    counts[2 * place + value]++;
  };
  emit(data, steps, bit, () => {});
  return counts.map((count, i) => Math.log2((count + counts[i ^ 1]) / count));
}

/** The cheapest steps by these prices; the state at a place is that of the cheapest way to it. */
function parse(data, matches, prices) {
  let sum = 0;
  const bit = (place, value) => {
    sum += prices[2 * place + value];
  };
  const raw = (_, bits) => {
    sum += bits;
  };
  const priceOf = (write) => {
    sum = 0;
    write();
    return sum;
  };
  const lengths = [LENGTH, REP_LENGTH].map((base) =>
    Float64Array.from({ length: LONGEST + 1 }, (_, size) => (size < 2 ? 0 : priceOf(() => length(bit, base, size - 2)))),
  );
  const cost = new Float64Array(data.length + 1).fill(Number.POSITIVE_INFINITY);
  const kinds = new Int32Array(data.length + 1);
  const sizes = new Int32Array(data.length + 1);
  const nodes = [];
  cost[0] = 0;
  for (let at = 0; at < data.length; at++) {
    const node = at === 0 ? START : advance(nodes[at - sizes[at]], kinds[at]);
    nodes.push(node);
    const { state, reps } = node;
    const relax = (size, kind, price) => {
      if (cost[at] + price >= cost[at + size]) return;
      cost[at + size] = cost[at] + price;
      kinds[at + size] = kind;
      sizes[at + size] = size;
    };
    const place = 2 * (contextOf(data, at) + MATCH + state);
    const [forLiteral, forMatch] = [prices[place], prices[place + 1]];
    relax(1, LITERAL_STEP, forLiteral + priceOf(() => literal(bit, data, at, state, reps[0])));
    for (const [which, rep] of reps.entries()) {
      if (rep >= at) continue;
      const longest = matchLength(data, at - rep - 1, at, Math.min(LONGEST, data.length - at));
      if (which === 0 && longest > 0) relax(1, SHORT_STEP, forMatch + priceOf(() => repeated(bit, state, 0, true)));
      const head = longest < 2 ? 0 : forMatch + priceOf(() => repeated(bit, state, which, false));
      for (let size = 2; size <= longest; size++) relax(size, which, head + lengths[1][size]);
    }
    const head = forMatch + prices[2 * (REP + state)];
    const found = matches[at];
    for (let i = 0, size = 2; i < found.length; i += 2) {
      const far = [0, 1, 2, 3].map((lengthState) => head + priceOf(() => distance(bit, raw, lengthState, found[i + 1])));
      for (; size <= found[i]; size++) relax(size, found[i + 1] + 4, far[Math.min(size - 2, 3)] + lengths[0][size]);
    }
  }
  const steps = [];
  for (let at = data.length; at > 0; at -= sizes[at]) steps.push({ kind: kinds[at], size: sizes[at] });
  return steps.reverse();
}

/** The bytes, compressed. */
export function lzma(data) {
  const matches = findMatches(data);
  let steps = [];
  for (let pass = 0; pass < PASSES; pass++) steps = parse(data, matches, pricesOf(data, steps));
  const coder = rangeCoder();
  emit(data, steps, coder.bit, coder.raw);
  return coder.finish();
}
