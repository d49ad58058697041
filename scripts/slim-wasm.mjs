/**
 * @file Leaves out of a compiled module what nothing reads: for each function in the table the compiler makes an object, of 32 bytes, and the
 * list of entries (see generate-kernels.mjs) has their addresses; kernels are called by their places in the table. And it writes the data as
 * few segments instead of hundreds. Together 8 % of the bytes, 4 % of the compressed ones.
 */

const DATA_COUNT = 12;
const DATA = 11;
const I32_CONST = 0x41;
const END = 0x0b;
/** An object's header: five words, the last the length of what follows. */
const HEADER = 20;
/** Segments that are nearer than this become one. */
const NEAR = 64;

/** Reads numbers of the binary format from a place on. */
export class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  unsigned() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const [byte] = this.take(1);
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }
}

export const unsigned = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...unsigned(Math.floor(value / 128))]);
/** An address as a signed number: it needs a leading 0. */
const address = (value) => (value < 64 ? [value] : [(value % 128) + 128, ...address(Math.floor(value / 128))]);

export function sectionsOf(bytes) {
  const reader = new Reader(bytes, 8);
  const sections = [];
  while (reader.at < bytes.length) {
    const [id] = reader.take(1);
    sections.push({ id, body: reader.take(reader.unsigned()) });
  }
  return sections;
}

/** The segments of the data section, in the order of their places. */
function segmentsOf(body) {
  const reader = new Reader(body);
  return Array.from({ length: reader.unsigned() }, () => {
    const [mode, code] = reader.take(2);
    if (mode !== 0 || code !== I32_CONST) throw new Error("data: expected segments with places. Got another kind.");
    const place = reader.unsigned();
    reader.take(1);
    return { place, bytes: reader.take(reader.unsigned()) };
  }).sort((a, b) => a.place - b.place);
}

const wordAt = (bytes, at) => bytes[at] + 256 * bytes[at + 1] + 65536 * bytes[at + 2];

/** The words of an object, which may be followed by some that only align. */
const wordsOf = (bytes) => Array.from({ length: wordAt(bytes, HEADER - 4) >> 2 }, (_, i) => wordAt(bytes, HEADER + 4 * i));

function withoutFunctionObjects(segments) {
  const objects = new Map(segments.map(({ place, bytes }) => [place + HEADER, bytes]));
  const isFunction = (place) => objects.get(place)?.[0] === 28 && objects.get(place)[16] === 8;
  const isList = ({ bytes }) => {
    const length = bytes.length > HEADER ? wordAt(bytes, HEADER - 4) : 0;
    return length > 8 && length <= bytes.length - HEADER && wordsOf(bytes).every(isFunction);
  };
  const lists = segments.filter(isList);
  if (lists.length !== 1) throw new Error(`data: expected the list of entries. Got ${lists.length} such lists.`);
  const functions = new Set(wordsOf(lists[0].bytes));
  // The list's length is read.
  return segments
    .filter(({ place }) => !functions.has(place + HEADER))
    .map((segment) => (segment === lists[0] ? { ...segment, bytes: segment.bytes.subarray(0, HEADER) } : segment));
}

function merged(segments) {
  const all = [];
  for (const { place, bytes } of segments) {
    const last = all.at(-1);
    const gap = last ? place - last.place - last.bytes.length : NEAR;
    if (gap < NEAR) last.bytes.push(...Array(gap).fill(0), ...bytes);
    else all.push({ place, bytes: [...bytes] });
  }
  return all;
}

/** The module with other bodies of some sections, by their ids. */
export const withBodies = (bytes, bodies) =>
  Uint8Array.from([
    ...bytes.subarray(0, 8),
    ...sectionsOf(bytes).flatMap(({ id, body }) => {
      const now = bodies[id] ?? body;
      return [id, ...unsigned(now.length), ...now];
    }),
  ]);

/** The module with less data, of the same effect. */
export function slim(bytes) {
  const segments = merged(withoutFunctionObjects(segmentsOf(sectionsOf(bytes).find(({ id }) => id === DATA).body)));
  const data = segments.flatMap(({ place, bytes }) => [0, I32_CONST, ...address(place), END, ...unsigned(bytes.length), ...bytes]);
  return withBodies(bytes, { [DATA]: [...unsigned(segments.length), ...data], [DATA_COUNT]: unsigned(segments.length) });
}
