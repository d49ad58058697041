/** @file Runs in real browsers: the shell of the page as it is built. */
import { expect, inject, test } from "vitest";
import { openPage } from "./webPage.js";

test("the tabs follow the address, and the page speaks two languages", async () => {
  const page = await openPage();
  await page.click("Playground");
  await page.until("the playground's address", () => page.window.location.hash === "#/playground");
  await page.find("main", "Playground");
  expect((await page.find("a[aria-current=page]")).textContent).toBe("Playground");
  await page.click("简体中文");
  await page.find("main", "游乐场");
  expect(page.document.documentElement.lang).toBe("zh-CN");
  await page.click("English");
  page.window.location.hash = "#/benchmark";
  await page.find("main", "Benchmark");
  await page.until("its title", () => page.document.title === "Benchmark – engram");
  expect(page.errors).toEqual([]);
});

test("dark and light are chosen", async () => {
  const page = await openPage("?lang=en&theme=dark#/activations");
  const paper = (): string => page.window.getComputedStyle(page.document.documentElement).backgroundColor;
  const dark = paper();
  await page.click("Light");
  await page.until("another paper", () => paper() !== dark);
  expect(page.document.documentElement.dataset.theme).toBe("light");
});

test.each([360, 1400])("nothing sticks out of %i px", async (width) => {
  const page = await openPage("?lang=en", { width, height: 800 });
  for (const name of ["Digits", "Playground", "Activations", "Benchmark"]) {
    await page.click(name);
    await page.find("main", name);
    await page.until("the tab", () => (page.document.querySelector("main")?.textContent ?? "Loading") !== "Loading…");
    expect([name, page.document.documentElement.scrollWidth]).toEqual([name, Math.min(width, page.document.documentElement.clientWidth)]);
  }
});

test("the footer tells whether the page is isolated", async () => {
  const page = await openPage();
  const footer = await page.find("footer");
  expect(footer.textContent).toMatch(inject("isolated") ? /(?<!not )isolated/ : /not isolated/);
});
