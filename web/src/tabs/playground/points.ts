/** @file Points of two classes in the plane: the sets to choose from, and what the visitor draws. */
import { normal, type Random, randomFrom, shuffle } from "./random.js";

/** The plane that is shown: both coordinates from -REACH to REACH. */
export const REACH = 3;

export type Label = 0 | 1;

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Class 0 is orange, class 1 is blue. */
  readonly label: Label;
}

/** Training and test points. */
export interface Split {
  readonly train: readonly Point[];
  readonly test: readonly Point[];
}

export const SETS = ["xor", "circles", "spirals", "gaussians"] as const;
export type MadeSet = (typeof SETS)[number];
export type SetName = MadeSet | "drawn";

const between = (random: Random, low: number, high: number): number => low + (high - low) * random();

/** The point of number `i` of `count`, half of which have each class; `noise`, from 0 to 1, moves it where the set does not say otherwise. */
const makers: Record<MadeSet, (random: Random, i: number, count: number, noise: number) => Point> = {
  /** Quadrants, a gap between them. */
  xor: (random, i, _, noise) => {
    const gap = 0.4;
    const away = (sign: number): number => sign * between(random, gap, 2.6);
    const [horizontal, vertical] = [i % 4 < 2 ? 1 : -1, i % 2 === 0 ? 1 : -1];
    return moved(random, away(horizontal), away(vertical), horizontal === vertical ? 1 : 0, noise);
  },
  /** A disc, and a ring around it. */
  circles: (random, i, _, noise) => {
    const label = (i % 2) as Label;
    const angle = between(random, 0, 2 * Math.PI);
    // The square root spreads points evenly over the disc.
    const radius = label === 1 ? 1.3 * Math.sqrt(random()) : between(random, 1.9, 2.7);
    return moved(random, radius * Math.cos(angle), radius * Math.sin(angle), label, noise);
  },
  /** Two arms that turn around each other one and a quarter times. */
  spirals: (random, i, count, noise) => {
    const label = (i % 2) as Label;
    const along = (i + 1) / count;
    const angle = 2.5 * Math.PI * along + label * Math.PI;
    const radius = 2.75 * along;
    return moved(random, radius * Math.sin(angle), radius * Math.cos(angle), label, noise);
  },
  /** Two clouds around (1, 1) and (-1, -1); noise widens them. */
  gaussians: (random, i, _, noise) => {
    const label = (i % 2) as Label;
    const centre = label === 1 ? 1.25 : -1.25;
    const width = 0.45 + 1.3 * noise;
    return { x: inside(centre + width * normal(random)), y: inside(centre + width * normal(random)), label };
  },
};

const inside = (value: number): number => Math.min(REACH, Math.max(-REACH, value));

function moved(random: Random, x: number, y: number, label: Label, noise: number): Point {
  const by = (): number => 1.6 * noise * between(random, -1, 1);
  return { x: inside(x + by()), y: inside(y + by()), label };
}

/** `count` points of a set, in random order. */
export function makePoints(set: MadeSet, count: number, noise: number, seed: number): Point[] {
  const random = randomFrom(seed);
  const points = Array.from({ length: count }, (_, i) => makers[set](random, i, count, noise));
  shuffle(points, random);
  return points;
}

/** Of each class in turn so many points are for testing that the rest, for training, are about `share` of it. Further points change nothing for those before. */
export function split(points: readonly Point[], share: number): Split {
  const train: Point[] = [];
  const test: Point[] = [];
  const seen = [0, 0];
  for (const point of points) {
    const count = (seen[point.label] as number) + 1;
    seen[point.label] = count;
    // A little more, since 10 * 0.1 should be 1 whatever it is.
    const due = (n: number): number => Math.floor(n * (1 - share) + 1e-9);
    (due(count) > due(count - 1) ? test : train).push(point);
  }
  return { train, test };
}

/** Index of the point nearest to a place, at most `radius` away; -1 if there is none. */
export function nearest(points: readonly Point[], x: number, y: number, radius = Number.POSITIVE_INFINITY): number {
  let best = -1;
  let least = radius * radius;
  for (const [i, point] of points.entries()) {
    const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (distance <= least) [best, least] = [i, distance];
  }
  return best;
}

/** Without the points closer to a place than `radius`. */
export const erased = (points: readonly Point[], x: number, y: number, radius: number): Point[] =>
  points.filter((point) => (point.x - x) ** 2 + (point.y - y) ** 2 > radius * radius);
