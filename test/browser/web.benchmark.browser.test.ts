/** @file Runs in real browsers: the tab "Benchmark" of the page as it is built. */
import { expect, inject, test } from "vitest";
import { openPage } from "./webPage.js";

/** Measures for a short time: it is not the figures that are tested. */
const open = () => openPage("?lang=en&theme=light#/benchmark?ms=15");

test("every task is measured, the results agree, and they can be copied", async () => {
  const page = await open();
  const copied: string[] = [];
  // Tests have no leave to write to the clipboard.
  Object.defineProperty(page.window.navigator, "clipboard", { value: { writeText: async (text: string) => void copied.push(text) } });
  await page.click("Run");
  await page.until("the end", () => page.document.querySelector("p[role=status]")?.textContent === "11 of 11 measured", 55_000);
  const rows = [...page.document.querySelectorAll("tbody tr")].map((row) => [...row.children].map(({ textContent }) => textContent ?? ""));
  expect(rows).toHaveLength(11);
  for (const [task, plain, engram, factor] of rows) {
    for (const rate of [plain, engram]) expect([task, Number(rate?.replaceAll(",", "")) > 0]).toEqual([task, true]);
    expect([task, factor]).toEqual([task, expect.stringMatching(/^[\d.,]+×$/)]);
  }
  const agreement = (await page.find("dt", "Results agree within")).nextElementSibling?.textContent;
  expect(Number(agreement)).toBeLessThan(1e-5);
  await page.click("Copy the result");
  await page.until("the copy", () => copied.length === 1);
  expect(copied[0]?.match(/^\| .+ \| .+ \| .+ \| .+× \|$/gm)).toHaveLength(11);
  expect(page.errors).toEqual([]);
}, 60_000);

test("it stops when asked to, and runs strictly and on one thread", async () => {
  const page = await open();
  const threads = await page.find<HTMLInputElement>("input[role=switch]", /threads/i);
  expect(threads.disabled).toBe(!inject("isolated"));
  const relaxed = await page.find<HTMLInputElement>("input[role=switch]", /relaxed/i);
  if (!relaxed.disabled) relaxed.click();
  if (!threads.disabled) threads.click();
  await page.click("Run");
  await page.click("Stop");
  await page.find("button", "Run");
  expect(page.document.querySelector("p[role=status]")?.textContent).toMatch(/^(0|1) of 11 measured$|Press Run/);
  expect(page.errors).toEqual([]);
});
