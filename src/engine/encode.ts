/** @file Encodes a trace as words that WebAssembly walks: for each thread the records of its own (assembly/plan.ts). */
import { core } from "../wasm/core.js";
import { aligned } from "../wasm/heap.js";
import { threads } from "../wasm/threads.js";
import type { Layout, Sharing } from "./layout.js";
import type { Address, PlanLoop, PlanRecord, Trace } from "./trace.js";

/** Words of a record before its arguments: opcode, bytes, flags, begin, end. */
const HEADER = 5;
const LOOP = 0;
const BARRIER = 1;
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

export class Encoder {
  readonly words: number[] = [];
  readonly arena: Patch[] = [];
  readonly slots = { input: new Map<number, Patch[]>(), output: new Map<number, Patch[]>() };
  /** For each thread, byte offset of what comes with each record that is not within a loop, or with its loop, and of the end. */
  readonly starts: number[][] = [];
  /** Words at which the records of the thread begin. */
  private places: number[] = [];
  /** The thread whose records are being made. */
  private thread = 0;

  constructor(
    private readonly trace: Trace,
    private readonly layout: Layout,
    private readonly poison: boolean,
  ) {
    for (this.thread = 0; this.thread < (layout.sharing?.threads ?? 1); this.thread++) {
      const starts: number[] = [];
      this.starts.push(starts);
      this.range(0, trace.records.length - 1, 0);
      starts[trace.records.length] = this.words.length * 4;
    }
  }

  /** Encodes records [first, last], nesting the loops deeper than `depth`. */
  private range(first: number, last: number, depth: number): void {
    for (let index = first; index <= last; index++) {
      const record = this.trace.records[index] as PlanRecord;
      const loop = record.loops[depth];
      if (depth === 0) (this.starts[this.thread] as number[])[index] = this.words.length * 4;
      if (loop === undefined) this.record(index);
      else {
        if (this.layout.barriers[index] && this.isShared(record.loops[depth - 1])) this.barrier();
        this.loop(loop, depth);
        const { last: end } = this.trace.loops[loop] as PlanLoop;
        // Inside a loop the next turn uses the same ranges again.
        if (this.poison && depth === 0) for (let at = index; at <= end; at++) this.fillDead(at);
        index = end;
      }
    }
  }

  /** Whether all threads walk a loop: the whole plan, where none is given. */
  private isShared(loop: number | undefined): boolean {
    if (loop === undefined) return true;
    const { first, last } = this.trace.loops[loop] as PlanLoop;
    return this.layout.sharing?.records.slice(first, last + 1).includes(true) ?? false;
  }

  /** How a record is shared; null where the main thread runs it alone. */
  private sharingOf(index: number): Sharing | null {
    return this.layout.sharing?.records[index] ? this.layout.sharing : null;
  }

  /** True for records that the thread has a part in. */
  private takesPart(index: number): boolean {
    return this.thread === 0 || this.sharingOf(index) !== null;
  }

  private loop(id: number, depth: number): void {
    const { count, first, last, draws } = this.trace.loops[id] as PlanLoop;
    if (this.thread > 0 && !this.isShared(id)) return;
    const start = this.words.length;
    const moving: { index: number; argument: number; stride: number }[] = [];
    for (let index = first; index <= last; index++) {
      if (!this.takesPart(index)) continue;
      const record = this.trace.records[index] as PlanRecord;
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
    if (this.layout.barriers[index] && this.isShared(loops.at(-1))) this.barrier();
    this.places[index] = this.words.length;
    if (this.takesPart(index)) {
      const sharing = this.sharingOf(index);
      const [begin, end] = sharing ? [sharing.begin(count, this.thread), sharing.begin(count, this.thread + 1)] : [0, Math.max(0, count)];
      if (body) this.strips(body, begin, end);
      else this.call(record, begin, end);
    }
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

  private barrier(): void {
    if (this.layout.sharing) this.words.push(BARRIER, 12, threads.control);
  }

  /** Fills with NaN what no record after this one may read. */
  private fillDead(index: number): void {
    const deaths = this.layout.deaths.get(index) ?? [];
    if (deaths.length === 0) return;
    this.barrier();
    for (const { offset, bytes } of this.thread === 0 ? deaths : []) {
      this.words.push(core.opcode("fill"), (HEADER + 2) * 4, 0, 0, bytes >> 2, NAN_BITS);
      this.arena.push({ word: this.words.length, offset });
      this.words.push(0);
    }
    this.barrier();
  }

  private address({ target, offset }: Address): void {
    const word = this.words.length;
    this.words.push(0);
    if (target.role === "input" || target.role === "output") {
      const slots = this.slots[target.role];
      slots.set(target.slot, [...(slots.get(target.slot) ?? []), { word, offset }]);
    } else if (target.role === "external") this.words[word] = target.block.ptr + offset;
    else {
      const ownScratch = this.layout.sharing?.scratch.has(target) ? this.thread * aligned(target.bytes) : 0;
      this.arena.push({ word, offset: (this.layout.offsets.get(target) as number) + ownScratch + offset });
    }
  }
}
