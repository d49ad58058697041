/**
 * @file A vitest browser provider for any program that opens the address given as its last argument. It serves three browsers
 * alike and, unlike remote control, does not depend on which protocol version an installed browser speaks.
 */
import { defineBrowserProvider } from "@vitest/browser";
import type { BrowserProvider, BrowserProviderOption } from "vitest/node";
import { openBrowser, type StartCommand } from "./openBrowser.js";

class CommandProvider implements BrowserProvider {
  readonly name = "command";
  readonly supportsParallelism = false;
  private readonly running: (() => Promise<void>)[] = [];

  constructor(private readonly start: StartCommand) {}

  getCommandsContext(): Record<string, unknown> {
    return {};
  }

  async openPage(_session: string, url: string): Promise<void> {
    this.running.push(await openBrowser(this.start, url));
  }

  async close(): Promise<void> {
    for (const close of this.running.splice(0)) await close();
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
