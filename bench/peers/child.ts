/** @file The runner's side of the protocol of `protocol.mjs`: one contender's process, asked one thing at a time. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ContenderSpec } from "./contenders.js";

/** What a contender says of itself. */
export interface Hello {
  runtime: string;
  version: string;
  backend: string;
  threads: number | string;
  /** PyTorch only. */
  blas?: string;
  matmul1024GFlops?: number;
}

export interface Prepared {
  /** The variant that was fastest, and the best milliseconds of each that was tried. */
  variant: string;
  variants: Record<string, number>;
}

/** Where `--import tsx` finds tsx. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The contender cannot do this task; no failure. */
export class Unsupported extends Error {}

export class Child {
  readonly name: string;
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly lines: Interface;
  private readonly spec: ContenderSpec;
  private waiting: { resolve(line: string): void; reject(reason: Error): void } | undefined;
  private dead: Error | undefined;
  private errors = "";

  constructor(spec: ContenderSpec) {
    this.name = spec.name;
    this.spec = spec;
    const [file, ...args] = spec.command;
    this.process = spawn(file, args, { cwd: ROOT });
    this.lines = createInterface({ input: this.process.stdout });
    this.lines.on("line", (line) => {
      this.waiting?.resolve(line);
      this.waiting = undefined;
    });
    this.process.stderr.on("data", (text) => {
      this.errors = (this.errors + text).slice(-4000);
    });
    this.process.stdin.on("error", () => {}); // the exit is reported instead
    this.process.on("error", (error) => this.fail(error.message));
    this.process.on("close", (code) => this.fail(`it ended with exit code ${code}`));
  }

  private fail(reason: string): void {
    this.dead ??= new Error(`${this.name}: ${reason}; if it is missing, ${this.spec.install}\n${this.errors.trim()}`);
    this.waiting?.reject(this.dead);
    this.waiting = undefined;
  }

  private async ask<Answer>(request: Record<string, unknown>): Promise<Answer> {
    if (this.dead) throw this.dead;
    const answered = new Promise<string>((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
    this.process.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = JSON.parse(await answered);
    if (answer.unsupported) throw new Unsupported(answer.unsupported);
    if (answer.error) throw new Error(`${this.name}: ${answer.error}`);
    return answer;
  }

  hello(): Promise<Hello> {
    return this.ask({ command: "hello" });
  }

  /** Makes the inputs, checks the results, warms up and picks the fastest variant. */
  prepare(task: Record<string, unknown>): Promise<Prepared> {
    return this.ask({ command: "prepare", task });
  }

  /** Mean milliseconds of an iteration over a slice of `ms` milliseconds. */
  async measure(ms: number): Promise<number> {
    return (await this.ask<{ ms: number }>({ command: "run", ms })).ms;
  }

  async release(): Promise<void> {
    if (!this.dead) await this.ask({ command: "release" });
  }

  stop(): void {
    this.process.stdin.end();
    this.process.kill();
  }
}
