/** @file Types of `protocol.mjs`, for engram's own contender. */
export interface Variant {
  run: () => unknown;
  /** Iterations that one call does; 1 by default. */
  perRun?: number;
  release?: () => void;
}
export interface MatmulTask {
  m: number;
  k: number;
  n: number;
  transA?: boolean;
  transB?: boolean;
}
export interface ElementwiseTask {
  op: string;
  size: number;
  read: boolean;
}
export type Values = ArrayLike<number>;
export class Unsupported extends Error {}
export const XOR: { x: Float32Array; y: Float32Array };
export function inputs(count: number, seed: number, scale?: number, offset?: number): Float32Array;
export function batchOf(rows: number, columns: number, classes: number): { x: Float32Array; labels: Int32Array };
export function mnist(rows: number): { x: Float32Array; labels: Int32Array };
export function oneHot(labels: Int32Array, classes: number): Float32Array;
export function checkMatmul(task: MatmulTask, a: Values, b: Values, c: Values): void;
export function checkElementwise(task: ElementwiseTask, values: { x: Float32Array; y: Float32Array }, result: Values): void;
export function elementwiseInputs(task: ElementwiseTask): { x: Float32Array; y: Float32Array };
export function checkLearns(before: number, after: number): void;
export function serve(contender: {
  hello(): object | Promise<object>;
  prepare(task: Record<string, unknown>): Record<string, Variant> | Promise<Record<string, Variant>>;
}): Promise<void>;
