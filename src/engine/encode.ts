/** @file Encodes a trace as words that WebAssembly walks (assembly/plan.ts); for several threads: share.ts. */
import { core } from "../wasm/core.js";
import type { Layout } from "./layout.js";
import type { Address, PlanLoop, PlanRecord, Trace } from "./trace.js";

/** Words of a record before its arguments: opcode, bytes, flags, begin, end. */
const HEADER = 5;
const LOOP = 0;
const STRIPS = 2;
/** Flag of a loop whose count is at an address. */
const INDIRECT = 2;
const NAN_BITS = 0x7fc00000;

/** A word of the records that holds an address: `base` of its space plus `offset`. */
export interface Patch {
  word: number;
  offset: number;
}

const floats = /* @__PURE__ */ new Float32Array(1);
const bits = /* @__PURE__ */ new Int32Array(floats.buffer);

/** Encodes the records for one thread. */
export class Encoder {
  readonly words: number[] = [];
  readonly arena: Patch[] = [];
  readonly slots = { input: new Map<number, Patch[]>(), output: new Map<number, Patch[]>() };
  /** For each thread, byte offset of what comes with each record that is not within a loop, or with its loop, and of the end. */
  readonly starts: number[][] = [];
  /** Words at which the records of the thread begin. */
  private places: number[] = [];

  constructor(
    protected readonly trace: Trace,
    protected readonly layout: Layout,
    private readonly poison: boolean,
  ) {}

  /** Encodes all records, for one thread. */
  encode(): this {
    const starts: number[] = [];
    this.starts.push(starts);
    this.range(0, this.trace.records.length - 1, 0);
    starts[this.trace.records.length] = this.words.length * 4;
    return this;
  }

  /** Encodes records [first, last], nesting the loops deeper than `depth`. */
  private range(first: number, last: number, depth: number): void {
    for (let index = first; index <= last; index++) {
      const record = this.trace.records[index] as PlanRecord;
      const loop = record.loops[depth];
      if (depth === 0) (this.starts.at(-1) as number[])[index] = this.words.length * 4;
      if (loop === undefined) this.record(index);
      else {
        this.wait(index, record.loops[depth - 1]);
        this.loop(loop, depth);
        const { last: end } = this.trace.loops[loop] as PlanLoop;
        // Inside a loop the next turn uses the same ranges again.
        if (this.poison && depth === 0) for (let at = index; at <= end; at++) this.fillDead(at);
        index = end;
      }
    }
  }

  /** Encodes that threads wait for one another before a record, or a loop, which is within another loop or in none; share.ts. */
  protected wait(_index: number, _loop: number | undefined): void {}

  /** What the thread does of a record; null where it has no part in it. */
  protected partOf(_index: number, count: number): readonly [begin: number, end: number] | null {
    return [0, Math.max(0, count)];
  }

  protected loop(id: number, depth: number): void {
    const { count, first, last, draws } = this.trace.loops[id] as PlanLoop;
    const start = this.words.length;
    const moving: { index: number; argument: number; stride: number }[] = [];
    for (let index = first; index <= last; index++) {
      const record = this.trace.records[index] as PlanRecord;
      if (!this.partOf(index, record.count)) continue;
      record.args.forEach((arg, argument) => {
        // Ordinals of random draws move as addresses do.
        const ordinals = record.draws && argument === 0 ? draws : 0;
        const stride = typeof arg === "number" ? ordinals : arg.strides.find((s) => s.loop === id)?.bytes;
        if (stride) moving.push({ index, argument, stride });
      });
    }
    this.words.push(
      LOOP,
      0,
      ...(typeof count === "number" ? [0, count] : [INDIRECT, count.ptr]),
      moving.length,
      ...moving.flatMap(({ stride }) => [0, stride]),
    );
    this.range(first, last, depth + 1);
    this.words[start + 1] = (this.words.length - start) * 4;
    moving.forEach(({ index, argument }, i) => {
      const word = (this.places[index] as number) + HEADER + argument;
      this.words[start + HEADER + 2 * i] = (word - start) * 4;
    });
  }

  private record(index: number): void {
    const record = this.trace.records[index] as PlanRecord;
    const { count, loops, body } = record;
    this.wait(index, loops.at(-1));
    this.places[index] = this.words.length;
    const part = this.partOf(index, count);
    if (part && body) this.strips(body, ...part);
    else if (part) this.call(record, ...part);
    if (this.poison && loops.length === 0) this.fillDead(index);
  }

  private call({ opcode, kinds, args }: PlanRecord, begin: number, end: number): void {
    this.words.push(opcode, (HEADER + args.length) * 4, 0, begin, end);
    args.forEach((arg, i) => {
      if (typeof arg !== "number") this.address(arg);
      else if (kinds[i] === "f") {
        floats[0] = arg;
        this.words.push(bits[0] as number);
      } else this.words.push(arg | 0);
    });
  }

  private strips(body: readonly PlanRecord[], begin: number, end: number): void {
    const start = this.words.length;
    const patches = body.reduce((sum, { kinds }) => sum + kinds.split("s").length - 1, 0);
    this.words.push(STRIPS, 0, begin, end, patches, ...new Array(2 * patches).fill(-4));
    let patch = start + HEADER;
    for (const call of body) {
      const first = this.words.length + HEADER - start;
      this.call(call, 0, 0);
      [...call.kinds].forEach((kind, i) => {
        if (kind !== "s") return;
        this.words[patch] = (first + i) * 4;
        patch += 2;
      });
    }
    this.words[start + 1] = (this.words.length - start) * 4;
  }

  /** Fills with NaN what no record after this one may read. */
  protected fillDead(index: number): void {
    for (const { offset, bytes } of this.layout.deaths.get(index) ?? []) {
      this.words.push(core.opcode("fill"), (HEADER + 2) * 4, 0, 0, bytes >> 2, NAN_BITS);
      this.arena.push({ word: this.words.length, offset });
      this.words.push(0);
    }
  }

  protected address({ target, offset }: Address): void {
    const word = this.words.length;
    this.words.push(0);
    if (target.role === "input" || target.role === "output") {
      const slots = this.slots[target.role];
      slots.set(target.slot, [...(slots.get(target.slot) ?? []), { word, offset }]);
    } else if (target.role === "external") this.words[word] = target.block.ptr + offset;
    else this.arena.push({ word, offset: (this.layout.offsets.get(target) as number) + offset });
  }
}
