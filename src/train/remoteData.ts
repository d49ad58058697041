/** @file Sends a page's arrays to a worker: from shared memory the worker takes them itself, elsewhere they go over in pieces. */
import { nextTurn } from "../platform.js";
import { bytesPerElement } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";
import { makeResident, release } from "../wasm/block.js";
import { heap } from "../wasm/heap.js";
import type { ArrayHead, Bytes, Heads } from "./protocol.js";
import type { BatchData } from "./source.js";
import type { Trainer } from "./trainers.js";

export type Parts = Pick<BatchData, "inputs" | "targets" | "weights">;

/** Bytes of one piece: some milliseconds of copying. */
const PIECE = 2 ** 23;

/** Arrays that a worker is to have. */
export class Outbox {
  private readonly tensors: Tensor[] = [];

  /** The array stays in memory until it is sent, even if the caller disposes it. */
  private head(tensor: Tensor): ArrayHead {
    tensor.checkReadable("fit");
    makeResident(tensor.block);
    tensor.block.references++;
    this.tensors.push(tensor);
    return { shape: tensor.shape, dtype: tensor.dtype, bytes: tensor.size * bytesPerElement(tensor.dtype), ptr: tensor.block.ptr };
  }

  heads({ inputs, targets, weights }: Parts): Heads {
    const each = (list: readonly Tensor[]): ArrayHead[] => list.map((tensor) => this.head(tensor));
    return { inputs: each(inputs), targets: each(targets), weights: each(weights) };
  }

  /** Sends the bytes in pieces, between which the page has its turns. */
  async send(trainer: Trainer, isWanted: () => boolean): Promise<void> {
    for (const [array, { block, size, dtype }] of this.tensors.entries()) {
      const length = size * bytesPerElement(dtype);
      for (let at = 0; at < length && isWanted(); at += PIECE) {
        const bytes: Bytes = heap.u8.slice(block.ptr + at, block.ptr + Math.min(length, at + PIECE)) as Bytes;
        trainer.post({ kind: "bytes", array, at, bytes }, [bytes.buffer]);
        if (length > PIECE) await nextTurn();
      }
    }
  }

  /** The worker has them. @param isGiven whether they are its alone now */
  close(isGiven = false): void {
    for (const tensor of this.tensors.splice(0)) {
      release(tensor.block);
      if (isGiven) tensor.dispose();
    }
  }
}
