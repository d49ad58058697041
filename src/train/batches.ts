/** @file Batches of a data set without copies where order is kept, gathered by index where it is shuffled. */
import { nextOrdinal, randomState } from "../engine/random.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";
import { type Tensor, viewAt } from "../tensor/tensor.js";
import { allocateResident, Block, makeResident, release } from "../wasm/block.js";
import { core } from "../wasm/core.js";

/** Rows [start, start + rows) of `source`, without a copy; `source` must stay in memory meanwhile. */
export const rowsView = (source: Tensor, rows: number, start = 0): Tensor =>
  viewAt(source.block, start * rowBytes(source), [rows, ...source.shape.slice(1)], source.dtype, source.origin);

const rowBytes = (x: Tensor): number => sizeOf(x.shape.slice(1)) * bytesPerElement(x.dtype);

/** Bytes for orders of several passes, where they are small. */
const ORDER_BYTES = 1 << 14;

/** One array of a data set, served in batches of `batchSize` rows at a fixed or a moving address. */
class Column {
  readonly bytes: number;
  private readonly full: Tensor;
  private readonly rest: Tensor | null;
  readonly staging: Block | null;

  constructor(
    readonly source: Tensor,
    batchSize: number,
    shuffled: boolean,
  ) {
    makeResident(source.block);
    // The caller may dispose the array meanwhile.
    source.block.references++;
    this.bytes = rowBytes(source);
    const rows = source.shape[0] as number;
    const ragged = rows % batchSize;
    this.full = rowsView(source, Math.min(batchSize, rows));
    this.rest = ragged > 0 && rows > batchSize ? rowsView(source, ragged) : null;
    this.staging = shuffled ? allocateResident(batchSize * this.bytes) : null;
    if (this.staging !== null) {
      this.full.block.ptr = this.staging.ptr;
      if (this.rest !== null) this.rest.block.ptr = this.staging.ptr;
    }
  }

  close(): void {
    release(this.source.block);
    if (this.staging !== null) release(this.staging);
  }

  /** The tensor of batches of so many rows. */
  of(count: number): Tensor {
    return count === this.full.shape[0] ? this.full : (this.rest as Tensor);
  }

  /** Gives a batch the rows [start, start + count), or those that `order` names there. */
  move(start: number, count: number, order: Block | null): void {
    if (order === null || this.staging === null) this.of(count).block.ptr = this.source.block.ptr + start * this.bytes;
    else core.live.gatherRows(count, this.bytes, this.source.shape[0] as number, count, 1, this.source, order, this.staging);
  }
}

/** Several arrays with the same number of rows, served together in batches of at most `most` rows. */
export class Batches {
  readonly rows: number;
  /** Rows of all batches but a ragged last one. */
  readonly batchSize: number;
  readonly count: number;
  readonly columns: readonly Column[];
  readonly order: Block | null;
  /** Random numbers of the last shuffle. */
  private readonly bits: Block | null;
  private readonly orderView: Block | null;

  constructor(sources: readonly Tensor[], most: number, shuffled: boolean) {
    this.rows = sources[0]?.shape[0] ?? 0;
    const batchSize = Math.max(1, Math.min(most, this.rows));
    this.batchSize = batchSize;
    this.count = Math.ceil(this.rows / batchSize);
    this.columns = sources.map((source) => new Column(source, batchSize, shuffled));
    const bytes = 4 * Math.max(1, this.rows);
    this.order = shuffled ? allocateResident(Math.max(ORDER_BYTES, bytes)) : null;
    this.bits = shuffled ? allocateResident(bytes) : null;
    this.orderView = shuffled ? new Block(4 * batchSize) : null;
  }

  /** A new random order of pass `pass` among those that are prepared, from the global seed alone. */
  shuffle(pass = 0): void {
    const bits = this.bits as Block;
    core.live.randomBits(this.rows, nextOrdinal(), randomState(), bits);
    const view = this.orderView as Block;
    view.ptr = this.orderAt(0) + 4 * pass * this.rows;
    core.live.permutation(this.rows, bits, view);
  }

  /** Address of the indices of batch `index`; 0 where order is kept. */
  orderAt(index: number): number {
    return this.order === null ? 0 : this.order.ptr + 4 * index * this.batchSize;
  }

  /** Lets go of the arrays. */
  close(): void {
    for (const column of this.columns) column.close();
    if (this.order !== null) release(this.order);
    if (this.bits !== null) release(this.bits);
  }

  /** Rows of batch `index`. */
  rowsOf(index: number): number {
    return Math.min(this.batchSize, this.rows - index * this.batchSize);
  }

  /** The tensors of batch `index`; the next call may reuse their memory. */
  batch(index: number): Tensor[] {
    const start = index * this.batchSize;
    const count = this.rowsOf(index);
    if (this.orderView !== null) this.orderView.ptr = this.orderAt(index);
    for (const column of this.columns) column.move(start, count, this.orderView);
    return this.tensors(count);
  }

  /** The tensors of batches of so many rows. */
  tensors(rows: number): Tensor[] {
    return this.columns.map((column) => column.of(rows));
  }
}
