/** @file Runs in real browsers: threads where a page may share memory, one thread and a line that says so where it may not; strict policies. */
import { afterEach, expect, inject, test, vi } from "vitest";
import { init } from "../../src/index.js";
import { threads } from "../../src/wasm/threads.js";
import { trainWide, workload } from "./workload.js";

/** WebKit shares memory with workers on any page. */
const isShared = inject("isolated") || /AppleWebKit(?!.*Chrome)/.test(navigator.userAgent);
const size = isShared ? 2 : 1;

const info = vi.spyOn(console, "info").mockImplementation(() => {});
afterEach(async () => {
  await init({ threads: 1 });
  info.mockClear();
});

/** What was said since the last test. */
const said = (): string[] => info.mock.calls.map(([text]) => String(text));
const expectLine = (): void => {
  if (isShared) expect(said()).toEqual([]);
  else expect(said()).toEqual([expect.stringMatching(/^engram computes with one thread: /)]);
};

// The first, for what init has decided fit does not.
test("fit starts threads by itself, where there are several cores", async () => {
  const cores = Math.min(navigator.hardwareConcurrency, 8);
  const started = performance.now();
  while (performance.now() - started < 20_000 && threads.size === 1 && said().length === 0) {
    await trainWide();
    // A page hears of its workers between turns of the event loop only, and a short fit takes none.
    await new Promise((resolve) => setTimeout(resolve));
  }
  if (!isShared) expect(threads.size).toBe(1);
  if (isShared && cores > 1) {
    // Half as many, or a quarter, where there turn out to be fewer cores (WebKit always says 4 or 8), or others use them.
    if (threads.size > 1) expect([cores, cores >> 1, cores >> 2]).toContain(threads.size);
    else expect(said()).toEqual(["engram computes with one thread: all cores are busy."]);
  } else if (cores > 1) expectLine();
});

test("results have the bits that Node computes, with two threads", async () => {
  const { least } = threads;
  await init({ threads: 2 });
  expect(threads.size).toBe(size);
  expectLine();
  const usual = { ...least };
  // Small ones, too, but not those of a few numbers, which would take long.
  Object.assign(least, { record: 500, plan: 500, call: 500, asleep: 500 });
  try {
    expect(await workload()).toEqual(inject("expected").workload);
  } finally {
    Object.assign(least, usual);
  }
  expect(threads.size).toBe(size);
});

/** What a page of a strict policy tells. */
function strictPage(workerUrl: string, page = "page"): Promise<{ threads: number; said: string[]; isNumber: boolean }> {
  const frame = document.createElement("iframe");
  frame.src = `/strict/${page}.html?${workerUrl}`;
  return new Promise((resolve) => {
    addEventListener("message", function listen({ source, data }) {
      if (source !== frame.contentWindow) return;
      removeEventListener("message", listen);
      frame.remove();
      resolve(data);
    });
    document.body.append(frame);
  });
}

test("a policy that forbids workers made from text: by the package's own file", async () => {
  const told = await strictPage("/strict/worker.js");
  expect(told).toMatchObject({ threads: size, isNumber: true });
  expect(told.said).toHaveLength(isShared ? 0 : 1);
});

test("a policy that forbids workers made from text, without that file: one thread and a line", async () => {
  const told = await strictPage("");
  expect(told).toMatchObject({ threads: 1, isNumber: true, said: [expect.stringMatching(/^engram computes with one thread: /)] });
});

test("an address without a worker: one thread and a line", async () => {
  const told = await strictPage("/strict/none.js");
  expect(told).toMatchObject({ threads: 1, isNumber: true, said: [expect.stringMatching(/^engram computes with one thread: /)] });
});

test("a policy that forbids WebAssembly: one error that says what to add", async () => {
  const hint = /^Error: core: expected a host that may run WebAssembly\. Got .* HINT: a Content-Security-Policy needs script-src 'wasm-unsafe-eval'\.$/s;
  expect(await strictPage("", "forbidding")).toMatchObject({ isNumber: false, said: [expect.stringMatching(hint)] });
});
