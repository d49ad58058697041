/** @file Blocks of tensor memory and where they live: step arena, nursery, resident memory, or a JavaScript copy. */
import { core } from "./core.js";
import { aligned, heap, roomOf } from "./heap.js";

/** Where a block's bytes are. */
export enum Home {
  /** Given back; any use is an error. */
  Freed,
  /** In the arena of a step; dies with the step unless it is returned. */
  Arena,
  /** In the nursery: moved to a JavaScript copy when the nursery needs the place. */
  Nursery,
  /** In WebAssembly memory until it is freed or collected. */
  Resident,
  /** A JavaScript copy, brought back on next use. */
  Host,
  /** Planned, not yet at any address: a value inside `compile`. */
  Traced,
}

/** A step: memory taken inside it is given back at its end. */
export class Scope {
  ended = false;
  constructor(
    readonly parent: Scope | null,
    /** Where the arena stood when the step began. */
    readonly chunk: number,
    readonly top: number,
  ) {}
}

/** A handle to a run of bytes. The address changes when the bytes move; handles stay. */
export class Block {
  ptr = 0;
  home: Home = Home.Freed;
  scope: Scope = forever;
  /** Tensors that share these bytes. */
  references = 1;
  /** The bytes while they are in JavaScript. */
  host: Uint8Array | null = null;
  /** Whether its bytes may change in place, as a variable's do; those of other tensors never do. */
  isState = false;
  /** Whether `placeTogether` has given it its place, which it keeps. */
  isPlaced = false;
  constructor(readonly bytes: number) {}

  get block(): this {
    return this;
  }
}

const forever = /* @__PURE__ */ new Scope(null, 0, 0);

// ---- the arena: chunks that grow once and are reused by every step ----

interface Chunk {
  ptr: number;
  bytes: number;
}

const CHUNK_BYTES = 16 << 20;
const chunks: Chunk[] = [];
let chunkIndex = -1;
let arenaTop = 0;
let arenaEnd = 0;
let current: Scope | null = null;

/** Moves to the next chunk that holds `bytes`, making one when there is none. */
function nextChunk(bytes: number): void {
  let index = chunkIndex;
  do index++;
  while (index < chunks.length && (chunks[index] as Chunk).bytes < bytes);
  if (index === chunks.length) {
    const size = Math.max(CHUNK_BYTES, bytes);
    chunks.push({ ptr: heap.allocate(size), bytes: size });
  }
  chunkIndex = index;
  const chunk = chunks[index] as Chunk;
  arenaTop = chunk.ptr;
  arenaEnd = chunk.ptr + chunk.bytes;
}

function inArena(block: Block, scope: Scope): void {
  const size = roomOf(block.bytes);
  if (arenaTop + size > arenaEnd) nextChunk(size);
  block.ptr = arenaTop;
  arenaTop += size;
  block.home = Home.Arena;
  block.scope = scope;
}

/** Begins a step: until `leave`, new blocks come from the arena. */
export function enter(): Scope {
  current = new Scope(current, chunkIndex, arenaTop);
  return current;
}

/** Ends a step: gives back all its blocks but the kept ones, which move to the enclosing step or to the nursery. */
export function leave(scope: Scope, keep: readonly Block[]): void {
  const moving = [...new Set(keep)].filter((block) => block.home === Home.Arena && !block.scope.ended && isWithin(block.scope, scope));
  const position = (block: Block): number => chunkOf(block.ptr) * 2 ** 33 + block.ptr;
  moving.sort((a, b) => position(a) - position(b));
  current = scope.parent;
  scope.ended = true;
  chunkIndex = scope.chunk;
  arenaTop = scope.top;
  const chunk = chunks[chunkIndex];
  arenaEnd = chunk === undefined ? 0 : chunk.ptr + chunk.bytes;
  for (const block of moving) {
    const from = block.ptr;
    // Blocks move down in address order, so no copy overwrites one that still waits.
    if (current === null) inNursery(block);
    else if (!staysInArena(block, current)) inArena(block, current);
    if (block.ptr !== from) moveDown(block, from);
  }
}

/** Bytes from which WebAssembly copies shared memory twice as fast as JavaScript. */
const LONG_COPY = 1 << 16;

function moveDown({ ptr, bytes }: Block, from: number): void {
  if (bytes < LONG_COPY) heap.u8.copyWithin(ptr, from, from + bytes);
  else core.kernel("copy")(0, bytes, from, ptr);
}

/** Leaves a block where it is if the gap before it, which the enclosing step has until its end, is no larger than the copy would be. */
function staysInArena(block: Block, scope: Scope): boolean {
  const index = chunkOf(block.ptr);
  const chunk = chunks[index] as Chunk;
  const gap = index === chunkIndex ? block.ptr - arenaTop : arenaEnd - arenaTop + block.ptr - chunk.ptr;
  if (index > chunkIndex + 1 || gap > 2 * block.bytes) return false;
  chunkIndex = index;
  arenaTop = block.ptr + roomOf(block.bytes);
  arenaEnd = chunk.ptr + chunk.bytes;
  block.scope = scope;
  return true;
}

const chunkOf = (ptr: number): number => chunks.findIndex((chunk) => ptr >= chunk.ptr && ptr < chunk.ptr + chunk.bytes);

/** True when `inner` is `outer` or was opened inside it. */
function isWithin(inner: Scope, outer: Scope): boolean {
  for (let scope: Scope | null = inner; scope !== null; scope = scope.parent) if (scope === outer) return true;
  return false;
}

// ---- the nursery: a ring for results made outside any step, and a queue of large ones beside it ----

const RING_BYTES = 32 << 20;
/** Larger blocks get memory of their own. */
const RING_LARGEST = RING_BYTES >> 2;
const RING_ENTRIES = 1 << 16;
/** Bytes of large blocks kept in WebAssembly memory before the oldest become JavaScript copies. */
const LARGE_BYTES = 512 << 20;

let ring = 0;
/** Virtual position that only grows; its address is ring + position % RING_BYTES. */
let ringHead = 0;
/** The ring's blocks, oldest first, at [first, last) modulo RING_ENTRIES; `starts` holds their virtual positions. */
const entries: (Block | null)[] = [];
let starts: Float64Array | null = null;
let first = 0;
let last = 0;
const large: Block[] = [];
let largeBytes = 0;
/** Blocks that an op is using right now and that must stay where they are. */
const pinned = /* @__PURE__ */ new Set<Block>();

function inNursery(block: Block): void {
  block.scope = forever;
  const size = roomOf(block.bytes);
  if (size > RING_LARGEST || !fitsRing(block, size)) inLargeQueue(block);
  block.home = Home.Nursery;
}

/** Places the block at the ring's head; false when a pinned block is in the way. */
function fitsRing(block: Block, size: number): boolean {
  if (starts === null) {
    ring = heap.allocate(RING_BYTES);
    starts = new Float64Array(RING_ENTRIES);
  }
  let start = ringHead;
  const offset = start % RING_BYTES;
  if (offset + size > RING_BYTES) start += RING_BYTES - offset;
  while (first !== last && (last - first === RING_ENTRIES || start + size - (starts[first] as number) > RING_BYTES)) {
    const oldest = entries[first] as Block;
    if (oldest.home === Home.Nursery) {
      if (pinned.has(oldest)) return false;
      toHost(oldest);
    }
    entries[first] = null;
    if (++first === RING_ENTRIES) {
      first = 0;
      last -= RING_ENTRIES;
    }
  }
  const slot = last % RING_ENTRIES;
  entries[slot] = block;
  starts[slot] = start;
  last++;
  ringHead = start + size;
  block.ptr = ring + (start % RING_BYTES);
  return true;
}

function inLargeQueue(block: Block): void {
  while (largeBytes + block.bytes > LARGE_BYTES) {
    const oldest = large.find((candidate) => !pinned.has(candidate));
    if (oldest === undefined) break;
    const { ptr } = oldest;
    toHost(oldest);
    dropLarge(oldest, ptr);
  }
  block.ptr = heap.allocate(block.bytes);
  large.push(block);
  largeBytes += block.bytes;
}

function dropLarge(block: Block, ptr: number): void {
  large.splice(large.indexOf(block), 1);
  largeBytes -= block.bytes;
  heap.free(ptr, block.bytes);
}

function toHost(block: Block): void {
  block.host = copied(block.ptr, block.bytes);
  block.home = Home.Host;
  block.ptr = 0;
}

/** Gives the block's place in the nursery back; at once when it is the newest, as in a loop that disposes its results. */
function leaveNursery(block: Block): void {
  if (large.includes(block)) return dropLarge(block, block.ptr);
  const newest = (last + RING_ENTRIES - 1) % RING_ENTRIES;
  if (first === last || entries[newest] !== block) return;
  entries[newest] = null;
  last--;
  ringHead = (starts as Float64Array)[newest] as number;
}

// ---- resident memory ----

const collected = /* @__PURE__ */ new FinalizationRegistry<{ ptr: number; bytes: number }>(({ ptr, bytes }) => heap.free(ptr, bytes));

function inResident(block: Block): void {
  block.ptr = heap.allocate(block.bytes);
  block.home = Home.Resident;
  block.scope = forever;
  collected.register(block, { ptr: block.ptr, bytes: block.bytes }, block);
}

// ---- what the floors above call ----

/** A new block of undefined content: in the arena inside a step, else in the nursery. */
export function allocate(bytes: number): Block {
  const block = new Block(bytes);
  if (current !== null) inArena(block, current);
  else inNursery(block);
  return block;
}

/** A new block that stays until it is released or collected, and may change in place. */
export function allocateResident(bytes: number): Block {
  const block = new Block(bytes);
  block.isState = true;
  inResident(block);
  return block;
}

/** Grows whenever resident blocks move: plans are encoded anew. */
export const placing = { generation: 0 };

/** Larger blocks are not worth the copy. */
const LARGEST_PLACED = 1 << 20;

/** Moves resident blocks to places one after the other, each on a cache line and with 0 behind it. None is moved twice: plans rely on it. */
export function placeTogether(blocks: readonly Block[]): void {
  const moving = blocks.filter(({ home, bytes, isPlaced }) => home === Home.Resident && bytes <= LARGEST_PLACED && !isPlaced);
  if (moving.length < 2) return;
  const total = moving.reduce((sum, block) => sum + roomOf(block.bytes), 0);
  let ptr = heap.allocate(total);
  heap.u8.fill(0, ptr, ptr + total);
  for (const block of moving) {
    const { ptr: from, bytes } = block;
    heap.u8.copyWithin(ptr, from, from + bytes);
    collected.unregister(block);
    heap.free(from, bytes);
    block.ptr = ptr;
    block.isPlaced = true;
    collected.register(block, { ptr, bytes }, block);
    ptr += roomOf(bytes);
  }
  placing.generation++;
}

/** Moves a block's bytes to resident memory, where no step's end and no nursery turn reaches them. */
export function makeResident(block: Block): void {
  if (block.home === Home.Resident) return;
  const queued = large.indexOf(block);
  if (queued >= 0) {
    // A large block has memory of its own already.
    large.splice(queued, 1);
    largeBytes -= block.bytes;
    block.home = Home.Resident;
    collected.register(block, { ptr: block.ptr, bytes: block.bytes }, block);
    return;
  }
  const bytes = copyBytes(block);
  if (block.home === Home.Nursery) leaveNursery(block);
  block.host = null;
  inResident(block);
  heap.u8.set(bytes, block.ptr);
}

/** Brings JavaScript copies back to memory and makes sure that none of `blocks` is moved meanwhile. */
export function bringBack(blocks: readonly Block[]): void {
  for (const block of blocks) pinned.add(block);
  for (const block of blocks) {
    if (block.home !== Home.Host) continue;
    const host = block.host as Uint8Array;
    block.host = null;
    inNursery(block);
    heap.u8.set(host, block.ptr);
  }
  pinned.clear();
}

/** One tensor fewer uses the block; the last one frees it. */
export function release(block: Block): void {
  if (--block.references > 0) return;
  if (block.home === Home.Nursery) leaveNursery(block);
  else if (block.home === Home.Resident) {
    collected.unregister(block);
    heap.free(block.ptr, block.bytes);
  }
  block.home = Home.Freed;
  block.ptr = 0;
  block.host = null;
}

/** Copying a view of shared memory by the constructor is a third faster than by slice, which zeroes first. */
const copied = (ptr: number, bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(heap.u8.subarray(ptr, ptr + bytes));

/** A copy of the block's bytes in ordinary JavaScript memory. */
export function copyBytes(block: Block): Uint8Array<ArrayBuffer> {
  if (block.home === Home.Host) return (block.host as Uint8Array).slice() as Uint8Array<ArrayBuffer>;
  return copied(block.ptr, block.bytes);
}

/** Bytes in use: all, and those of the nursery's large blocks and of resident memory. */
export function memoryUse(): { total: number; nurseryEntries: number; largeBytes: number } {
  return { total: heap.used, nurseryEntries: last - first, largeBytes };
}

// ---- scratch ----

let scratchPtr = 0;
let scratchBytes = 0;
let scratchUsed = 0;
/** Blocks of the running op that did not fit; the next op finds more room. */
let overflow: { ptr: number; bytes: number }[] = [];

/** Working space for the kernels of one op; content undefined. */
export function allocateScratch(bytes: number): Block {
  const block = new Block(bytes);
  const size = aligned(bytes);
  block.home = Home.Resident;
  if (scratchUsed + size <= scratchBytes) block.ptr = scratchPtr + scratchUsed;
  else {
    block.ptr = heap.allocate(size);
    overflow.push({ ptr: block.ptr, bytes: size });
  }
  scratchUsed += size;
  return block;
}

/** Before an op runs: all scratch of earlier ops is free again. */
export function resetScratch(): void {
  if (scratchUsed === 0) return;
  if (overflow.length > 0) {
    for (const { ptr, bytes } of overflow) heap.free(ptr, bytes);
    overflow = [];
    if (scratchPtr !== 0) heap.free(scratchPtr, scratchBytes);
    scratchBytes = scratchUsed;
    scratchPtr = heap.allocate(scratchBytes);
  }
  scratchUsed = 0;
}
