/** @file Where the neurons of the graph are: layers side by side, or one below the other where it is narrow. */
import type { Connection, Neuron } from "./pass.js";

/** A neuron's little map: a square around (x, y), in CSS pixels. */
export interface Place extends Neuron {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Side of a map. */
  readonly side: number;
  /** Whether signals flow downwards instead of to the right. */
  readonly isUpright: boolean;
  /** Places by layer and unit. */
  readonly places: readonly (readonly Place[])[];
}

/** Closer from layer to layer, and they go one below the other. */
const CLOSEST = 72;
/** Room for the numbers below a map. */
const TEXT = 15;
const MARGIN = 8;
/** Room for the inputs' names beside them. */
const NAMES = 48;

export function layOut(sizes: readonly number[], width: number): Layout {
  const most = Math.max(...sizes);
  const side = most > 6 ? 36 : 42;
  const room = (width - 2 * NAMES - side) / (sizes.length - 1);
  if (room < CLOSEST) return layOutUpright(sizes, width, most);
  const pitch = side + TEXT + (most > 6 ? 5 : 9);
  const height = 2 * MARGIN + Math.max(most, 4) * pitch;
  // With few layers they stay together, so that connections are no long strings.
  const step = Math.min(190, room);
  const left = (width - step * (sizes.length - 1)) / 2;
  return {
    width,
    height,
    side,
    isUpright: false,
    places: place(sizes, (layer, offset) => [left + layer * step, height / 2 - TEXT / 2 + offset * pitch]),
  };
}

function layOutUpright(sizes: readonly number[], width: number, most: number): Layout {
  const pitch = (width - 2 * MARGIN) / Math.max(most, 4);
  const side = Math.min(40, pitch - 8);
  const step = side + TEXT + 46;
  const top = MARGIN + TEXT;
  return {
    width,
    height: top + MARGIN + (sizes.length - 1) * step + side + TEXT,
    side,
    isUpright: true,
    places: place(sizes, (layer, offset) => [width / 2 + offset * pitch, top + side / 2 + layer * step]),
  };
}

/** Units of a layer around its middle. */
function place(sizes: readonly number[], at: (layer: number, offset: number) => [x: number, y: number]): Place[][] {
  return sizes.map((size, layer) =>
    Array.from({ length: size }, (_, unit) => {
      const [x, y] = at(layer, unit - (size - 1) / 2);
      return { layer, unit, x, y };
    }),
  );
}

/** A connection as a curve: ends and control points of a cubic, x and y in turn. */
export type Curve = readonly [number, number, number, number, number, number, number, number];

export function curveOf({ places, side, isUpright }: Layout, { layer, from, to }: Connection): Curve {
  const a = (places[layer - 1] as Place[])[from] as Place;
  const b = (places[layer] as Place[])[to] as Place;
  const half = side / 2;
  if (isUpright) {
    const [top, bottom] = [a.y + half, b.y - half];
    const middle = (top + bottom) / 2;
    return [a.x, top, a.x, middle, b.x, middle, b.x, bottom];
  }
  const [left, right] = [a.x + half, b.x - half];
  const middle = (left + right) / 2;
  return [left, a.y, middle, a.y, middle, b.y, right, b.y];
}

/** The point of a curve at `t` from 0 to 1. */
export function pointAt(c: Curve, t: number): [x: number, y: number] {
  const s = 1 - t;
  const [p, q, r, u] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return [p * c[0] + q * c[2] + r * c[4] + u * c[6], p * c[1] + q * c[3] + r * c[5] + u * c[7]];
}

/** Every connection, layer by layer. */
export function* connectionsOf(sizes: readonly number[]): Generator<Connection> {
  for (let layer = 1; layer < sizes.length; layer++)
    for (let from = 0; from < (sizes[layer - 1] as number); from++) for (let to = 0; to < (sizes[layer] as number); to++) yield { layer, from, to };
}

/** The neuron at a place, if there is one. */
export function neuronAt({ places, side }: Layout, x: number, y: number): Neuron | null {
  const half = side / 2 + 2;
  return places.flat().find((place) => Math.abs(place.x - x) <= half && Math.abs(place.y - y) <= half) ?? null;
}

/** The connection that passes nearest to a place, at most `radius` away. */
export function connectionAt(layout: Layout, x: number, y: number, radius = 6): Connection | null {
  let best: Connection | null = null;
  let least = radius * radius;
  for (const connection of connectionsOf(layout.places.map(({ length }) => length))) {
    const curve = curveOf(layout, connection);
    for (let i = 0; i <= 24; i++) {
      const [px, py] = pointAt(curve, i / 24);
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least) [best, least] = [connection, distance];
    }
  }
  return best;
}

/** The neuron that an arrow key leads to from another. */
export function neighbour({ places, isUpright }: Layout, { layer, unit }: Neuron, key: string): Neuron | null {
  const along = isUpright ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
  const across = isUpright ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  const here = places[layer]?.[unit];
  if (here === undefined) return null;
  const sideways = across.indexOf(key);
  if (sideways >= 0) return places[layer]?.[unit + 2 * sideways - 1] ?? null;
  const step = along.indexOf(key);
  const next = step < 0 ? undefined : places[layer + 2 * step - 1];
  if (next === undefined) return null;
  const distance = (place: Place): number => Math.abs(place.x - here.x) + Math.abs(place.y - here.y);
  return next.reduce((best, place) => (distance(place) < distance(best) ? place : best));
}
