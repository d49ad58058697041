/** @file A plan: encoded records in WebAssembly memory, patched with the addresses of a run's inputs and outputs, and run in one call. */
import { bringInputs, type Tensor } from "../tensor/tensor.js";
import { allocateResident, type Block, release } from "../wasm/block.js";
import { core } from "../wasm/core.js";
import { aligned, heap } from "../wasm/heap.js";
import { type Layout, layOut } from "./layout.js";
import { takeDraws } from "./random.js";
import type { Address, PlanBlock, PlanLoop, Trace } from "./trace.js";

/** Words of a record before its arguments: opcode, bytes, flags, begin, end (assembly/plan.ts). */
const HEADER = 5;
const BARRIER = 1;
/** A loop's count is at an address. */
const INDIRECT = 2;
const NAN_BITS = 0x7fc00000;

/** One arena serves every plan, for none outlives a run. */
const arena = { ptr: 0, bytes: 0, generation: 0 };

function reserveArena(bytes: number): void {
  if (bytes <= arena.bytes) return;
  if (arena.ptr !== 0) heap.free(arena.ptr, arena.bytes);
  arena.bytes = aligned(bytes);
  arena.ptr = heap.allocate(arena.bytes);
  arena.generation++;
}

/** A word of the records that holds an address: `base` of its space plus `offset`. */
interface Patch {
  word: number;
  offset: number;
}

/** Encodes a trace: words, and where they hold addresses. */
class Encoder {
  readonly words: number[] = [];
  readonly arena: Patch[] = [];
  readonly slots = { input: new Map<number, number[]>(), output: new Map<number, number[]>() };
  /** Byte offset of each record, and of the end. */
  readonly starts: number[] = [];
  private readonly floats = new Float32Array(1);
  private readonly bits = new Int32Array(this.floats.buffer);

  constructor(
    private readonly trace: Trace,
    private readonly layout: Layout,
    private readonly poison: boolean,
  ) {
    this.range(0, trace.records.length - 1, 0);
    this.starts[trace.records.length] = this.words.length * 4;
  }

  /** Encodes records [first, last], nesting the loops deeper than `depth`. */
  private range(first: number, last: number, depth: number): void {
    for (let index = first; index <= last; index++) {
      const record = this.trace.records[index];
      const loop = record?.loops[depth];
      if (loop === undefined) this.record(index);
      else {
        this.loop(loop, depth);
        index = this.trace.loops[loop]?.last as number;
      }
    }
  }

  private loop(id: number, depth: number): void {
    const { count, first, last } = this.trace.loops[id] as PlanLoop;
    const start = this.words.length;
    const moving: { index: number; argument: number; stride: number }[] = [];
    for (let index = first; index <= last; index++) {
      this.trace.records[index]?.args.forEach((arg, argument) => {
        const stride = typeof arg === "number" ? undefined : arg.strides.find((s) => s.loop === id)?.bytes;
        if (stride) moving.push({ index, argument, stride });
      });
    }
    this.words.push(0, 0, ...(typeof count === "number" ? [0, count] : [INDIRECT, count.ptr]), moving.length, ...moving.flatMap(({ stride }) => [0, stride]));
    this.range(first, last, depth + 1);
    this.words[start + 1] = (this.words.length - start) * 4;
    moving.forEach(({ index, argument }, i) => {
      const word = (this.starts[index] as number) / 4 + HEADER + argument;
      this.words[start + HEADER + 2 * i] = (word - start) * 4;
    });
  }

  private record(index: number): void {
    const { opcode, kinds, count, args } = this.trace.records[index] as Trace["records"][number];
    this.starts[index] = this.words.length * 4;
    this.words.push(opcode, (HEADER + args.length) * 4, this.layout.barriers[index] ? BARRIER : 0, 0, Math.max(0, count));
    args.forEach((arg, i) => {
      if (typeof arg !== "number") this.address(arg);
      else if (kinds[i] === "f") {
        this.floats[0] = arg;
        this.words.push(this.bits[0] as number);
      } else this.words.push(arg | 0);
    });
    // Inside a loop the next turn uses the same ranges again.
    if (this.poison && (this.trace.records[index]?.loops.length ?? 0) === 0) this.fillDead(index);
  }

  /** Fills with NaN what no record after this one may read. */
  private fillDead(index: number): void {
    for (const { offset, bytes } of this.layout.deaths.get(index) ?? []) {
      this.words.push(core.opcode("fill"), (HEADER + 2) * 4, BARRIER, 0, bytes >> 2, NAN_BITS);
      this.arena.push({ word: this.words.length, offset });
      this.words.push(0);
    }
  }

  private address({ target }: Address): void {
    const word = this.words.length;
    if (target.role === "input" || target.role === "output") {
      const slots = this.slots[target.role];
      slots.set(target.slot, [...(slots.get(target.slot) ?? []), word]);
      this.words.push(0);
    } else if (target.role === "external") this.words.push(target.block.ptr);
    else {
      this.arena.push({ word, offset: this.layout.offsets.get(target) as number });
      this.words.push(0);
    }
  }
}

const isAway = ({ block }: Tensor): boolean => block.ptr === 0 || block.scope.ended;

/** Words that take the address of one input or output, and the address they hold now. */
interface Slot {
  words: Int32Array;
  address: number;
}

function slotsOf(map: Map<number, number[]>, count: number): Slot[] {
  return Array.from({ length: count }, (_, i) => ({ words: Int32Array.from(map.get(i) ?? []), address: 0 }));
}

/** A traced function as records in WebAssembly memory: `run` is one call, `toString` shows them. */
export class Plan {
  readonly layout: Layout;
  private readonly records: Block;
  private readonly starts: readonly number[];
  private readonly arenaWords: Int32Array;
  private readonly arenaOffsets: Int32Array;
  private readonly inputs: Slot[];
  private readonly outputs: Slot[];
  private generation = 0;
  private closed = false;

  constructor(
    readonly trace: Trace,
    inputCount: number,
    outputCount: number,
    poison = false,
  ) {
    this.layout = layOut(trace);
    const encoder = new Encoder(trace, this.layout, poison);
    this.starts = encoder.starts;
    this.records = allocateResident(Math.max(4, encoder.words.length * 4));
    heap.i32.set(encoder.words, this.records.ptr >>> 2);
    this.arenaWords = Int32Array.from(encoder.arena, ({ word }) => word);
    this.arenaOffsets = Int32Array.from(encoder.arena, ({ offset }) => offset);
    this.inputs = slotsOf(encoder.slots.input, inputCount);
    this.outputs = slotsOf(encoder.slots.output, outputCount);
  }

  /** Bytes of the arena this plan needs; the arena is shared by all plans. */
  get bytes(): number {
    return this.layout.bytes;
  }

  /**
   * Runs the records. Inputs and outputs must be in memory.
   * @param part "all", or the records before or after a cut
   */
  run(inputs: readonly Tensor[], outputs: readonly Tensor[], part?: { before?: string; from?: string }): void {
    // Making the outputs' places may have moved inputs, or the first outputs, out of the nursery.
    if (inputs.some(isAway) || outputs.some(isAway)) bringInputs("compile", [...inputs, ...outputs], null);
    reserveArena(this.layout.bytes);
    if (this.generation !== arena.generation) this.moveArena();
    for (let i = 0; i < inputs.length; i++) this.point(this.inputs[i] as Slot, (inputs[i] as Tensor).block.ptr);
    for (let i = 0; i < outputs.length; i++) this.point(this.outputs[i] as Slot, (outputs[i] as Tensor).block.ptr);
    // A run in parts draws once, in the first, and is prepared once, by the last.
    if (this.trace.draws > 0 && part?.from === undefined) takeDraws(this.trace.draws);
    if (part?.before === undefined) for (const [host, steps] of this.trace.hosts) host.prepare(steps);
    const from = part?.from === undefined ? 0 : this.cutAt(part.from);
    const to = part?.before === undefined ? (this.starts[this.trace.records.length] as number) : this.cutAt(part.before);
    const { ptr } = this.records;
    (core.exports.run as (from: number, to: number) => void)(ptr + from, ptr + to);
  }

  private cutAt(name: string): number {
    return this.starts[this.trace.cuts.get(name) as number] as number;
  }

  private point(slot: Slot, address: number): void {
    if (slot.address === address) return;
    slot.address = address;
    const base = this.records.ptr >>> 2;
    const { words } = slot;
    for (let i = 0; i < words.length; i++) heap.i32[base + (words[i] as number)] = address;
  }

  private moveArena(): void {
    const base = this.records.ptr >>> 2;
    for (let i = 0; i < this.arenaWords.length; i++) heap.i32[base + (this.arenaWords[i] as number)] = arena.ptr + (this.arenaOffsets[i] as number);
    this.generation = arena.generation;
  }

  /** Outside blocks that a run changes. */
  written(): Block[] {
    const found = new Set(Array.from(this.trace.hosts.keys(), ({ block }) => block));
    for (const { args, kinds } of this.trace.records) {
      args.forEach((arg, i) => {
        if (typeof arg !== "number" && arg.target.role === "external" && kinds[i] !== "p") found.add(arg.target.block);
      });
    }
    return [...found];
  }

  /** Gives the records' memory back, as does the collector, and lets go of outside blocks. */
  dispose(): void {
    if (this.closed) return;
    this.closed = true;
    release(this.records);
    this.trace.abandon();
  }

  /** The records with their shapes, offsets and bytes. */
  toString(): string {
    const name = (target: PlanBlock): string => {
      const shape = target.shape === null ? `(${target.bytes} B)` : `[${target.shape}]`;
      if (target.role === "input" || target.role === "output") return `${target.role}${target.slot}${shape}`;
      if (target.role === "external") return `@${target.block.ptr}${shape}`;
      return `+${this.layout.offsets.get(target)}${shape}`;
    };
    const lines = this.trace.records.map((record, i) => {
      const args = record.args.map((arg) => (typeof arg === "number" ? String(Number(arg.toPrecision(6))) : name(arg.target)));
      const cut = [...this.trace.cuts].filter(([, at]) => at === i).map(([cutName]) => `---- ${cutName}\n`);
      const indent = "  ".repeat(record.loops.length);
      const opens = record.loops
        .filter((id) => this.trace.loops[id]?.first === i)
        .map((id) => {
          const { count } = this.trace.loops[id] as PlanLoop;
          return `${"  ".repeat(record.loops.indexOf(id))}${typeof count === "number" ? `loop ${count}` : `when @${count.ptr}`}\n`;
        });
      return `${cut.join("")}${opens.join("")}${indent}${String(i).padStart(4)}${this.layout.barriers[i] ? " | " : "   "}${record.op}: ${record.kernel}(${record.count < 0 ? "" : `${record.count}; `}${args.join(", ")})`;
    });
    return [
      `plan: ${this.trace.records.length} records in ${this.records.bytes} bytes, arena ${this.bytes} bytes (at least ${this.layout.lowerBound})`,
      ...lines,
    ].join("\n");
  }
}
