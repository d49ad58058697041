/** @file Threads and plans: which records all take part in, and where these must wait for one another. Imported when threads start. */
import { aligned } from "../wasm/heap.js";
import { type Threads, threads } from "../wasm/threads.js";
import { shareOf, startThreads, workOf } from "../wasm/workers.js";
import { Encoder } from "./encode.js";
import type { Sharing } from "./layout.js";
import type { Address, PlanBlock, PlanLoop, PlanRecord, Trace } from "./trace.js";

/** Brings up a team of threads that shares plans, too; see `startThreads`. */
export function shareWork(size: number | undefined, url: string | URL | undefined): Promise<void> {
  threads.share = (trace) => sharingOf(trace as Trace, threads.size, sharedRecords(trace as Trace, threads));
  return startThreads(size, url);
}

/** How so many threads share a plan; null where no record of it is worth it. */
export function sharingOf(trace: Trace, size: number, records: readonly boolean[]): Sharing | null {
  if (!records.includes(true)) return null;
  const scratch = scratchOfEach(trace, records);
  const bytesOf = (info: PlanBlock): number => (scratch.has(info) ? size * aligned(info.bytes) : info.bytes);
  return {
    threads: size,
    records,
    bytesOf,
    barriers: (offsets) => barriersOf(trace, offsets, records, bytesOf),
    encoder: (...args) => new SharedEncoder(size, records, scratch, ...args),
  };
}

const BARRIER = 1;

/** Encodes for each thread the records of its own. */
class SharedEncoder extends Encoder {
  /** The thread whose records are being made. */
  private thread = 0;

  /**
   * @param shared for each record: do all take part?
   * @param scratch blocks that each thread has one of, one after another
   */
  constructor(
    private readonly size: number,
    private readonly shared: readonly boolean[],
    private readonly scratch: ReadonlySet<PlanBlock>,
    ...args: ConstructorParameters<typeof Encoder>
  ) {
    super(...args);
  }

  override encode(): this {
    for (this.thread = 0; this.thread < this.size; this.thread++) super.encode();
    return this;
  }

  /** Whether all threads walk a loop: the whole plan, where none is given. */
  private isShared(loop: number | undefined): boolean {
    if (loop === undefined) return true;
    const { first, last } = this.trace.loops[loop] as PlanLoop;
    return this.shared.slice(first, last + 1).includes(true);
  }

  private barrier(): void {
    this.words.push(BARRIER, 12, threads.control);
  }

  protected override wait(index: number, loop: number | undefined): void {
    if (this.layout.barriers[index] && this.isShared(loop)) this.barrier();
  }

  /** The main thread runs records that are not shared alone. */
  protected override partOf(index: number, count: number): readonly [begin: number, end: number] | null {
    const { thread, size } = this;
    if (this.shared[index]) return [shareOf(count, thread, size), shareOf(count, thread + 1, size)];
    return thread === 0 ? super.partOf(index, count) : null;
  }

  protected override loop(id: number, depth: number): void {
    if (this.thread === 0 || this.isShared(id)) super.loop(id, depth);
  }

  protected override fillDead(index: number): void {
    if (!this.layout.deaths.has(index)) return;
    this.barrier();
    if (this.thread === 0) super.fillDead(index);
    this.barrier();
  }

  protected override address(address: Address): void {
    const { target, offset } = address;
    super.address(this.scratch.has(target) ? { ...address, offset: offset + this.thread * aligned(target.bytes) } : address);
  }
}

/** The records worth splitting; the main thread runs the others alone. */
function sharedRecords(trace: Trace, { size, least }: Threads): boolean[] {
  const works = trace.records.map(({ kinds, count, args }) => {
    if (size === 1 || count < 2) return 0;
    const work = workOf(kinds, count, args, (i) => (args[i] === 0 ? 0 : (args[i] as Address).target.block.bytes));
    return work < least.record ? 0 : work;
  });
  const isWorthIt = works.reduce((a, b) => a + b, 0) >= least.plan;
  return works.map((work) => isWorthIt && work > 0);
}

/** Scratch blocks of shared records: each thread has one of its own. */
function scratchOfEach(trace: Trace, shared: readonly boolean[]): Set<PlanBlock> {
  const found = new Set<PlanBlock>();
  for (const [index, { args, kinds }] of trace.records.entries())
    if (shared[index]) for (const [i, arg] of args.entries()) if (kinds[i] === "s" && typeof arg !== "number") found.add(arg.target);
  return found;
}

/** A range of bytes in one space: the arena, or one outside block; `shared` where threads of all kinds touched it. */
interface Range {
  space: PlanBlock | null;
  start: number;
  end: number;
  shared: boolean;
}

/** An input may be a variable that the plan writes, too. */
const isSame = (a: PlanBlock | null, b: PlanBlock | null): boolean =>
  a === b || (a !== null && b !== null && a.bytes === b.bytes && (a.role === "input") !== (b.role === "input"));

const overlaps = (a: Range, b: Range): boolean => isSame(a.space, b.space) && a.start < b.end && b.start < a.end;

/** Two records of the main thread alone come one after the other anyhow. */
const collides = (a: Range, b: Range): boolean => (a.shared || b.shared) && overlaps(a, b);

/** A record waits for all before it when it touches what another thread may have written, or writes what another may have read, since the last wait. */
function barriersOf(trace: Trace, offsets: Map<PlanBlock, number>, shared: readonly boolean[], bytesOf: (info: PlanBlock) => number): boolean[] {
  let reads: Range[] = [];
  let writes: Range[] = [];
  // All wait around a loop, and at the beginning of each turn where they share records of it: a turn needs the one before.
  const edges = new Set(shared.includes(true) ? trace.loops.flatMap(({ first, last }) => [first, last + 1]) : []);
  return trace.records.map((record, index) => {
    const own = rangesOf(record, shared[index] as boolean, offsets, bytesOf);
    const waits =
      edges.has(index) ||
      own.reads.some((range) => writes.some((other) => collides(range, other))) ||
      own.writes.some((range) => writes.some((other) => collides(range, other)) || reads.some((other) => collides(range, other)));
    if (waits) {
      reads = [];
      writes = [];
    }
    reads.push(...own.reads);
    writes.push(...own.writes);
    return waits;
  });
}

function rangesOf(
  record: PlanRecord,
  shared: boolean,
  offsets: Map<PlanBlock, number>,
  bytesOf: (info: PlanBlock) => number,
): { reads: Range[]; writes: Range[] } {
  const reads: Range[] = [];
  const writes: Range[] = [];
  record.args.forEach((arg, i) => {
    if (typeof arg === "number") return;
    const { target } = arg as Address;
    const offset = offsets.get(target);
    const range = { space: offset === undefined ? target : null, start: offset ?? 0, end: (offset ?? 0) + bytesOf(target), shared };
    const kind = record.kinds[i];
    if (kind !== "p") writes.push(range);
    if (kind !== "w") reads.push(range);
  });
  return { reads, writes };
}
