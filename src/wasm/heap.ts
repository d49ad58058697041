/** @file The one WebAssembly.Memory: its views, its growth and a first-fit allocator. The only file that makes views. */

const PAGE = 65536;
const MAXIMUM_PAGES = 65536;
/** Bytes below this belong to the control block and to the kernel families' constants (assembly/families.mjs). */
const FIRST_FREE = 16 * PAGE;
/** Growth in big steps: one costs up to 190 us in WebKit. */
const GROWTH_PAGES = 256;
/** Every block starts on a cache line. */
export const ALIGNMENT = 64;

export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** What a block takes: one of no bytes takes room too, so that its address is not another's. */
export const roomOf = (bytes: number): number => aligned(Math.max(1, bytes));

interface Gap {
  ptr: number;
  bytes: number;
}

export class Heap {
  memory!: WebAssembly.Memory;
  u8!: Uint8Array;
  i32!: Int32Array;
  f32!: Float32Array;
  f64!: Float64Array;
  /** Bytes handed out and not yet freed. */
  used = 0;
  /** Free ranges in address order, never adjacent. */
  private gaps: Gap[] = [];

  /** Creates the memory; called once, when the first kernel family is loaded or the first block is asked for. */
  open(): void {
    if (this.memory) return;
    this.memory = reserve();
    this.gaps = [{ ptr: FIRST_FREE, bytes: this.memory.buffer.byteLength - FIRST_FREE }];
    this.refresh();
  }

  /** Address of `bytes` free bytes, aligned to a cache line; the content is undefined. */
  allocate(bytes: number): number {
    this.open();
    const size = roomOf(bytes);
    let index = this.gaps.findIndex((gap) => gap.bytes >= size);
    if (index < 0) {
      this.grow(size);
      index = this.gaps.length - 1;
    }
    const gap = this.gaps[index] as Gap;
    const ptr = gap.ptr;
    gap.ptr += size;
    gap.bytes -= size;
    if (gap.bytes === 0) this.gaps.splice(index, 1);
    this.used += size;
    return ptr;
  }

  /** Gives back a range that `allocate(bytes)` returned. */
  free(ptr: number, bytes: number): void {
    const size = roomOf(bytes);
    this.used -= size;
    let low = 0;
    let high = this.gaps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.gaps[middle] as Gap).ptr < ptr) low = middle + 1;
      else high = middle;
    }
    const before = this.gaps[low - 1];
    const after = this.gaps[low];
    const joinsBefore = before !== undefined && before.ptr + before.bytes === ptr;
    const joinsAfter = after !== undefined && ptr + size === after.ptr;
    if (joinsBefore && joinsAfter) {
      before.bytes += size + after.bytes;
      this.gaps.splice(low, 1);
    } else if (joinsBefore) before.bytes += size;
    else if (joinsAfter) {
      after.ptr = ptr;
      after.bytes += size;
    } else this.gaps.splice(low, 0, { ptr, bytes: size });
  }

  /** Adds room for `size` bytes at the end of the memory. */
  private grow(size: number): void {
    const end = this.memory.buffer.byteLength;
    const last = this.gaps[this.gaps.length - 1];
    const atEnd = last !== undefined && last.ptr + last.bytes === end;
    const missing = size - (atEnd ? last.bytes : 0);
    const pages = Math.max(GROWTH_PAGES, Math.ceil(missing / PAGE));
    try {
      this.memory.grow(pages);
    } catch {
      try {
        this.memory.grow(Math.ceil(missing / PAGE));
      } catch {
        throw new RangeError(
          `memory: expected room for ${size} more bytes. Got ${this.used} bytes in use of at most ${MAXIMUM_PAGES * PAGE}. HINT: use smaller batches, or dispose tensors that are no longer needed.`,
        );
      }
    }
    this.refresh();
    const grown = this.memory.buffer.byteLength - end;
    if (atEnd) last.bytes += grown;
    else this.gaps.push({ ptr: end, bytes: grown });
  }

  /** Views made before a growth stay valid but short, so all are made anew. */
  private refresh(): void {
    const buffer = this.memory.buffer;
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }
}

/** A shared memory with the largest reservation the host grants. */
function reserve(): WebAssembly.Memory {
  for (let maximum = MAXIMUM_PAGES; ; maximum >>= 1) {
    try {
      return new WebAssembly.Memory({ initial: FIRST_FREE / PAGE + GROWTH_PAGES, maximum, shared: true });
    } catch (error) {
      if (maximum <= FIRST_FREE / PAGE + GROWTH_PAGES) {
        throw new Error(
          "memory: expected a host with shared WebAssembly memory. Got none. HINT: Node 20, Chrome 91, Firefox 89 or Safari 15.2 and later have it.",
          { cause: error },
        );
      }
    }
  }
}

export const heap = /* @__PURE__ */ new Heap();
