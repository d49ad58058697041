/** @file onnxruntime-web's wasm backend as a contender: `node onnx.mjs`. It predicts only; its model is written here, as the bytes of an .onnx file. */
import * as ort from "onnxruntime-web/wasm";
import { inputs, serve, Unsupported } from "./protocol.mjs";

const FLOAT = 1;

const varint = (value) => (value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value % 128) | 128]), varint(Math.floor(value / 128))]));

/** One field of a protocol-buffers message: a whole number, or bytes after their length. */
function field(number, value) {
  if (typeof value === "number") return Buffer.concat([varint(number * 8), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

const message = (...fields) => Buffer.concat(fields);

const node = (operator, from, to) => message(...from.map((name) => field(1, name)), field(2, to), field(4, operator));

const constant = (name, dims, values) =>
  message(...dims.map((size) => field(1, size)), field(2, FLOAT), field(8, name), field(9, new Uint8Array(values.buffer)));

function value(name, dims) {
  const shape = message(...dims.map((size) => field(1, field(1, size))));
  return message(field(1, name), field(2, field(1, message(field(1, FLOAT), field(2, shape)))));
}

/** x [rows, inputSize] to y = softmax(relu(x w1 + b1) w2 + b2) [rows, classes]; the field numbers are those of onnx.proto. */
function classifier(rows, [inputSize, hidden, classes]) {
  const graph = message(
    field(1, node("Gemm", ["x", "w1", "b1"], "z1")),
    field(1, node("Relu", ["z1"], "h")),
    field(1, node("Gemm", ["h", "w2", "b2"], "z2")),
    field(1, node("Softmax", ["z2"], "y")),
    field(2, "classifier"),
    field(5, constant("w1", [inputSize, hidden], inputs(inputSize * hidden, 3, 0.08))),
    field(5, constant("b1", [hidden], new Float32Array(hidden))),
    field(5, constant("w2", [hidden, classes], inputs(hidden * classes, 4, 0.2))),
    field(5, constant("b2", [classes], new Float32Array(classes))),
    field(11, value("x", [rows, inputSize])),
    field(12, value("y", [rows, classes])),
  );
  return message(field(1, 8), field(7, graph), field(8, field(2, 13)));
}

async function preparePredict({ layers, rows }) {
  const session = await ort.InferenceSession.create(classifier(rows, layers), { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
  const x = new ort.Tensor("float32", inputs(rows * layers[0], 1, 0.5, 0.5), [rows, layers[0]]);
  const run = async () => (await session.run({ x })).y.data;
  const total = (await run()).reduce((sum, probability) => sum + probability, 0);
  if (!(Math.abs(total - rows) < 1e-3 * rows)) throw new Error(`predict: expected probabilities that sum to ${rows}, received ${total}`);
  return { "session.run": { run, release: () => session.release() } };
}

await serve({
  hello() {
    ort.env.wasm.numThreads = 1;
    return { version: ort.env.versions.web, backend: "wasm, SIMD", threads: 1 };
  },
  prepare(task) {
    if (task.name !== "predict") throw new Unsupported(`no task ${task.name}`);
    return preparePredict(task);
  },
});
