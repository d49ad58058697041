/** @file The executor of a compiled plan: walks flat records and calls each kernel through the shared function table. */
import { callRecord } from "./core.gen";
import { meet } from "./threads";

/*
 * A record, in 4-byte words:   opcode | bytes | flags | begin | end | arguments ...
 *   opcode   index of the kernel in the shared function table, and 2^16 times the number of its shape of arguments
 *   bytes    size of the whole record, so that the next one is found
 *   flags    0
 *   begin, end  the range of a splittable kernel: all of it, or a thread's share
 * A LOOP record (opcode 0):   0 | bytes | flags | count | patches | (offset, stride) ... | body records ...
 *   runs its body `count` times; after each turn the argument word `offset` bytes from the record's start grows by
 *   `stride`; after the last one all are put back. Loops nest. With flag bit 1 `count` is the address of the count: a body
 *   that is run or skipped as memory says.
 * A STRIPS record (opcode 2):   2 | bytes | begin | end | patches | (offset, stride) ... | body records ...
 *   runs its body, of splittable kernels, on STRIP elements of [begin, end) after another, so that what one leaves is still in the
 *   cache for the next. Patched arguments are working space of one strip: their stride of -4 keeps index `begin` of a strip at its start.
 * A BARRIER record (opcode 1):   1 | bytes | control
 *   waits for the other threads of a team (assembly/threads.ts). Each thread walks records of its own.
 * A CALL record (opcode 3):   3 | bytes | flags | from | to
 *   runs the records in [from, to), which lie elsewhere.
 */
export const LOOP: i32 = 0;
export const BARRIER: i32 = 1;
export const STRIPS: i32 = 2;
export const CALL: i32 = 3;

/** Elements of a strip; src/engine/fuse/strips.ts has the same. */
const STRIP: i32 = 2048;

/** Runs the records in [pc, end). */
export function run(pc: usize, end: usize): void {
  while (pc < end) {
    const opcode = load<i32>(pc);
    if (opcode >>> 16) callRecord(pc);
    else if (opcode == LOOP) runLoop(pc);
    else if (opcode == BARRIER) meet(load<usize>(pc, 8));
    else if (opcode == STRIPS) runStrips(pc);
    else if (opcode == CALL) run(load<usize>(pc, 12), load<usize>(pc, 16));
    pc += load<i32>(pc, 4);
  }
}

function runLoop(record: usize): void {
  const count = load<i32>(record, 8) & 2 ? load<i32>(load<usize>(record, 12)) : load<i32>(record, 12);
  const patches = load<i32>(record, 16);
  const body = record + 20 + (<usize>patches << 3);
  const end = record + load<i32>(record, 4);
  for (let turn = 0; turn < count; turn++) {
    run(body, end);
    move(record, patches, 1);
  }
  move(record, patches, -count);
}

function runStrips(record: usize): void {
  const last = load<i32>(record, 12), patches = load<i32>(record, 16);
  const body = record + 20 + (<usize>patches << 3);
  const end = record + load<i32>(record, 4);
  let at = load<i32>(record, 8);
  move(record, patches, at);
  while (at < last) {
    const to = min(at + STRIP, last);
    for (let pc = body; pc < end; pc += load<i32>(pc, 4)) {
      store<i32>(pc, at, 12);
      store<i32>(pc, to, 16);
      callRecord(pc);
    }
    move(record, patches, to - at);
    at = to;
  }
  move(record, patches, -at);
}

/** Moves every patched argument by `turns` strides. */
function move(record: usize, patches: i32, turns: i32): void {
  for (let i = 0; i < patches; i++) {
    const patch = record + 20 + (<usize>i << 3);
    const word = record + load<i32>(patch);
    store<i32>(word, load<i32>(word) + turns * load<i32>(patch, 4));
  }
}
