/** @file Opens an address in a browser with a folder of its own, and ends that browser again. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How to start a browser; given a new empty folder for what it stores. */
export type StartCommand = (folder: string) => {
  program: string;
  args: string[];
  env?: Record<string, string>;
  /** Files to put into the folder first: name and text. */
  files?: Record<string, string>;
};

/**
 * Starts a browser that opens an address.
 * @returns ends it
 */
export async function openBrowser(start: StartCommand, url: string): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "engram-browser-"));
  const { program, args, env, files } = start(folder);
  for (const [name, text] of Object.entries(files ?? {})) writeFileSync(join(folder, name), text);
  // A process group of its own, so that what the program starts ends with it.
  const child = spawn(program, [...args, url], { env: { ...process.env, ...env }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  /** The last of what it said: shown when it ends before the tests do. */
  let said = "";
  const listen = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-2000);
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  let isClosing = false;
  child.on("exit", (code, signal) => {
    if (!isClosing) console.error(`${program}: expected it to run until the tests end. Got ${signal ?? `exit code ${code}`}:\n${said}`);
  });
  await once(child, "spawn");
  return async () => {
    isClosing = true;
    if (child.exitCode === null && child.signalCode === null) {
      process.kill(-(child.pid as number), "SIGTERM");
      await Promise.race([once(child, "exit"), new Promise((resolve) => setTimeout(resolve, 5000))]);
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid as number), "SIGKILL");
    }
    // A browser's children may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
}
