/** @file Runs in real browsers: the tab "Digits" of the page as it is built. A network learns digits, rests, goes on, ends, and reads what is drawn. */
import { expect, test } from "vitest";
import { openPage, type WebPage } from "./webPage.js";

const reading = (page: WebPage, name: string): number => {
  const label = [...page.document.querySelectorAll("dt")].find(({ textContent }) => textContent === name);
  return Number.parseFloat((label?.nextElementSibling?.textContent ?? "").replace(/,/g, ""));
};

async function begin(page: WebPage, epochs: number): Promise<void> {
  await page.until("digits", () => page.document.querySelector<HTMLButtonElement>("button.primary")?.disabled === false);
  await page.set("Epochs", epochs);
  await page.click("Train");
}

const isAt = (page: WebPage, news: RegExp): Promise<boolean> =>
  page.until(`news ${news}`, () => news.test(page.document.querySelector("[role=status]")?.textContent ?? ""), 40_000);

/** Draws with a pointer through places from 0 to 1. */
function draw(page: WebPage, places: [number, number][]): void {
  const pad = page.document.querySelector(".pad canvas") as HTMLCanvasElement;
  const box = pad.getBoundingClientRect();
  places.forEach(([x, y], i) => {
    const place = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
    const type = i === 0 ? "pointerdown" : "pointermove";
    pad.dispatchEvent(new page.window.PointerEvent(type, { ...place, bubbles: true, pointerId: 1, button: 0, buttons: 1 }));
  });
}

const answer = (page: WebPage): string => page.document.querySelector("output.answer-digit")?.textContent ?? "";

test("a network learns digits, and reads what is drawn and chosen", async () => {
  const page = await openPage("?lang=en#/digits");
  // On the digits that are there at once.
  await begin(page, 1);
  await isAt(page, /^It reads \d\d\.\d % of the test digits right/);
  expect(reading(page, "Test accuracy")).toBeGreaterThan(80);
  expect(reading(page, "Images seen")).toBeGreaterThanOrEqual(4000);
  for (const digit of ["0", "1", "7"]) {
    await page.click(`Try a ${digit}`);
    await page.until(`the answer ${digit}`, () => answer(page) === digit);
  }
  await page.click("Clear");
  await page.until("no answer", () => answer(page) === "–");
  draw(
    page,
    Array.from({ length: 20 }, (_, i) => [0.55 - i * 0.004, 0.2 + i * 0.03]),
  );
  await page.until("the answer 1", () => answer(page) === "1");
  expect(page.document.querySelectorAll(".mistakes li").length).toBeGreaterThan(5);
  expect(page.errors).toEqual([]);
});

test("a training rests, goes on, ends and begins anew", async () => {
  const page = await openPage("?lang=en#/digits");
  await begin(page, 100);
  await page.until("images", () => reading(page, "Images seen") > 1000);
  await page.click("Pause");
  await isAt(page, /^Paused/);
  const seen = reading(page, "Images seen");
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(reading(page, "Images seen")).toBe(seen);
  await page.click("Resume");
  await page.until("more images", () => reading(page, "Images seen") > seen);
  await page.click("Stop");
  await isAt(page, /^(Ready|It reads)/);
  await page.click("Start over");
  expect(await page.until("no images", () => reading(page, "Images seen") === 0)).toBe(true);
  expect(page.errors).toEqual([]);
});

test("leaving the tab ends the training", async () => {
  const page = await openPage("?lang=en#/digits");
  await begin(page, 100);
  await page.until("images", () => reading(page, "Images seen") > 1000);
  await page.click("Playground");
  await page.find("main", "Playground");
  await page.click("Digits");
  await page.until("a new beginning", () => reading(page, "Images seen") === 0);
  expect(page.errors).toEqual([]);
});
