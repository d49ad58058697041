/** @file A plan: encoded records in WebAssembly memory, patched with the addresses of a run's inputs and outputs, and run in one call. */
import { bringInputs, type Tensor } from "../tensor/tensor.js";
import { allocateResident, type Block, placing, release } from "../wasm/block.js";
import { core } from "../wasm/core.js";
import { aligned, heap } from "../wasm/heap.js";
import { threads } from "../wasm/threads.js";
import { Encoder, type Patch } from "./encode.js";
import { type Layout, layOut } from "./layout.js";
import { takeDraws } from "./random.js";
import type { PlanBlock, PlanLoop, Trace } from "./trace.js";

/** One arena serves every plan, for none outlives a run. */
const arena = { ptr: 0, bytes: 0 };

export function reserveArena(bytes: number): void {
  if (bytes <= arena.bytes) return;
  if (arena.ptr !== 0) heap.free(arena.ptr, arena.bytes);
  arena.bytes = aligned(bytes);
  arena.ptr = heap.allocate(arena.bytes);
}

/** Bytes of a tensor from which a plan may gain by threads. */
const WORTH_SHARING = 1 << 16;

function isAnyAway(tensors: readonly Tensor[]): boolean {
  for (const { block } of tensors) if (block.ptr === 0 || block.scope.ended) return true;
  return false;
}

/** Runs records [first, end) of each thread. */
export function runShared(base: number, starts: readonly (readonly number[])[], first: number, end: number): void {
  if (starts.length > 1 && threads.run !== null) threads.run(base, starts, first, end);
  else {
    const own = starts[0] as readonly number[];
    (core.exports.run as (from: number, to: number) => void)(base + (own[first] as number), base + (own[end] as number));
  }
}

/** Words that take the address of one input or output, or of the arena, and the address they hold now. */
interface Slot {
  words: Int32Array;
  /** Bytes from the address on, for each word. */
  offsets: Int32Array;
  address: number;
}

const slotOf = (patches: readonly Patch[] = []): Slot => ({
  words: Int32Array.from(patches, ({ word }) => word),
  offsets: Int32Array.from(patches, ({ offset }) => offset),
  address: 0,
});

const slotsOf = (map: Map<number, Patch[]>, count: number): Slot[] => Array.from({ length: count }, (_, i) => slotOf(map.get(i)));

/** What a plan has in memory, for the threads of the moment. */
interface Encoded {
  readonly layout: Layout;
  readonly records: Block;
  /** For each thread, byte offset of each record, or of its loop, and of the end. */
  readonly starts: readonly (readonly number[])[];
  readonly arena: Slot;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** `generationNow`, when it was made. */
  readonly generation: number;
  /** Another one each time. */
  readonly id: number;
}

let lastId = 0;

/** Another one where threads or places of variables have changed. */
const generationNow = (): number => threads.generation + placing.generation;

function encode(trace: Trace, inputCount: number, outputCount: number, poison: boolean): Encoded {
  const layout = layOut(trace);
  const { words, arena: inArena, slots, starts } = (layout.sharing?.encoder(trace, layout, poison) ?? new Encoder(trace, layout, poison)).encode();
  const records = allocateResident(Math.max(4, words.length * 4));
  heap.i32.set(words, records.ptr >>> 2);
  return {
    layout,
    records,
    starts,
    arena: slotOf(inArena),
    inputs: slotsOf(slots.input, inputCount),
    outputs: slotsOf(slots.output, outputCount),
    generation: generationNow(),
    id: ++lastId,
  };
}

/** A traced function as records in WebAssembly memory: `run` is one call, `toString` shows them. */
export class Plan {
  /** @internal */
  encoded: Encoded;
  private closed = false;

  constructor(
    readonly trace: Trace,
    private readonly inputCount: number,
    private readonly outputCount: number,
    private readonly poison = false,
  ) {
    this.encoded = encode(trace, inputCount, outputCount, poison);
    // One that is large enough to be shared.
    if (threads.wake !== null && [...trace.blocks.values()].some(({ bytes }) => bytes >= WORTH_SHARING)) threads.wake();
  }

  get layout(): Layout {
    return this.encoded.layout;
  }

  /** Bytes of the arena this plan needs; the arena is shared by all plans. */
  get bytes(): number {
    return this.layout.bytes;
  }

  /** Milliseconds that a run takes, as whoever measured it last has found. */
  milliseconds = Number.POSITIVE_INFINITY;

  /**
   * Runs the records. Inputs and outputs must be in memory.
   * @param part "all", or the records before or after a cut
   */
  run(inputs: readonly Tensor[], outputs: readonly Tensor[], part?: { before?: string; from?: string }): void {
    this.follow();
    reserveArena(this.encoded.layout.bytes);
    this.point(inputs, outputs);
    const { trace } = this;
    // A run in parts draws once, in the first, and is prepared once, by the last.
    if (trace.draws > 0 && part?.from === undefined) takeDraws(trace.draws);
    if (part?.before === undefined) for (const [host, steps] of trace.hosts) for (let i = 0; i < steps; i++) host.prepare(host.place(i).ptr);
    const { starts, records } = this.encoded;
    const first = part?.from === undefined ? 0 : (trace.cuts.get(part.from) as number);
    const end = part?.before === undefined ? trace.records.length : (trace.cuts.get(part.before) as number);
    runShared(records.ptr, starts, first, end);
  }

  /** Encodes the records anew for another number of threads, or other places of outside blocks. */
  follow(): void {
    if (this.encoded.generation === generationNow()) return;
    const { records } = this.encoded;
    this.encoded = encode(this.trace, this.inputCount, this.outputCount, this.poison);
    release(records);
  }

  /** Points the records at a run's inputs and outputs, in the arena that is reserved. */
  point(inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    // Making the outputs' places may have moved inputs, or the first outputs, out of the nursery.
    if (isAnyAway(inputs) || isAnyAway(outputs)) bringInputs("compile", [...inputs, ...outputs], null);
    this.pointSlot(this.encoded.arena, arena.ptr);
    inputs.forEach(({ block }, i) => this.pointSlot(this.encoded.inputs[i] as Slot, block.ptr));
    outputs.forEach(({ block }, i) => this.pointSlot(this.encoded.outputs[i] as Slot, block.ptr));
  }

  private pointSlot(slot: Slot, address: number): void {
    if (slot.address === address) return;
    slot.address = address;
    const base = this.encoded.records.ptr >>> 2;
    for (let i = 0; i < slot.words.length; i++) heap.i32[base + (slot.words[i] as number)] = address + (slot.offsets[i] as number);
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
    release(this.encoded.records);
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
      return `${cut.join("")}${opens.join("")}${indent}${String(i).padStart(4)}${this.layout.barriers[i] ? " |" : "  "}${this.layout.sharing?.records[i] ? "= " : " "}${record.op}: ${record.kernel}(${record.count < 0 ? "" : `${record.count}; `}${args.join(", ")})`;
    });
    return [
      `plan: ${this.trace.records.length} records in ${this.encoded.records.bytes} bytes, arena ${this.bytes} bytes (at least ${this.layout.lowerBound})`,
      ...lines,
    ].join("\n");
  }
}
