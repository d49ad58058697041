/** @file Packs the library and installs it into an empty project outside the tree, with the fixture apps beside it. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the project. */
    project: string;
    /** What the program tells in this Node. */
    told: Told;
  }
}

/** What test/hosts/apps/program.js tells. */
export interface Told {
  answers: number[];
  strict: number;
  saved: number;
  inWorker: number;
  shared: number;
  said: string[];
  fused: [boolean, boolean];
}

/** What importing the package may do to a realm: read what the language has, and change nothing. */
export const untouched = { uses: [], changed: [] };

/** Runs a program in a folder and returns what it printed. */
export function execute(program: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(" ")}: expected success. Got:\n${stdout}\n${stderr}`);
  }
}

export default function setup({ provide }: TestProject): () => void {
  const project = mkdtempSync(join(tmpdir(), "engram-hosts-"));
  // npm runs the prepack script: dist is built anew.
  execute("npm", ["pack", "--pack-destination", project], process.cwd());
  const tarball = readdirSync(project).find((name) => name.endsWith(".tgz")) as string;
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  execute("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`], project);
  cpSync("test/hosts/apps", project, { recursive: true });
  cpSync("test/pack/program.mjs", join(project, "usual.mjs"));
  provide("project", project);
  provide("told", JSON.parse(execute(process.execPath, ["host.mjs"], project)));
  return () => rmSync(project, { recursive: true, force: true });
}
