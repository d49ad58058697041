/** @file Tensors: creation, dtypes, values in and out, printing, and the texts of errors. */
import { describe, expect, test } from "vitest";
import {
  argMax,
  broadcastTo,
  cast,
  clone,
  type DataType,
  dense,
  EngramError,
  equal,
  fill,
  fromBytes,
  gather,
  logSoftmax,
  matMul,
  max,
  mean,
  ones,
  onesLike,
  outerProduct,
  randomUniform,
  reshape,
  scalar,
  softmax,
  sparseCrossEntropy,
  sum,
  Tensor,
  tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  tensor6d,
  transpose,
  variable,
  zeros,
  zerosLike,
} from "../src/index.js";

describe("creation", () => {
  test("from nested arrays", () => {
    const x = tensor([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]);
    expect([x.shape, x.rank, x.size, x.dtype, x.strides]).toEqual([[2, 2, 2], 3, 8, "float32", [4, 2]]);
    expect(x.arraySync()).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]);
    expect(tensor(5).shape).toEqual([]);
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(tensor([[], []]).arraySync()).toEqual([[], []]);
    expect(tensor([new Float32Array([1, 2]), new Float32Array([3, 4])]).arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("from flat values and a shape", () => {
    expect(tensor([1, 2, 3, 4], [2, 2]).arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(tensor(new Float32Array(6), [3, 2]).shape).toEqual([3, 2]);
    expect(tensor([7], []).item()).toBe(7);
    expect(tensor2d([1, 2, 3, 4], [2, 2]).shape).toEqual([2, 2]);
    expect(tensor6d(new Float32Array(64), [2, 2, 2, 2, 2, 2]).rank).toBe(6);
  });

  test("infers the dtype as TensorFlow.js does", () => {
    const dtypes: [unknown, DataType][] = [
      [[1, 2], "float32"],
      [[true, false], "bool"],
      [[[true]], "bool"],
      [new Int32Array(2), "int32"],
      [new Uint8Array(2), "int32"],
      [new Uint8ClampedArray(2), "int32"],
      [new Float64Array(2), "float32"],
      [new Int16Array(2), "int32"],
      [new Uint16Array(2), "int32"],
      [new BigInt64Array(2), "int64"],
      [new BigUint64Array(2), "int64"],
      // Not every runtime has these.
      [Object.defineProperty(new Uint16Array(2), Symbol.toStringTag, { value: "Float16Array" }), "float32"],
      [true, "bool"],
      [3, "float32"],
      [[], "float32"],
    ];
    for (const [values, dtype] of dtypes) expect(tensor(values as number[]).dtype).toBe(dtype);
  });

  test("converts to the dtype asked for", () => {
    expect(tensor([1.9, -1.9, 3], undefined, "int32").arraySync()).toEqual([1, -1, 3]);
    expect(tensor([0, 1, 256, -1, 0.5], undefined, "bool").arraySync()).toEqual([0, 1, 1, 1, 1]);
    expect([...tensor(new Uint8Array([1, 200]), undefined, "float32").dataSync()]).toEqual([1, 200]);
    expect([...tensor([2 ** 53, -3], undefined, "int64").dataSync<"int64">()]).toEqual([9007199254740992n, -3n]);
    expect([...tensor([5n, -6n]).dataSync()]).toEqual([5, -6]);
  });

  test("copies values: the array may change afterwards", () => {
    const values = new Float32Array([1, 2]);
    const x = tensor(values);
    values[0] = 9;
    expect(x.arraySync()).toEqual([1, 2]);
    const out = x.dataSync();
    out[0] = 7;
    expect(x.arraySync()).toEqual([1, 2]);
    const shape = [2];
    const y = tensor([1, 2], shape);
    shape[0] = 5;
    expect(y.shape).toEqual([2]);
  });

  test("a view of part of a buffer", () => {
    const buffer = new Float32Array([1, 2, 3, 4, 5]);
    expect(tensor(buffer.subarray(1, 4)).arraySync()).toEqual([2, 3, 4]);
  });

  test("constants", () => {
    expect(zeros([2, 2]).arraySync()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(ones([2], "int32").dtype).toBe("int32");
    expect(onesLike(tensor([true, false])).arraySync()).toEqual([1, 1]);
    expect(zerosLike(tensor([1, 2], [2], "int32")).dtype).toBe("int32");
    expect(fill([0], 3).size).toBe(0);
    expect(scalar(3, "int32").item()).toBe(3);
  });

  test("chained methods", () => {
    const x = tensor([
      [1, -2],
      [3, -4],
    ]);
    expect(x.relu().arraySync()).toEqual([
      [1, 0],
      [3, 0],
    ]);
    expect(x.toInt().dtype).toBe("int32");
    expect(x.toBool().arraySync()).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(x.flatten().shape).toEqual([4]);
    expect(x.reshapeAs(zeros([4, 1])).shape).toEqual([4, 1]);
    expect(x.sum().asScalar().shape).toEqual([]);
    expect(x.as1D().clone().arraySync()).toEqual([1, -2, 3, -4]);
    expect(x.max(1, true).arraySync()).toEqual([[1], [3]]);
  });
});

describe("dtypes", () => {
  test("promotion: bool < int32 < float32", () => {
    const [flag, integer, float] = [tensor([true, false]), tensor([2, 3], [2], "int32"), tensor([0.5, 0.5])];
    expect([flag.add(flag).dtype, flag.add(integer).dtype, integer.mul(float).dtype]).toEqual(["int32", "int32", "float32"]);
    expect(flag.add(flag).arraySync()).toEqual([2, 0]);
    expect(integer.mul(float).arraySync()).toEqual([1, 1.5]);
    expect(equal(integer, 2).arraySync()).toEqual([1, 0]);
    expect([sum(flag).dtype, sum(flag).item(), mean(flag).item(), max(flag).dtype]).toEqual(["int32", 1, 0.5, "bool"]);
    expect(integer.div(tensor([-2, 2], [2], "int32")).arraySync()).toEqual([-1, 1]);
  });

  test("storage types: load, cast, gather, move", () => {
    const bytes: [DataType, number[], number[]][] = [
      ["float16", [0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b], [1, -2, 65504]],
      ["bfloat16", [0x80, 0x3f, 0x00, 0xc0, 0x49, 0x40], [1, -2, 3.140625]],
      ["uint8", [0, 7, 255], [0, 7, 255]],
      ["int8", [0, 127, 128], [0, 127, -128]],
      ["int64", [1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 1, 0, 0, 0], [1, -1, 2 ** 32]],
    ];
    for (const [dtype, stored, values] of bytes) {
      const x = fromBytes(new Uint8Array(stored), [3], dtype);
      expect(x.dtype).toBe(dtype);
      expect(cast(x, "float32").arraySync()).toEqual(values);
      expect(cast(gather(x, [2, 0]), "float32").arraySync()).toEqual([values[2], values[0]]);
      expect(cast(transpose(broadcastTo(reshape(x, [3, 1]), [3, 2])), "float32").arraySync()).toEqual([values, values]);
      expect(cast(clone(x), "float32").arraySync()).toEqual(values);
    }
    const wide = fromBytes(new Uint8Array([255, 255, 255, 255, 255, 255, 255, 127]), [1], "int64");
    expect(wide.dataSync<"int64">()[0]).toBe(2n ** 63n - 1n);
    expect([...cast([1, 2], "float16").dataSync<"float16">()]).toEqual([0x3c00, 0x4000]);
  });

  test("ops refuse storage types, or cast them where TensorFlow.js takes any", () => {
    const half = cast([1, 2], "float16");
    expect(() => half.add(1)).toThrow("add: expected float32, int32 or bool. Got a tensor of dtype float16. HINT: cast it first: x.cast('float32').");
    for (const op of [sum, max, argMax]) {
      for (const dtype of ["float16", "bfloat16", "uint8", "int8", "int64"] as const) {
        expect(() => op(cast([1, 2], dtype)), `${op.name} of ${dtype}`).toThrow(`${op.name}: expected float32, int32 or bool. Got a tensor of dtype ${dtype}.`);
      }
    }
    expect(half.exp().dtype).toBe("float32");
    expect(mean(cast([-3, 1], "int8")).item()).toBe(-1);
  });

  test("every pair of types casts", () => {
    const all: DataType[] = ["float32", "int32", "bool", "float16", "bfloat16", "uint8", "int8", "int64"];
    for (const from of all) for (const to of all) expect(cast(cast(cast([0, 1], from), to), "float32").arraySync(), `${from} to ${to}`).toEqual([0, 1]);
  });
});

describe("values out", () => {
  test("data, array, item", async () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(await x.array()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect([...(await x.data())]).toEqual([1, 2, 3, 4]);
    expect(x.dataSync()).toBeInstanceOf(Float32Array);
    expect(tensor([true]).dataSync<"bool">()).toBeInstanceOf(Uint8Array);
    expect(tensor([[5]]).item()).toBe(5);
    expect(() => x.item()).toThrow("item: the tensor must have one element. Got shape [2,2].");
  });

  test("printing aligns columns and shortens long axes", () => {
    expect(
      tensor([
        [1, -20.5],
        [3, 4],
      ]).toString(),
    ).toBe("Tensor\n    [[    1, -20.5],\n     [    3,     4]]");
    expect(tensor(0.1).toString()).toBe("Tensor\n    0.1");
    expect(tensor([true, false]).toString()).toBe("Tensor\n    [true, false]");
    expect(tensor([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]).toString()).toBe("Tensor\n    [NaN, Infinity, -Infinity, 0]");
    expect(tensor(Float32Array.from({ length: 100 }, (_, i) => i)).toString()).toBe("Tensor\n    [0, 1, 2, ..., 97, 98, 99]");
    expect(tensor([[]]).toString()).toBe("Tensor\n    [[]]");
    expect(tensor([1, 2], [2], "int32").toString(true)).toBe("Tensor\n  dtype: int32\n  rank: 1\n  shape: [2]\n  values:\n    [1, 2]");
    expect(tensor([[[1, 2]], [[3, 4]]]).toString()).toBe("Tensor\n    [[[1, 2]],\n     [[3, 4]]]");
    expect(zeros([30, 30]).toString().split("\n").length).toBe(8);
    expect(zeros([2, 0]).toString()).toBe("Tensor\n    [[],\n     []]");
    expect(cast([1.5, -65504, 6e-8, Number.POSITIVE_INFINITY, Number.NaN], "float16").toString()).toBe("Tensor\n    [1.5, -65504, 5.960464e-8, Infinity, NaN]");
    expect(cast([1.5, -3.140625, Number.NEGATIVE_INFINITY], "bfloat16").toString()).toBe("Tensor\n    [1.5, -3.140625, -Infinity]");
    expect(cast([1, 2], "int64").toString()).toBe("Tensor\n    [1, 2]");
  });
});

describe("errors say what was expected, then what was got", () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const cases: [string, () => unknown, string][] = [
    ["ragged values", () => tensor([[1, 2], [3]]), "tensor: arrays at depth 1 must have 2 values like the first. Got one of 1."],
    ["values nested unevenly", () => tensor([[1, 2], 3] as never), "tensor: arrays at depth 1 must have 2 values like the first. Got 3."],
    ["strings", () => tensor("abc" as never), 'tensor: values must be numbers or booleans, in arrays of equal lengths. Got "abc".'],
    ["undefined", () => tensor(undefined as never), "tensor: values must be numbers or booleans, in arrays of equal lengths. Got undefined."],
    ["strings inside", () => tensor(["a"] as never), 'tensor: values must be numbers or booleans, in arrays of equal lengths. Got "a".'],
    ["too few values", () => tensor([1, 2, 3], [2, 2]), "tensor: shape [2,2] needs 4 values. Got 3."],
    ["another nesting than the shape", () => tensor([[1, 2]], [2, 1]), "tensor: shape must be that of the nested values, [1,2]. Got shape=[2,1]."],
    ["negative sizes", () => zeros([2, -1]), "fill: shape must be whole numbers >= 0. Got shape=[2,-1]."],
    [
      "an unknown dtype",
      () => tensor([1], [1], "float64" as never),
      'tensor: dtype must be one of float32, int32, bool, float16, bfloat16, uint8, int8, int64. Got dtype="float64".',
    ],
    ["the wrong rank", () => tensor1d([[1]]), "tensor1d: expected values nested 1 deep, or a shape of 1 axes. Got shape [1,1]."],
    ["the wrong rank", () => tensor3d([1, 2]), "tensor3d: expected values nested 3 deep, or a shape of 3 axes. Got shape [2]."],
    ["an axis that is not there", () => softmax(zeros([4, 8]), 3), "softmax: axis must be in [-2, 2). Got axis=3 for x of shape [4,8]."],
    ["an axis twice", () => sum(x, [1, -1]), "sum: axis must name each axis once. Got axis=[1,-1] for x of shape [2,3]."],
    ["an axis of no elements", () => argMax(zeros([2, 0]), 1), "argMax: the axis must have elements. Got axis=1 for x of shape [2,0]."],
    [
      "shapes that do not broadcast",
      () => x.add([1, 2]),
      "add: shapes must be equal or 1 along each axis, counted from the last. Got a of shape [2,3] and b of shape [2].",
    ],
    ["inner sizes that differ", () => matMul(x, x), "matMul: the inner sizes must be equal. Got a of shape [2,3] and b of shape [2,3]."],
    ["scalars to matMul", () => matMul(x, 3), "matMul: a and b must have at least one axis. Got shapes [2,3] and []. HINT: multiply by a number with mul."],
    [
      "dense of another size",
      () => dense(x, zeros([2, 2])),
      "dense: x's last axis must have the kernel's 2 rows. Got x of shape [2,3] and kernel of shape [2,2].",
    ],
    [
      "an unknown activation",
      () => dense(x, zeros([3, 2]), null, "gelu" as never),
      'dense: activation must be one of linear, relu, sigmoid, tanh. Got activation="gelu".',
    ],
    ["matrices to outerProduct", () => outerProduct(x, [1]), "outerProduct: a must be of rank 1. Got shape [2,3]."],
    ["a size that does not fit", () => reshape(x, [4, 2]), "reshape: shape must have x's 6 elements. Got shape=[4,2] for x of shape [2,3]."],
    [
      "a size that does not divide",
      () => reshape(x, [4, -1]),
      "reshape: the sizes besides -1 must divide x's 6 elements. Got shape=[4,-1] for x of shape [2,3].",
    ],
    ["two unknown sizes", () => reshape(x, [-1, -1]), "reshape: shape must be whole numbers >= 0. Got shape=[-1]."],
    ["a permutation that repeats", () => transpose(x, [0, 0]), "transpose: perm must name each axis once. Got perm=[0,0] for x of shape [2,3]."],
    [
      "a target that is smaller",
      () => broadcastTo(x, [3]),
      "broadcastTo: x's sizes must be 1 or those of shape, counted from the last. Got x of shape [2,3] and shape=[3].",
    ],
    ["an index outside", () => gather(x, [0, 2]), "gather: indices must be in [0, 2). Got 2 at position 1."],
    ["a negative index", () => gather(x, [-1]), "gather: indices must be in [0, 2). Got -1 at position 0."],
    ["float indices", () => gather(x, tensor([1])), "gather: indices must be int32. Got dtype float32. HINT: cast them: indices.cast('int32')."],
    [
      "labels of another shape",
      () => sparseCrossEntropy([1], x),
      "sparseCrossEntropy: labels must have logits' shape without the last axis. Got labels [1] and logits [2,3].",
    ],
    ["bounds in the wrong order", () => randomUniform([2], 3, 1), "randomUniform: minval must be <= maxval. Got minval=3, maxval=1."],
    ["bytes of another size", () => fromBytes(new Uint8Array(3), [2], "float16"), "fromBytes: shape [2] of float16 needs 4 bytes. Got 3 bytes."],
    [
      "an assignment of another shape",
      () => variable(zeros([2]), true, "w").assign(zeros([3])),
      "assign: expected shape [2] and dtype float32 for 'w'. Got shape [3] and dtype float32.",
    ],
    [
      "a variable of another dtype",
      () => variable(zeros([2]), true, "w", "int32"),
      "variable: dtype must be the initial value's, float32. Got dtype=int32. HINT: cast the initial value.",
    ],
    [
      "a dtype that fill does not write",
      () => fill([2], 1, "float16"),
      'fill: dtype must be one of float32, int32, bool, uint8, int8. Got dtype="float16". HINT: fill float32 and cast.',
    ],
  ];
  for (const [name, call, text] of cases) {
    test(name, () => {
      let thrown: unknown;
      try {
        call();
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(EngramError);
      expect((thrown as Error).message).toBe(text);
    });
  }

  test("a failed call leaves everything usable", () => {
    expect(() => logSoftmax(x, 9)).toThrow();
    expect(() => gather(x, [7])).toThrow();
    expect(x.add(1).arraySync()).toEqual([
      [2, 3, 4],
      [5, 6, 7],
    ]);
    expect(x).toBeInstanceOf(Tensor);
  });
});
