/** @file Who takes part, how each is started, and what to install when it is missing. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** jax-js calls `navigator` and uses relaxed SIMD, which the oldest Node that engram supports lacks. */
const NODE_24 = here("node_modules/node24/bin/node");
/** Debian's own Python: another one first on the PATH does not see Debian's PyTorch. */
const DEBIAN_PYTHON = "/usr/bin/python3";

export interface ContenderSpec {
  name: string;
  command: string[];
  colour: string;
  /** Left out of the picture, where it would stretch the axis beyond reading; the table has it. */
  tableOnly?: boolean;
  /** Said when it cannot be started. */
  install: string;
}

const ENGRAM_FILE = ["--import", "tsx", here("engram.ts")];
const BUILD = "run `npm ci` and build the kernels (see the scripts of package.json)";
const NPM = "run `npm ci` in bench/peers";
const TORCH = "install it with `apt-get install python3-torch libopenblas0-pthread` (Debian's own Python is used)";

export const ENGRAM = "engram";
export const TORCH_NAME = "PyTorch";

/** Colours: Okabe and Ito's, which the colour-blind tell apart. */
export const CONTENDERS: readonly ContenderSpec[] = [
  { name: ENGRAM, command: [process.execPath, ...ENGRAM_FILE, "strict"], colour: "#000000", install: BUILD },
  // Beside jax-js, which uses relaxed SIMD too: fused multiply-add on the same Node, on one thread and as it comes.
  { name: "engram-relaxed", command: [NODE_24, ...ENGRAM_FILE, "relaxed"], colour: "#777777", tableOnly: true, install: BUILD },
  { name: "engram-default", command: [NODE_24, ...ENGRAM_FILE], colour: "#AAAAAA", tableOnly: true, install: BUILD },
  { name: "tfjs-wasm", command: [process.execPath, here("tfjs.mjs"), "wasm"], colour: "#E69F00", install: NPM },
  { name: "tfjs-cpu", command: [process.execPath, here("tfjs.mjs"), "cpu"], colour: "#F0C75E", tableOnly: true, install: NPM },
  { name: "jax-js", command: [NODE_24, here("jax.mjs")], colour: "#56B4E9", install: NPM },
  { name: "onnxruntime-web", command: [process.execPath, here("onnx.mjs")], colour: "#009E73", install: NPM },
  { name: "brain.js", command: [process.execPath, here("brain.mjs")], colour: "#CC79A7", install: NPM },
  { name: TORCH_NAME, command: [DEBIAN_PYTHON, here("torch_peer.py")], colour: "#D55E00", install: TORCH },
];

/** Packages of bench/peers that are not installed in the version that its lock file names. */
function outdatedPackages(): string[] {
  const lock = JSON.parse(readFileSync(here("package-lock.json"), "utf8"));
  const wanted: Record<string, string> = lock.packages[""].dependencies;
  return Object.keys(wanted).filter((name) => {
    const manifest = here(`node_modules/${name}/package.json`);
    const locked: string | undefined = lock.packages[`node_modules/${name}`].version;
    return !existsSync(manifest) || (locked !== undefined && JSON.parse(readFileSync(manifest, "utf8")).version !== locked);
  });
}

/** Installs the npm peers if they are not there. Throws with what to do when that fails. */
export function installPeers(): void {
  const outdated = outdatedPackages();
  if (outdated.length === 0) return;
  process.stderr.write(`bench/peers: installing ${outdated.join(", ")}\n`);
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here("."), stdio: ["ignore", 2, 2] });
  if (status !== 0 || outdatedPackages().length > 0) throw new Error(`peers are missing: ${outdatedPackages().join(", ")}; ${NPM}`);
}
