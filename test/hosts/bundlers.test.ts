/** @file An app by each bundler, and one by none, opened in Chromium: trains, predicts, saves, uses relaxed kernels, threads, a strict policy. */
import { join } from "node:path";
import { createServer } from "vite";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { startCommand } from "../../scripts/browsers.mjs";
import { openBrowser } from "../browser/openBrowser.js";
import { bundlers } from "./bundlers.js";
import { headersOf, type Pages, Reports, serve } from "./serve.js";
import { untouched } from "./setup.js";

const project = inject("project");
const { fused: _, ...usual } = inject("told");

/** Opens an address in Chromium and waits for its report. */
async function open(url: string, report: Promise<string>): Promise<unknown> {
  const close = await openBrowser(startCommand("chromium"), url);
  try {
    return JSON.parse(await report);
  } finally {
    await close();
  }
}

/** Opens a built app. */
async function visit(folder: string, path: string, pages: Pages): Promise<unknown> {
  const { url, report, close } = await serve(folder, pages);
  try {
    return await open(`${url}${path}`, report);
  } finally {
    close();
  }
}

const good = { ...usual, fused: [false, true], workers: 2 };
const alone = { ...good, said: [expect.stringMatching(/^engram computes with one thread: /)] };

const apps = Object.entries(bundlers).map(([name, build]) => ({ name, folder: join(project, "built", name), path: "/", build }));
/** The project itself is a page without bundler. */
const plain = { name: "no bundler", folder: project, path: "/plain/", build() {} };

describe.each([...apps, plain])("$name", ({ name, folder, path, build }) => {
  beforeAll(async () => void (await build(join(project, name), folder)));

  test("an isolated page has threads, by themselves", async () => {
    expect(await visit(folder, path, { isolated: true, isStrict: false })).toEqual(good);
  });

  test("another page computes with one thread, and says so", async () => {
    expect(await visit(folder, path, { isolated: false, isStrict: false })).toEqual(alone);
  });

  test("a page with a strict policy has threads by the worker's file", async () => {
    expect(await visit(folder, `${path}?worker`, { isolated: true, isStrict: true })).toEqual(good);
  });
});

test("a page imports it without any effect", async () => {
  expect(await visit(project, "/plain/imports.html", { isolated: true, isStrict: true })).toEqual(untouched);
});

test("vite's development server", async () => {
  const reports = new Reports();
  const server = await createServer({
    root: join(project, "vite"),
    configFile: false,
    logLevel: "error",
    server: { port: 0, headers: headersOf({ isolated: true, isStrict: false }) },
    plugins: [{ name: "reports", configureServer: ({ middlewares }) => void middlewares.use((req, res, next) => reports.take(req, res) || next()) }],
  });
  try {
    await server.listen();
    expect(await open(`${server.resolvedUrls?.local[0]}?worker`, reports.first)).toEqual(good);
  } finally {
    await server.close();
  }
});
