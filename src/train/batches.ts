/** @file Batches of a data set in its order, without copies. Those of a shuffled one: arraySources.ts. */
import { bytesPerElement } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";
import { type Tensor, viewAt } from "../tensor/tensor.js";
import { makeResident, release } from "../wasm/block.js";

/** Rows [start, start + rows) of `source`, without a copy; `source` must stay in memory meanwhile. */
export const rowsView = (source: Tensor, rows: number, start = 0): Tensor =>
  viewAt(source.block, start * rowBytes(source), [rows, ...source.shape.slice(1)], source.dtype, source.origin);

const rowBytes = (x: Tensor): number => sizeOf(x.shape.slice(1)) * bytesPerElement(x.dtype);

/** One array of a data set, served in batches of `batchSize` rows at a moving address. */
export class Column {
  readonly bytes: number;
  protected readonly full: Tensor;
  /** Of what whole batches leave. */
  protected readonly rest: Tensor;

  constructor(
    readonly source: Tensor,
    batchSize: number,
  ) {
    makeResident(source.block);
    // The caller may dispose the array meanwhile.
    source.block.references++;
    this.bytes = rowBytes(source);
    const rows = source.shape[0] as number;
    this.full = rowsView(source, Math.min(batchSize, rows));
    this.rest = rowsView(source, rows % batchSize);
  }

  close(): void {
    release(this.source.block);
  }

  /** The tensor of batches of so many rows. */
  of(count: number): Tensor {
    return count === this.full.shape[0] ? this.full : this.rest;
  }

  /** Gives a batch the rows [start, start + count). */
  move(start: number, count: number): void {
    this.of(count).block.ptr = this.source.block.ptr + start * this.bytes;
  }
}

/** Several arrays with the same number of rows, served together in batches of at most `most` rows. */
export class Batches {
  readonly rows: number;
  /** Rows of all batches but a ragged last one. */
  readonly batchSize: number;
  readonly count: number;
  readonly columns: readonly Column[];

  constructor(sources: readonly Tensor[], most: number, Kind = Column) {
    this.rows = sources[0]?.shape[0] ?? 0;
    const batchSize = Math.max(1, Math.min(most, this.rows));
    this.batchSize = batchSize;
    this.count = Math.ceil(this.rows / batchSize);
    this.columns = sources.map((source) => new Kind(source, batchSize));
  }

  /** Lets go of the arrays. */
  close(): void {
    for (const column of this.columns) column.close();
  }

  /** Rows of batch `index`. */
  rowsOf(index: number): number {
    return Math.min(this.batchSize, this.rows - index * this.batchSize);
  }

  /** The tensors of batch `index`; the next call may reuse their memory. */
  batch(index: number): Tensor[] {
    const count = this.rowsOf(index);
    for (const column of this.columns) column.move(index * this.batchSize, count);
    return this.tensors(count);
  }

  /** The tensors of batches of so many rows. */
  tensors(rows: number): Tensor[] {
    return this.columns.map((column) => column.of(rows));
  }
}
