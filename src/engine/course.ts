/** @file Many runs of plans in one call: loops around their records, with tables of what changes from run to run. */
import type { Tensor } from "../tensor/tensor.js";
import type { Block } from "../wasm/block.js";
import { core } from "../wasm/core.js";
import { heap } from "../wasm/heap.js";
import { threads } from "../wasm/threads.js";
import { type Plan, reserveArena, runShared } from "./plan.js";
import { getRandomState, randomState, setRandomState, takeDraws } from "./random.js";

// As assembly/plan.ts has them.
const LOOP = 0;
const BARRIER = 1;
const CALL = 3;
const INDIRECT = 2;

/** Runs of one plan on batches one after another. */
export interface Stint {
  readonly plan: Plan;
  /** The first batch. */
  readonly inputs: readonly Tensor[];
  readonly rows: number;
  readonly count: number;
}

/** An array that batches are of: its rows are copied to the batch's place by index, or the batch moves along it where it has none. */
export interface Column {
  readonly source: Tensor;
  /** Of a row. */
  readonly bytes: number;
  readonly staging?: Block;
}

/** What is run: the stints one after another, `turns` times. */
export interface Course {
  readonly stints: readonly Stint[];
  readonly columns: readonly Column[];
  /** Address of the rows' indices, one turn's after another's. */
  readonly order: number;
  readonly turns: number;
  /** Called before a turn's random numbers are drawn. */
  begin?(turn: number): void;
  /** What is 0 at the beginning of a turn, and kept at its end. */
  readonly totals: readonly Block[];
  /** Address of a float64: the runs end with the first after whose gradients it is not finite, before its update. */
  readonly guard?: number | undefined;
}

/** The most runs of a course: the tables stay small. */
export const MOST_RUNS = 1024;

/** An argument that moves with the loops around it, the inner one first. */
class Moving {
  /** In words from the beginning of the program, or where it is in memory. */
  at = 0;
  address = 0;

  constructor(
    readonly value: number,
    readonly strides: readonly number[],
  ) {}
}

const opcodes: Record<string, number> = {};

/** The records of a course. */
class Program {
  readonly words: number[] = [];
  /** Words to which the program's own address is to be added, negative. */
  readonly outside: number[] = [];

  kernel(name: string, count: number, ...args: (number | Moving)[]): void {
    opcodes[name] ??= core.opcode(name);
    this.words.push(opcodes[name], 4 * (5 + args.length), 0, 0, count);
    for (const arg of args) {
      if (typeof arg !== "number") arg.at = this.words.length;
      this.words.push(typeof arg === "number" ? arg : arg.value);
    }
  }

  call(from: number, to: number): void {
    this.words.push(CALL, 20, 0, from, to);
  }

  /** `moving` arguments are in the body, or elsewhere in memory. */
  loop(flags: number, count: number, moving: readonly Moving[], depth: number, body: () => void): void {
    const { words } = this;
    const start = words.length;
    words.push(LOOP, 0, flags, count, moving.length);
    for (const { strides } of moving) words.push(0, strides[depth] as number);
    body();
    words[start + 1] = 4 * (words.length - start);
    for (const [i, { at, address }] of moving.entries()) {
      const word = start + 5 + 2 * i;
      words[word] = (address || 4 * at) - 4 * start;
      if (address !== 0) this.outside.push(word);
    }
  }
}

/** Addresses of the words that hold that of an input. */
const wordsOf = ({ encoded: { inputs, records } }: Plan, input: number): number[] =>
  Array.from((inputs[input] as { words: Int32Array }).words, (word) => records.ptr + 4 * word);

/** Addresses of a thread's records: their beginning, that of the update or the end where there is none, and the end; null where it has none. */
function rangesOf({ encoded: { starts, records }, trace }: Plan, thread: number): [first: number, update: number, end: number] | null {
  const own = starts[thread];
  const { length } = trace.records;
  return own ? ([0, trace.cuts.get("update") ?? length, length].map((at) => records.ptr + (own[at] as number)) as [number, number, number]) : null;
}

/** Memory that grows, for one course after another. */
class Space {
  private ptr = 0;
  private bytes = 0;

  reserve(bytes: number): number {
    if (this.bytes < bytes) {
      if (this.ptr !== 0) heap.free(this.ptr, this.bytes);
      this.ptr = heap.allocate(bytes);
      this.bytes = bytes;
    }
    return this.ptr;
  }
}

const tables = /* @__PURE__ */ new Space();
const programs = /* @__PURE__ */ new Space();

const HIGH_BITS = 0x7ff00000;

/** Where a course reads and writes, in memory that serves the next one, too. */
function roomOf({ stints, turns, totals }: Course) {
  const sum = (count: (stint: Stint) => number): number => stints.reduce((all, stint) => all + count(stint), 0);
  const perTurn = sum(({ count }) => count);
  const runs = turns * perTurn;
  const logBytes = totals.reduce((all, { bytes }) => all + bytes, 0);
  const [host] = (stints[0] as Stint).plan.trace.hosts.keys();
  const hostBytes = host?.place(0).bytes ?? 0;
  const hostAt = tables.reserve(runs * (hostBytes + 8) + turns * logBytes + 20);
  const drawsAt = hostAt + runs * hostBytes;
  const log = drawsAt + runs * 8;
  return { host, hostBytes, hostAt, drawsAt, log, logBytes, flag: log + turns * logBytes, runs, perTurn, rowsOfTurn: sum(({ count, rows }) => count * rows) };
}

/** What a program is made of: the same numbers, the same program. */
const keyOf = ({ stints, columns, order, turns, totals, guard = 0 }: Course, { hostAt }: ReturnType<typeof roomOf>): number[] => [
  ...[hostAt, turns, order, guard],
  ...stints.flatMap(({ plan, rows, count }) => [plan.encoded.id, rows, count]),
  ...columns.flatMap(({ source, bytes, staging }) => [source.block.ptr, source.shape[0] as number, bytes, staging?.ptr ?? 0]),
  ...totals.map(({ ptr }) => ptr),
];

/** The program in memory: for each thread where its records begin and end. */
let known: { readonly key: readonly number[]; readonly base: number; readonly starts: readonly number[][] } | null = null;

function encodeCourse({ stints, columns, order, turns, totals, guard }: Course, room: ReturnType<typeof roomOf>): Omit<NonNullable<typeof known>, "key"> {
  const { hostBytes, hostAt, drawsAt, log, logBytes, flag, perTurn, rowsOfTurn } = room;
  const [done, mask, bits] = [flag + 4, flag + 8, flag + 12];
  const size = Math.max(...stints.map(({ plan }) => plan.encoded.starts.length));
  const program = new Program();
  const barrier = (): void => void (size > 1 && program.words.push(BARRIER, 12, threads.control));
  const starts: number[][] = [];
  for (let thread = 0; thread < size; thread++) {
    const isMain = thread === 0;
    const from = program.words.length;
    let runsBefore = 0;
    let rowsBefore = 0;
    const parts = stints.map((stint) => {
      const { plan, count, rows } = stint;
      const [host] = plan.trace.hosts.keys();
      const table = (at: number, bytes: number): Moving => new Moving(at + runsBefore * bytes, [bytes, perTurn * bytes]);
      const prepared = isMain && host ? table(hostAt, hostBytes) : null;
      const drawn = isMain && plan.trace.draws > 0 ? table(drawsAt, 8) : null;
      const indices = columns.map(({ staging }) => (isMain && staging ? new Moving(order + 4 * rowsBefore, [4 * rows, 4 * rowsOfTurn]) : null));
      runsBefore += count;
      rowsBefore += count * rows;
      return { stint, place: host?.place(0).ptr as number, prepared, drawn, indices };
    });
    const logged = isMain ? totals.map((_, i) => new Moving(log + totals.slice(0, i).reduce((all, { bytes }) => all + bytes, 0), [0, logBytes])) : [];
    const movingOf = ({ prepared, drawn, indices }: (typeof parts)[0]): Moving[] => [prepared, drawn, ...indices].filter((each) => each !== null);

    const step = ({ stint: { plan, rows }, place, prepared, drawn, indices }: (typeof parts)[0]): void => {
      if (prepared) program.kernel("copy", hostBytes, prepared, place);
      if (drawn) program.kernel("copy", 8, drawn, randomState().ptr);
      for (const [i, index] of indices.entries()) {
        const { source, bytes, staging } = columns[i] as Column;
        if (index) program.kernel("gatherRows", rows, bytes, source.shape[0] as number, rows, 1, source.block.ptr, index, (staging as Block).ptr);
      }
      barrier();
      const range = rangesOf(plan, thread);
      if (range) program.call(range[0], range[guard ? 1 : 2]);
      barrier();
      if (!guard) return;
      if (isMain) {
        program.kernel("andI32", 1, guard + 4, mask, bits, 1, 1);
        program.kernel("notEqualI32", 1, bits, mask, flag, 1, 1);
        program.kernel("addI32", 1, done, flag, done, 1, 1);
      }
      barrier();
      program.loop(INDIRECT, flag, [], 0, () => range && program.call(range[1], range[2]));
      barrier();
    };

    program.loop(0, turns, [...parts.flatMap(movingOf), ...logged], 1, () => {
      if (isMain) for (const { bytes, ptr } of totals) program.kernel("fillI32", bytes >> 2, 0, ptr);
      for (const part of parts) {
        const { plan, count, rows } = part.stint;
        const along = columns.flatMap(({ staging, bytes }, i) =>
          isMain && !staging ? wordsOf(plan, i).map((address) => Object.assign(new Moving(0, [rows * bytes]), { address })) : [],
        );
        program.loop(0, count, [...movingOf(part), ...along], 0, () => (guard ? program.loop(INDIRECT, flag, [], 0, () => step(part)) : step(part)));
      }
      for (const [i, moving] of logged.entries()) program.kernel("copy", (totals[i] as Block).bytes, (totals[i] as Block).ptr, moving);
    });
    starts.push([4 * from, 4 * program.words.length]);
  }
  const { words, outside } = program;
  const base = programs.reserve(4 * words.length);
  for (const word of outside) words[word] = (words[word] as number) - base;
  heap.i32.set(words, base >> 2);
  return { base, starts };
}

/** Runs a course. Returns how many runs came to their end, and where the totals of its turns are, so many bytes apart. */
export function runCourse(course: Course): { runs: number; log: number; logBytes: number } {
  const { stints, turns, begin, guard } = course;
  for (const { plan } of stints) plan.follow();
  reserveArena(Math.max(...stints.map(({ plan }) => plan.bytes)));
  for (const { plan, inputs } of stints) plan.point(inputs, []);
  const room = roomOf(course);
  const { host, hostAt, drawsAt, log, logBytes, flag, runs } = room;
  heap.i32.set([1, 0, HIGH_BITS, 0], flag >> 2);
  const random = getRandomState();
  host?.prepare(hostAt, runs);
  let run = 0;
  for (let turn = 0; turn < turns; turn++) {
    begin?.(turn);
    for (const { plan, count } of stints) {
      const { draws } = plan.trace;
      if (draws > 0) for (let i = 0; i < count; i++) takeDraws(draws, drawsAt + (run + i) * 8);
      run += count;
    }
  }

  const key = keyOf(course, room);
  const program = key.length === known?.key.length && key.every((number, i) => number === known?.key[i]) ? known : { key, ...encodeCourse(course, room) };
  // Loops that end in the midst do not put back what they have moved.
  known = null;
  runShared(program.base, program.starts, 0, 1);
  known = program;
  const made = guard ? (heap.i32[(flag + 4) >> 2] as number) : runs;
  if (made < runs) {
    const { draws } = (stints[0] as Stint).plan.trace;
    host?.rewind(runs - made);
    setRandomState({ ...random, draws: (random.draws + (made + 1) * draws) | 0 });
  }
  return { runs: made, log, logBytes };
}
