/** @file The op table: one row an op, read by ops.test.ts, the registry test and the benches; the rows are in table/. */

import { activationRows } from "./table/activations.js";
import { alongAxisRows } from "./table/alongAxis.js";
import { arithmeticRows } from "./table/arithmetic.js";
import { countRows } from "./table/count.js";
import { creationRows } from "./table/creation.js";
import { einsumRows } from "./table/einsum.js";
import { elementwiseRows } from "./table/elementwise.js";
import { fusedRows } from "./table/fused.js";
import { indexingRows } from "./table/indexing.js";
import { layerNormRows } from "./table/layerNorm.js";
import { linalgRows } from "./table/linalg.js";
import { logicalRows } from "./table/logical.js";
import { mathRows } from "./table/math.js";
import { matmulRows } from "./table/matmul.js";
import { movementRows } from "./table/movement.js";
import { movingAverageRows } from "./table/movingAverage.js";
import { normalizeRows } from "./table/normalize.js";
import { randomRows } from "./table/random.js";
import { rearrangeRows } from "./table/rearrange.js";
import { reduceRows } from "./table/reduce.js";
import type { Row } from "./table/row.js";
import { scanRows } from "./table/scan.js";
import { shapeRows } from "./table/shape.js";
import { sliceRows } from "./table/slices.js";
import { softmaxRows } from "./table/softmax.js";
import { sortRows } from "./table/sort.js";
import { statisticsRows } from "./table/statistics.js";

export const opsTable: Record<string, Row> = {
  ...elementwiseRows,
  ...activationRows,
  ...reduceRows,
  ...statisticsRows,
  ...scanRows,
  ...sortRows,
  ...countRows,
  ...softmaxRows,
  ...logicalRows,
  ...mathRows,
  ...arithmeticRows,
  ...matmulRows,
  ...movementRows,
  ...movingAverageRows,
  ...alongAxisRows,
  ...creationRows,
  ...randomRows,
  ...einsumRows,
  ...rearrangeRows,
  ...shapeRows,
  ...sliceRows,
  ...indexingRows,
  ...layerNormRows,
  ...linalgRows,
  ...normalizeRows,
  ...fusedRows,
};
