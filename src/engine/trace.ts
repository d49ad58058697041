/** @file The recorder: turns kernel calls on handles into a list of records over blocks that have no address yet. */
import { error } from "../tensor/errors.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";
import { Block, Home, makeResident, release } from "../wasm/block.js";
import type { Argument, Ref } from "../wasm/kernels.js";
import { defineEffect, type Host, type Moving, type Tracer } from "./op.js";

/** What a block of a plan is. */
export type Role = "temporary" | "scratch" | "input" | "output" | "external";

/** A block as the plan sees it. */
export interface PlanBlock {
  readonly block: Block;
  role: Role;
  /** All its bytes: once for each turn of the loops that `saves` lists. */
  bytes: number;
  readonly origin: string;
  shape: readonly number[] | null;
  /** The innermost loop in whose body it was made, and in whose turns it lives: -1 for none. */
  readonly home: number;
  loop: number;
  /** First and last record that needs it; -1 while none does, and until `keepRecords` counts. */
  first: number;
  last: number;
  /** Takes this block's place in memory (an op done in place). */
  inPlaceOf: PlanBlock | null;
  /** Number of the input or output. */
  slot: number;
  /** Named group that must be contiguous. */
  group: string | null;
  /** Axes of loops, innermost first, for each of whose turns its bytes are kept, so far from one another. */
  readonly saves: { loop: number; bytes: number }[];
  /** Of what turns hand on: the axis of their loop, for which one more is kept than there are turns; else -1. */
  readonly carried: number;
}

/** An address: a block, bytes from its beginning, and how far it moves with each turn of enclosing loops. */
export interface Address {
  readonly target: PlanBlock;
  readonly offset: number;
  /** Until a trace with turns is settled, `loop` is an axis. */
  readonly strides: readonly { loop: number; bytes: number }[];
  /** The innermost loop in whose body the handle was made; -1 for none. */
  readonly home: number;
  /** Which value of those that turns hand on, in the order of the axis. */
  readonly slot: number;
}

/** One kernel call. `loops` lists the loops around it, outermost first. */
export interface PlanRecord {
  readonly opcode: number;
  readonly kernel: string;
  readonly op: string;
  readonly kinds: string;
  readonly count: number;
  args: readonly (number | Address)[];
  readonly loops: readonly number[];
  /** Calls that are made strip by strip; `args` and `kinds` are those of all, one after another. */
  readonly body?: readonly PlanRecord[];
  /** The first argument is an ordinal of random draws. */
  readonly draws?: boolean;
}

export interface PlanLoop {
  /** Turns, or the block that holds their number. */
  readonly count: number | Block;
  /** Records [first, last] of the body. */
  first: number;
  last: number;
  /** The loop around it; -1 for none. */
  readonly parent: number;
  /** What its turns are counted along: the same for loops that walk what one of them has saved. */
  readonly axis: number;
  /** From the axis' end to its beginning. */
  readonly reverse: boolean;
  /** Random draws of a turn. */
  draws: number;
}

/** target = source for blocks that cannot be moved to where they are wanted. */
const copyBlock = /* @__PURE__ */ defineEffect("copy", (k, tensors, { bytes }: { bytes: number }) => k.copy(bytes, tensors[0] as Tensor, tensors[1] as Tensor));

export class Trace implements Tracer {
  records: PlanRecord[] = [];
  readonly loops: PlanLoop[] = [];
  readonly blocks = new Map<Block, PlanBlock>();
  /** Records from which a named part begins, such as the update after the gradients. */
  readonly cuts = new Map<string, number>();
  /** Random draws of one run. */
  draws = 0;
  /** What prepares each run, and the steps of it. */
  readonly hosts = new Map<Host, number>();
  readonly views = new Map<Block, Address>();
  /** Of loops whose turns hand values on (turns.ts): finds what a turn has saved; gives addresses once it is known what turns save. */
  follow: ((address: Address) => void) | null = null;
  settle: (() => void) | null = null;
  /** Records that may write their result over their first input. */
  readonly overwriting = new Map<number, Block>();
  openLoops: number[] = [];
  private drawn = false;
  private op = "";
  private opStart = 0;
  private opInPlace: { input: Block; output: Block } | null = null;

  allocate(bytes: number, origin: string): Block {
    return this.newBlock(bytes, origin, "temporary").block;
  }

  scratch(bytes: number): Block {
    return this.newBlock(bytes, this.op, "scratch").block;
  }

  input(slot: number, tensor: Tensor): Tensor {
    const info = this.newBlock(tensor.block.bytes, `input ${slot}`, "input");
    info.slot = slot;
    info.shape = tensor.shape;
    return new Tensor(tensor.shape, tensor.dtype, tensor.size, info.block, info.origin);
  }

  /** Marks a traced result to be given to the caller; copies what is not a temporary of this plan. */
  output(slot: number, tensor: Tensor): void {
    const info = this.blocks.get(tensor.block);
    if (info?.role === "temporary" && info.group === null && info.home < 0) {
      info.role = "output";
      info.slot = slot;
      return;
    }
    this.output(slot, this.copyOf(tensor));
  }

  draw(): number {
    this.drawn = true;
    return this.draws++;
  }

  begin(op: { name: string; inplace: boolean }, inputs: readonly Tensor[], y: Tensor | null): void {
    this.op = op.name;
    this.opStart = this.records.length;
    for (const tensor of y === null ? inputs : [...inputs, y]) {
      const info = this.blocks.get(tensor.block);
      if (info) info.shape ??= tensor.shape;
      else if (tensor.block.home !== Home.Traced) checkAlive(op.name, tensor);
    }
    const first = inputs[0];
    this.opInPlace = op.inplace && y !== null && first !== undefined ? { input: first.block, output: y.block } : null;
  }

  end(): void {
    const candidate = this.opInPlace;
    // In place only where one kernel call does the whole op: a second one could read what the first has overwritten.
    // Within a loop the next turn may need the input again.
    if (candidate === null || this.records.length !== this.opStart + 1) return;
    this.overwriting.set(this.opStart, candidate.input);
    if (this.openLoops.length > 0) return;
    const input = this.blocks.get(candidate.input);
    const output = this.blocks.get(candidate.output);
    if (input?.role === "temporary" && output && input.bytes === output.bytes) output.inPlaceOf = input;
  }

  emit(opcode: number, kernel: string, kinds: string, count: number, args: readonly Argument[]): void {
    const resolved = args.map((arg) => (typeof arg === "number" ? arg : this.resolve(arg.block)));
    this.records.push({ opcode, kernel, op: this.op, kinds, count, args: resolved, loops: [...this.openLoops], draws: this.drawn });
    this.drawn = false;
  }

  cut(name: string, tensors: readonly Tensor[]): Tensor[] {
    const taken = new Set<Block>();
    const placed = tensors.map((tensor) => {
      const info = this.blocks.get(tensor.block);
      const movable = info?.role === "temporary" && info.group === null && !taken.has(tensor.block);
      const result = movable ? tensor : this.copyOf(tensor);
      taken.add(result.block);
      return result;
    });
    for (const { block } of placed) {
      const info = this.blocks.get(block) as PlanBlock;
      info.group = name;
      // A group lies in the order of the map.
      this.blocks.delete(block);
      this.blocks.set(block, info);
    }
    this.cuts.set(name, this.records.length);
    return placed;
  }

  when(flag: Ref, body: () => void): void {
    this.loop(this.resolve(flag.block).target.block, [], body);
  }

  host(host: Host): number {
    const steps = this.hosts.get(host) ?? 0;
    this.hosts.set(host, steps + 1);
    return steps;
  }

  loop(count: number | Block, moving: readonly Moving[], body: (views: readonly Ref[]) => void): void {
    this.turns(count, -1, false, (id) => body(moving.map(({ ref, stride }) => this.slice(ref.block, ref.block.bytes, id, stride))));
  }

  /** Lets go of the outside blocks, when the plan is disposed or tracing has failed. */
  abandon(): void {
    for (const { role, block } of this.blocks.values()) if (role === "external") release(block);
  }

  /** A block without an address. */
  traced(bytes: number): Block {
    const block = new Block(bytes);
    block.home = Home.Traced;
    return block;
  }

  copy(x: Tensor, y: Tensor): void {
    copyBlock([x, y], { bytes: x.block.bytes });
  }

  copyOf(tensor: Tensor): Tensor {
    const copy = new Tensor(tensor.shape, tensor.dtype, tensor.size, this.allocate(tensor.block.bytes, tensor.origin), tensor.origin);
    this.copy(tensor, copy);
    return copy;
  }

  private newBlock(bytes: number, origin: string, role: Role): PlanBlock {
    return this.enter(this.traced(bytes), origin, role);
  }

  enter(block: Block, origin: string, role: Role, carried = -1): PlanBlock {
    const { bytes } = block;
    const home = role === "external" ? -1 : (this.openLoops.at(-1) ?? -1);
    const life = { home, loop: home, first: -1, last: -1 };
    const info: PlanBlock = { block, role, bytes, origin, shape: null, ...life, inPlaceOf: null, slot: -1, group: null, saves: [], carried };
    this.blocks.set(block, info);
    return info;
  }

  /** A handle to what of a block belongs to a turn of a loop. */
  slice(block: Block, bytes: number, id: number, stride: number): Block {
    const base = this.resolve(block);
    const view = this.traced(bytes);
    this.views.set(view, { ...base, strides: [...base.strides, { loop: (this.loops[id] as PlanLoop).axis, bytes: stride }], home: id });
    return view;
  }

  /** Records `body` as that of a loop, along an axis of its own where none is given. */
  turns(count: number | Block, axis: number, reverse: boolean, body: (id: number) => void): void {
    const id = this.loops.length;
    const first = this.records.length;
    const before = this.draws;
    const parent = this.openLoops.at(-1) ?? -1;
    const loop: PlanLoop = { count, first, last: first - 1, parent, axis: axis < 0 ? id : axis, reverse, draws: 0 };
    this.loops.push(loop);
    this.openLoops.push(id);
    body(id);
    this.openLoops.pop();
    loop.last = this.records.length - 1;
    if (typeof count !== "number") return;
    loop.draws = this.draws - before;
    this.draws = before + count * loop.draws;
  }

  /** What a handle stands for, in the loop that is recorded. */
  resolve(block: Block): Address {
    const address = this.addressOf(block);
    this.follow?.(address);
    return address;
  }

  /** What a handle stands for. */
  addressOf(block: Block): Address {
    const view = this.views.get(block);
    if (view) return view;
    let info = this.blocks.get(block);
    if (info === undefined) {
      if (block.home === Home.Traced)
        throw error(
          "compile",
          "a traced value must be used in the call that made it",
          "one from another call of a compiled function",
          "return it from the compiled function instead.",
        );
      info = this.external(block);
    }
    return { target: info, offset: 0, strides: [], slot: 0, home: info.home };
  }

  /** A block that lives outside the plan: a variable, a constant. The plan keeps it alive and at its address. */
  external(block: Block): PlanBlock {
    makeResident(block);
    block.references++;
    return this.enter(block, "external", "external");
  }
}
