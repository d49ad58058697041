/** @file Arrays whose batches fit takes pass by pass: in their order, or in another one in each epoch, when rows are gathered by index. */
import { getRandomState, nextOrdinal, randomState, setRandomState } from "../engine/random.js";
import type { Tensor } from "../tensor/tensor.js";
import { allocateResident, Block, release } from "../wasm/block.js";
import { core } from "../wasm/core.js";
import { Batches, Column } from "./batches.js";
import type { Parts } from "./fit.js";
import { ArrayBatches, type BatchSource, type Place, type RandomState } from "./source.js";

/** Bytes for orders of several passes, where they are small. */
const ORDER_BYTES = 1 << 14;

/** An array whose batches are gathered, all at one address. */
class GatheredColumn extends Column {
  /** Where rows are gathered. */
  readonly staging: Block;

  constructor(source: Tensor, batchSize: number) {
    super(source, batchSize);
    this.staging = allocateResident(batchSize * this.bytes);
    this.full.block.ptr = this.staging.ptr;
    this.rest.block.ptr = this.staging.ptr;
  }

  override close(): void {
    super.close();
    release(this.staging);
  }

  /** Gives a batch the rows that `order` names. */
  gather(count: number, order: Block): void {
    core.live.gatherRows(count, this.bytes, this.source.shape[0] as number, count, 1, this.source, order, this.staging);
  }
}

/** Several arrays, served in an order. */
export class ShuffledBatches extends Batches {
  /** Indices of the rows. */
  readonly order: Block;
  /** Random numbers of the last shuffle. */
  private readonly bits: Block;
  private readonly view: Block;

  constructor(sources: readonly Tensor[], most: number) {
    super(sources, most, GatheredColumn);
    const bytes = 4 * Math.max(1, this.rows);
    this.order = allocateResident(Math.max(ORDER_BYTES, bytes));
    this.bits = allocateResident(bytes);
    this.view = new Block(4 * this.batchSize);
  }

  /** A new random order of pass `pass` among those that are prepared, from the global seed alone. */
  shuffle(pass: number): void {
    core.live.randomBits(this.rows, nextOrdinal(), randomState(), this.bits);
    this.view.ptr = this.orderAt(0) + 4 * pass * this.rows;
    core.live.permutation(this.rows, this.bits, this.view);
  }

  /** Address of the indices of batch `index`. */
  orderAt(index: number): number {
    return this.order.ptr + 4 * index * this.batchSize;
  }

  override close(): void {
    super.close();
    release(this.order);
    release(this.bits);
  }

  override batch(index: number): Tensor[] {
    const count = this.rowsOf(index);
    this.view.ptr = this.orderAt(index);
    for (const column of this.columns as readonly GatheredColumn[]) column.gather(count, this.view);
    return this.tensors(count);
  }
}

/** Batches of arrays that are in memory, in their order, pass by pass. */
export class ArraySource extends ArrayBatches implements BatchSource {
  /** Where the first pass begins. */
  protected from: Place | null = null;

  get batches(): number {
    return this.data.count;
  }

  get samples(): number {
    return this.data.rows;
  }

  /** The random state with which the pass began, where it matters. */
  protected get began(): RandomState | null {
    return null;
  }

  place(isDone: boolean): Place {
    return { taken: isDone ? 0 : this.index, random: isDone ? getRandomState() : this.began, passes: 0 };
  }

  resume(place: Place): void {
    this.from = place;
  }

  /** @param _pass its place among those that are prepared together */
  begin(_pass = 0): void {
    this.index = this.from?.taken ?? 0;
    this.from = null;
  }
}

/** The same, shuffled anew in each pass. */
export class ShuffledSource extends ArraySource {
  declare readonly data: ShuffledBatches;
  private random: RandomState | null = null;

  constructor(parts: Parts, batchSize: number) {
    super(parts, batchSize, ShuffledBatches);
  }

  protected override get began(): RandomState | null {
    return this.random;
  }

  override begin(pass = 0): void {
    const { random } = this.from ?? { random: null };
    super.begin();
    const outside = getRandomState();
    this.random = random ?? outside;
    setRandomState(this.random);
    this.data.shuffle(pass);
    // What was drawn since the interrupted pass began is drawn already.
    if (this.index > 0) setRandomState(outside);
  }
}
