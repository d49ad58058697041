/** @file What ops take, made tensors: the functions of tensor/convert.ts. */
export * from "../tensor/convert.js";
