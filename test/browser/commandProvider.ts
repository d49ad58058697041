/**
 * @file A vitest browser provider for any program that opens the address given as its last argument. It serves three browsers
 * alike and, unlike remote control, does not depend on which protocol version an installed browser speaks.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineBrowserProvider } from "@vitest/browser";
import type { BrowserProvider, BrowserProviderOption } from "vitest/node";

/** How to start a browser; given a new empty folder for what it stores. */
export type StartCommand = (folder: string) => {
  program: string;
  args: string[];
  env?: Record<string, string>;
  /** Files to put into the folder first: name and text. */
  files?: Record<string, string>;
};

interface Running {
  process: ChildProcess;
  folder: string;
  /** The last of what it said: shown when it ends before the tests do. */
  said: string;
}

class CommandProvider implements BrowserProvider {
  readonly name = "command";
  readonly supportsParallelism = false;
  private readonly running: Running[] = [];

  constructor(private readonly start: StartCommand) {}

  getCommandsContext(): Record<string, unknown> {
    return {};
  }

  async openPage(_session: string, url: string): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "engram-browser-"));
    const { program, args, env, files } = this.start(folder);
    for (const [name, text] of Object.entries(files ?? {})) writeFileSync(join(folder, name), text);
    // A process group of its own, so that what the program starts ends with it.
    const process_ = spawn(program, [...args, url], { env: { ...process.env, ...env }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const running: Running = { process: process_, folder, said: "" };
    const listen = (chunk: Buffer): void => {
      running.said = (running.said + chunk.toString()).slice(-2000);
    };
    process_.stdout.on("data", listen);
    process_.stderr.on("data", listen);
    process_.on("exit", (code, signal) => {
      if (this.running.includes(running))
        console.error(`${program}: expected it to run until the tests end. Got ${signal ?? `exit code ${code}`}:\n${running.said}`);
    });
    this.running.push(running);
    await once(process_, "spawn");
  }

  async close(): Promise<void> {
    for (const { process: child, folder } of this.running.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) {
        process.kill(-(child.pid as number), "SIGTERM");
        await Promise.race([once(child, "exit"), new Promise((resolve) => setTimeout(resolve, 5000))]);
        if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid as number), "SIGKILL");
      }
      // A browser's children may still be writing.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
  }
}

/** A provider that starts each browser by its command. */
export function command(startCommands: Record<string, StartCommand>): BrowserProviderOption {
  return defineBrowserProvider({
    name: "command",
    options: startCommands,
    providerFactory: (project) => new CommandProvider(startCommands[project.config.browser.name] as StartCommand),
  }) as BrowserProviderOption;
}
