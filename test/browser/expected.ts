/** @file Computes in Node what the browsers must compute bit by bit, before they start. */
import type { TestProject } from "vitest/node";
import { tableHashes, workload } from "./workload.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Hashes that Node computed. */
    expected: { workload: Record<string, string>; table: Record<string, string> };
    /** Whether this run's pages are cross-origin isolated. */
    isolated: boolean;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide("expected", { workload: await workload(), table: await tableHashes() });
}
