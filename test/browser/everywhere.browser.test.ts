/**
 * @file The test files of Node that need nothing of Node, in one page: what ops compute (eagerly, as plans, their gradients), the
 * reference vectors, training. The others are about files, processes and the tree, or about JavaScript that no engine runs otherwise.
 */
import { describe, inject } from "vitest";
import { init, ready } from "../../src/index.js";

const files = {
  "ops.test.ts": () => import("../ops.test.js"),
  "fixtures.test.ts": () => import("../fixtures.test.js"),
  "compile.test.ts": () => import("../compile.test.js"),
  "course.test.ts": () => import("../course.test.js"),
  "optim.test.ts": () => import("../optim.test.js"),
  "layers.test.ts": () => import("../layers.test.js"),
  "losses.test.ts": () => import("../losses.test.js"),
  "metrics.test.ts": () => import("../metrics.test.js"),
  "grad.test.ts": () => import("../grad.test.js"),
  "random.test.ts": () => import("../random.test.js"),
  "tensor.test.ts": () => import("../tensor.test.js"),
  "scan.test.ts": () => import("../scan.test.js"),
  "fitArguments.test.ts": () => import("../fitArguments.test.js"),
  "saving.structure.test.ts": () => import("../saving.structure.test.js"),
  "saving.training.test.ts": () => import("../saving.training.test.js"),
  "notFinite.test.ts": () => import("../notFinite.test.js"),
  "observe.test.ts": () => import("../observe.test.js"),
};

// Isolated pages take the build that fit would choose, relaxed where the browser has it; the others the strict one.
if (inject("isolated")) await ready();
else await init({ relaxed: false });

for (const [name, load] of Object.entries(files)) describe(name, async () => void (await load()));
