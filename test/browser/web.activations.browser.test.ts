/** @file Runs in real browsers: the tab "Activations" of the page as it is built. */
import { expect, test } from "vitest";
import { openPage, type WebPage } from "./webPage.js";

const open = (name = "relu", language = "en"): Promise<WebPage> => openPage(`?lang=${language}&theme=light#/activations?function=${name}`);

/** The number under a reading's name. */
function reading(page: WebPage, name: string): number {
  const label = [...page.document.querySelectorAll("dl.readings dt")].find(({ textContent }) => textContent === name);
  return Number(label?.nextElementSibling?.textContent?.replace(",", "") ?? Number.NaN);
}

test("a function's value and slope at a point are read off", async () => {
  const page = await open("sigmoid");
  await page.set("Input x", 2);
  const sigmoid = 1 / (1 + Math.exp(-2));
  await page.until("the value at 2", () => reading(page, "f(x)") === Number(sigmoid.toFixed(3)));
  expect(reading(page, "f′(x)")).toBe(Number((sigmoid * (1 - sigmoid)).toFixed(3)));
  await page.click("ELU");
  await page.set("Parameter α", 3);
  await page.set("Input x", -1);
  await page.until("the value at -1", () => reading(page, "f(x)") === Number((3 * (Math.exp(-1) - 1)).toFixed(3)));
  expect(reading(page, "f′(x)")).toBe(Number((3 * Math.exp(-1)).toFixed(3)));
  expect(page.window.location.hash).toBe("#/activations?function=elu");
  expect(page.errors).toEqual([]);
});

test("a small network learns while one watches, pauses, and starts anew", async () => {
  const page = await open("tanh");
  await page.click("Train");
  await page.until("a small loss", () => reading(page, "Steps") > 100 && reading(page, "Loss") < 0.3);
  await page.click("Pause");
  const steps = reading(page, "Steps");
  await new Promise((resolve) => setTimeout(resolve, 200));
  // The frame at hand may still have ended.
  expect(reading(page, "Steps") - steps).toBeLessThan(7);
  await page.click("Start anew");
  await page.until("no steps", () => reading(page, "Steps") === 0);
  expect(page.errors).toEqual([]);
});

test("sigmoids lose the gradient on its way down, ReLU begun by He keeps it", async () => {
  const page = await open("sigmoid", "zh");
  const said = await page.find("p", /从最后一层传到第一层/);
  const factor = (): number => Number(/ ([\d.e-]+) /.exec(said.textContent ?? "")?.[1]);
  expect(factor()).toBeLessThan(1e-6);
  await page.click("ReLU");
  await page.click("He，2/n");
  await page.until("a gradient that is kept", () => factor() > 0.2);
  expect(factor()).toBeLessThan(5);
});
