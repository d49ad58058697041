/**
 * @file Puts a module's functions in an order in which like follows like: the compression writes what it has seen shortly before in fewer bits.
 * Nothing else changes but the numbers of functions.
 */
import { Reader, sectionsOf, unsigned, withBodies } from "./slim-wasm.mjs";

const IMPORTS = 2;
const FUNCTIONS = 3;
const EXPORTS = 7;
const START = 8;
const ELEMENTS = 9;
const CODE = 10;

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

const CALL = 0x10;
const END = 0x0b;
/** How many numbers follow an opcode; those that are not here have none, or are treated below. */
const NUMBERS = new Map([
  ...[2, 3, 4, 0x0c, 0x0d, ...range(0x20, 0x24), 0x3f, 0x40, 0x41, 0x42, CALL].map((code) => [code, 1]),
  ...[0x11, ...range(0x28, 0x3e)].map((code) => [code, 2]),
]);
/** The same after 0xfd, and after 0xfc and 0xfe. */
const OF_VECTORS = new Map([...range(0, 11), 92, 93].map((code) => [code, 2]).concat(range(84, 91).map((code) => [code, 3])));
const OF_MEMORY = new Map([
  [10, 2],
  [11, 1],
]);
/** How many bytes follow: of constants of floats and vectors and of shuffles, and lanes. */
const BYTES = new Map([
  [0x43, 4],
  [0x44, 8],
]);
const BYTES_OF_VECTORS = new Map([12, 13].map((code) => [code, 16]).concat(range(21, 34).map((code) => [code, 1])));

/** Reads an instruction past its opcode. */
function skip(reader, opcode) {
  const vector = opcode === 0xfd ? reader.unsigned() : null;
  let numbers = (vector === null ? NUMBERS.get(opcode) : OF_VECTORS.get(vector)) ?? 0;
  if (opcode === 0x0e) numbers = reader.unsigned() + 1;
  if (opcode === 0xfc) numbers = OF_MEMORY.get(reader.unsigned()) ?? 0;
  if (opcode === 0xfe) numbers = reader.unsigned() === 3 ? 1 : 2;
  for (let i = 0; i < numbers; i++) reader.unsigned();
  reader.take((vector === null ? BYTES.get(opcode) : BYTES_OF_VECTORS.get(vector)) ?? 0);
}

/** A function's body with the new numbers of what it calls. */
function renumbered(body, numberOf) {
  const reader = new Reader(body);
  const groups = reader.unsigned();
  for (let i = 0; i < groups; i++) {
    reader.unsigned();
    reader.take(1);
  }
  const parts = [];
  let copied = 0;
  while (reader.at < body.length) {
    const [opcode] = reader.take(1);
    if (opcode !== CALL) {
      skip(reader, opcode);
      continue;
    }
    parts.push(...body.subarray(copied, reader.at), ...unsigned(numberOf(reader.unsigned())));
    copied = reader.at;
  }
  if (reader.at !== body.length) throw new Error("code: expected instructions that end where their function does. Got others.");
  return [...parts, ...body.subarray(copied)];
}

/** What a section lists, each as `read` takes it. */
function listOf(section, read) {
  const reader = new Reader(section);
  return Array.from({ length: reader.unsigned() }, () => read(reader));
}

const listed = (entries) => [...unsigned(entries.length), ...entries.flat()];

/** The groups of four bytes in a function. */
const groupsOf = (body) => new Set(range(0, body.length - 4).map((at) => body[at] + 256 * body[at + 1] + 65536 * body[at + 2] + 2 ** 24 * body[at + 3]));

/** How many of the last functions one should be like, and what the likeness to each counts relative to the one after it. */
const NEAR = 8;
const FADING = 0.8;

/** From each function on to the one that is most like the last few: by the groups that it shares, rare ones above all, for its length. */
function likeAfterLike(bodies) {
  const groups = bodies.map(groupsOf);
  const uses = new Map();
  for (const group of groups.flatMap((each) => [...each])) uses.set(group, (uses.get(group) ?? 0) + 1);
  const shared = (a, b) => [...groups[a]].reduce((sum, group) => sum + (groups[b].has(group) ? 1 / Math.sqrt(uses.get(group) - 1) : 0), 0);
  const order = [0];
  const left = new Set(range(1, bodies.length - 1));
  const likeness = bodies.map(() => []);
  while (left.size > 0) {
    let best = -1;
    let highest = -1;
    for (const next of left) {
      likeness[next].unshift(shared(next, order.at(-1)));
      const sum = likeness[next].slice(0, NEAR).reduce((all, each, i) => all + each * FADING ** i, 0);
      const now = sum / (groups[next].size + 1) ** 0.8;
      if (now <= highest) continue;
      highest = now;
      best = next;
    }
    left.delete(best);
    order.push(best);
  }
  return order;
}

/** A kind of imports and exports. */
const IS_FUNCTION = 0;

/** How many functions a module imports. They come before its own. */
function importedFunctions(section) {
  const kinds = listOf(section, (reader) => {
    for (let names = 0; names < 2; names++) reader.take(reader.unsigned());
    const [kind] = reader.take(1);
    if (kind === 1) reader.take(1);
    const flags = reader.unsigned();
    for (let limits = 0; kind !== IS_FUNCTION && limits < 1 + (flags & 1); limits++) reader.unsigned();
    return kind;
  });
  return kinds.filter((kind) => kind === IS_FUNCTION).length;
}

/** The module with its functions in another order. */
export function inOrder(bytes) {
  const sections = Object.fromEntries(sectionsOf(bytes).map(({ id, body }) => [id, body]));
  if (START in sections) throw new Error("module: expected no function that starts it, whose number would change. Got one.");
  const imported = importedFunctions(sections[IMPORTS]);
  const bodies = listOf(sections[CODE], (reader) => reader.take(reader.unsigned()));
  const types = listOf(sections[FUNCTIONS], (reader) => reader.unsigned());
  const order = likeAfterLike(bodies);
  const places = new Map(order.map((before, now) => [before + imported, now + imported]));
  const numberOf = (before) => places.get(before) ?? before;
  const exported = listOf(sections[EXPORTS], (reader) => {
    const name = reader.take(reader.unsigned());
    const [kind] = reader.take(1);
    const number = reader.unsigned();
    return [...unsigned(name.length), ...name, kind, ...unsigned(kind === IS_FUNCTION ? numberOf(number) : number)];
  });
  // One list, at a place of the table that is a constant.
  const elements = new Reader(sections[ELEMENTS]);
  const [count, mode, constant, ...place] = elements.take(sections[ELEMENTS].indexOf(END) + 1);
  if (count !== 1 || mode !== 0) throw new Error("elements: expected one list of functions. Got others.");
  const table = Array.from({ length: elements.unsigned() }, () => unsigned(numberOf(elements.unsigned())));
  return withBodies(bytes, {
    [FUNCTIONS]: listed(order.map((before) => unsigned(types[before]))),
    [EXPORTS]: listed(exported),
    [ELEMENTS]: [count, mode, constant, ...place, ...listed(table)],
    [CODE]: listed(
      order.map((before) => {
        const body = renumbered(bodies[before], numberOf);
        return [...unsigned(body.length), ...body];
      }),
    ),
  });
}
