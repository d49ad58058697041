/** @file What share of the test digits a network reads right, and which it gets wrong. */
import type { Sequential } from "engram";
import type { Images } from "./digits.js";
import { answers, largest } from "./network.js";
import { PIXELS } from "./shards.js";

export interface Mistake {
  index: number;
  image: Uint8Array;
  answer: number;
  truth: number;
}

export interface TestResult {
  accuracy: number;
  count: number;
  wrong: number;
  /** The first of those that are read wrong. */
  mistakes: Mistake[];
}

/** Digits in one go: some milliseconds for a network of any size, so that the page stays quick. */
const atOnce = (network: Sequential): number => Math.max(20, Math.min(200, Math.round(2e7 / network.countParams())));
const MOST_SHOWN = 24;

/** Asks the network about all images, with turns for the page in between. @returns null where `isOver` says that nobody wants to know any more */
export async function testOn(network: Sequential, { images, labels, count }: Images, isOver: () => boolean): Promise<TestResult | null> {
  const mistakes: Mistake[] = [];
  const most = atOnce(network);
  let wrong = 0;
  for (let first = 0; first < count; first += most) {
    const size = Math.min(most, count - first);
    const values = answers(network, images.subarray(first * PIXELS, (first + size) * PIXELS));
    for (let i = 0; i < size; i++) {
      const [index, answer, truth] = [first + i, largest(values, 10 * i), labels[first + i] as number];
      if (answer === truth) continue;
      wrong++;
      if (mistakes.length < MOST_SHOWN) mistakes.push({ index, image: images.subarray(index * PIXELS, (index + 1) * PIXELS), answer, truth });
    }
    await new Promise((resolve) => setTimeout(resolve));
    if (isOver()) return null;
  }
  return { accuracy: 1 - wrong / count, count, wrong, mistakes };
}
