/** @file A training that is interrupted anywhere and goes on ends with the same bits as one that was not. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { callbacks, type IOHandler, layers, type ModelArtifacts, sequential } from "../src/index.js";
import { type Kind, kinds, run } from "./training/resumable.js";

const scratch = mkdtempSync(join(tmpdir(), "engram-resume-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Kept {
  artifacts: ModelArtifacts;
  csv: string;
}

/** A place in memory that keeps every backup, with the log file of that moment. */
function shelf(csv: string, first: Kept | null): { handler: IOHandler; kept: Kept[] } {
  const kept: Kept[] = [];
  const handler = {
    save: async (artifacts: ModelArtifacts) => {
      kept.push({ artifacts: structuredClone(artifacts), csv: existsSync(csv) ? readFileSync(csv, "utf8") : "" });
      return {
        modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON", modelTopologyBytes: 0, weightSpecsBytes: 0, weightDataBytes: 0 } as const,
      };
    },
    load: async () => {
      if (first === null) throw Object.assign(new Error("none yet"), { code: "missing" });
      return first.artifacts;
    },
  };
  return { handler, kept };
}

describe("from every backup, in a process whose random state is another", () => {
  test.each(kinds)("%s", async (kind) => {
    const csv = join(scratch, `${kind}.csv`);
    const whole = shelf(csv, null);
    const expected = await run(kind, { backup: whole.handler, saveFreq: 1, csv, epochs: 5 });
    const log = readFileSync(csv, "utf8");
    expect(log.split("\n").length).toBeGreaterThan(5);
    expect(whole.kept.length).toBeGreaterThan(15);
    for (const [i, first] of whole.kept.entries()) {
      // What the interrupted run wrote after its last backup is there too.
      writeFileSync(csv, i < whole.kept.length - 1 ? `${first.csv}4,1,2,3\n5,1` : first.csv);
      expect(await run(kind, { backup: shelf(csv, first).handler, saveFreq: 3, csv, epochs: 5, seed: i + 2 }), `backup ${i}`).toEqual(expected);
      expect(readFileSync(csv, "utf8")).toBe(log);
    }
  });
});

/** Runs the program until it ends, or is killed some moment after so many batches; how many batches it trained, or null when it was killed. */
function attempt(kind: Kind, folder: string, life = Number.POSITIVE_INFINITY): Promise<number | null> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ["--import", "tsx", "test/training/resumable.ts", kind, folder, "12"], { stdio: ["ignore", "pipe", "inherit"] });
    let batches = 0;
    child.stdout.on("data", (dots: Buffer) => {
      batches += dots.length;
      if (batches >= life) setTimeout(() => child.kill("SIGKILL"), 5 * Math.random());
    });
    child.once("close", (code, signal) => {
      if (signal === "SIGKILL") done(null);
      else if (code === 0) done(batches);
      else fail(new Error(`${kind}: exit code ${code}`));
    });
  });
}

test.each(["arrays", "dataset"] as const)(
  "killed at any moment, also while it saves: %s",
  async (kind) => {
    const [whole, broken] = ["whole", "broken"].map((name) => join(scratch, `${kind}-${name}`)) as [string, string];
    for (const folder of [whole, broken]) mkdirSync(folder);
    const batches = (await attempt(kind, whole)) as number;
    expect(batches).toBeGreaterThan(40);
    let kills = 0;
    // Each goes on for longer than it is from one backup to the next.
    while ((await attempt(kind, broken, 5 + (batches / 3) * Math.random())) === null) kills++;
    expect(kills).toBeGreaterThan(0);
    for (const file of ["result.json", "log.csv"]) expect(readFileSync(join(broken, file), "utf8")).toBe(readFileSync(join(whole, file), "utf8"));
    expect(existsSync(join(broken, "backup"))).toBe(false);
  },
  240_000,
);

describe("backups", () => {
  const fitted = async (backup: string, args: object = {}, units = 1): Promise<number> => {
    const model = sequential({ layers: [layers.dense({ units, inputShape: [1] })] });
    model.compile({ optimizer: "sgd", loss: "mse" });
    let epochs = 0;
    const onEpochBegin = (): void => void epochs++;
    await model.fit([[1], [2]], [[1], [2]], { epochs: 3, verbose: 0, callbacks: [{ onEpochBegin }, callbacks.backupAndRestore({ path: backup, ...args })] });
    return epochs;
  };

  test("are removed at the end unless they are to stay; those of another model are refused", async () => {
    const url = `file://${join(scratch, "kept")}`;
    expect([await fitted(url), await fitted(url)]).toEqual([3, 3]);
    expect(await fitted(url, { deleteCheckpoint: false })).toBe(3);
    expect(await fitted(url, { deleteCheckpoint: false })).toBe(0);
    await expect(fitted(url, {}, 2)).rejects.toThrow("expected weights of");
    await sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] }).save(url);
    await expect(fitted(url)).rejects.toThrow("expected a backup");
    expect(() => callbacks.backupAndRestore({ path: "nowhere" })).toThrow("file://");
    expect(() => callbacks.backupAndRestore({ path: { save: async () => ({}) as never } })).toThrow("a handler with save() and load()");
    expect(() => callbacks.backupAndRestore({ path: url, saveFreq: 0 })).toThrow("saveFreq");
  });
});
