/**
 * @file Places the boxes of a graph without cycles in layers, each below those it follows from (Sugiyama, Tagawa and Toda 1981): layers,
 * then orders with few crossings, then positions with straight lines.
 */

export interface Size {
  width: number;
  height: number;
}

export interface Place {
  x: number;
  y: number;
}

/** An arrow's way: a curve to each next point, upright at both. */
export type Way = Place[];

export interface Layout extends Size {
  /** Upper left corners of the boxes. */
  corners: Place[];
  ways: Way[];
}

/** From a box to a later one, by position; the rest is the caller's. */
export type Edge = readonly [from: number, to: number, ...unknown[]];

/** Space between boxes beside each other, and between layers. */
const GAP_ACROSS = 22;
const GAP_ALONG = 34;
/** Room of an arrow that passes a layer by. */
const PASSING = 10;
/** Space between arrows that enter a box beside each other. */
const PORTS = 18;
const SWEEPS = 12;

/** A box, or where a long arrow passes through a layer. */
interface Node {
  rank: number;
  width: number;
  /** The box; none for an arrow that passes. */
  box: number | null;
  above: Node[];
  below: Node[];
  /** Place in its layer. */
  order: number;
  /** Middle. */
  x: number;
}

/** The layer of each box: one below the lowest of those that it follows from. */
function ranksOf(count: number, edges: readonly Edge[]): number[] {
  const ranks = new Array<number>(count).fill(0);
  const sources = Array.from({ length: count }, () => [] as number[]);
  const targets = Array.from({ length: count }, () => [] as number[]);
  for (const [from, to] of edges) {
    sources[to]?.push(from);
    targets[from]?.push(to);
  }
  for (let i = 0; i < count; i++) ranks[i] = Math.max(0, ...(sources[i] as number[]).map((source) => (ranks[source] as number) + 1));
  // An input that is needed late, with what follows from it alone, is drawn near to where it is needed.
  const isLoose: boolean[] = [];
  for (let i = 0; i < count; i++)
    isLoose[i] = (sources[i] as number[]).length < 2 && (sources[i] as number[]).every((s) => isLoose[s] && targets[s]?.length === 1);
  for (let i = count - 1; i >= 0; i--) {
    const next = (targets[i] as number[]).map((target) => ranks[target] as number);
    if (isLoose[i] && next.length > 0) ranks[i] = Math.min(...next) - 1;
  }
  return ranks;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Crossings of the arrows between a layer and the next. */
function crossingsBelow(layer: readonly Node[]): number {
  const ends = layer.flatMap((node) => node.below.map(({ order }) => order).sort((a, b) => a - b));
  let count = 0;
  for (let i = 0; i < ends.length; i++) for (let j = i + 1; j < ends.length; j++) if ((ends[i] as number) > (ends[j] as number)) count++;
  return count;
}

const crossings = (layers: readonly (readonly Node[])[]): number => layers.reduce((sum, layer) => sum + crossingsBelow(layer), 0);

function number(layer: Node[]): void {
  layer.forEach((node, i) => {
    node.order = i;
  });
}

/** Sorts each layer by the means of its neighbours' places, downwards and upwards in turn, and keeps the best. */
function arrange(layers: Node[][]): void {
  for (const layer of layers) number(layer);
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const layer of isDown ? layers : [...layers].reverse()) {
      const wanted = new Map(
        layer.map((node) => {
          const neighbours = isDown ? node.above : node.below;
          return [node, neighbours.length === 0 ? node.order : mean(neighbours.map(({ order }) => order))];
        }),
      );
      layer.sort((a, b) => (wanted.get(a) as number) - (wanted.get(b) as number));
      number(layer);
    }
    const count = crossings(layers);
    if (count >= fewest) continue;
    fewest = count;
    best = layers.map((layer) => [...layer]);
  }
  layers.forEach((layer, i) => {
    layer.splice(0, layer.length, ...(best[i] as Node[]));
    number(layer);
  });
}

/** Moves a layer's nodes as near to where they want to be as their order and widths allow: isotonic regression, least squares. */
function settle(layer: readonly Node[], wanted: readonly number[], weights: readonly number[]): void {
  // Distances from the first node's middle where all stand close.
  const offsets: number[] = [0];
  layer.forEach((node, i) => {
    const before = layer[i - 1];
    if (before) offsets[i] = (offsets[i - 1] as number) + (before.width + node.width) / 2 + GAP_ACROSS;
  });
  const blocks: { at: number; weight: number; count: number }[] = [];
  layer.forEach((_, i) => {
    let block = { at: (wanted[i] as number) - (offsets[i] as number), weight: weights[i] as number, count: 1 };
    for (let last = blocks.at(-1); last !== undefined && last.at > block.at; last = blocks.at(-1)) {
      const weight = last.weight + block.weight;
      block = { at: (last.at * last.weight + block.at * block.weight) / weight, weight, count: last.count + block.count };
      blocks.pop();
    }
    blocks.push(block);
  });
  let i = 0;
  for (const { at, count } of blocks) for (let end = i + count; i < end; i++) (layer[i] as Node).x = at + (offsets[i] as number);
}

/** How much an arrow wants to be upright: long ones most, then those of chains. */
function stiffness(above: Node, below: Node): number {
  if (above.box === null || below.box === null) return above.box === below.box ? 40 : 8;
  return above.below.length === 1 && below.above.length === 1 ? 40 : 1;
}

/** Middles of all nodes: each near to the means of its neighbours. */
function spread(layers: readonly Node[][]): void {
  for (const layer of layers) settle(layer, new Array(layer.length).fill(0), new Array(layer.length).fill(1));
  for (let sweep = 0; sweep < 6 * SWEEPS; sweep++) {
    // The last sweeps look both ways, which sets a box that branches above the middle of its branches.
    const both = sweep >= SWEEPS;
    const isDown = sweep % 2 === 0;
    for (const layer of isDown ? layers : [...layers].reverse()) {
      const neighbours = layer.map(({ above, below }) => (both ? [...above, ...below] : isDown ? above : below));
      const pull = (node: Node, other: Node): number => (other.rank < node.rank ? stiffness(other, node) : stiffness(node, other));
      const weights = layer.map((node, i) => (neighbours[i] as Node[]).reduce((sum, other) => sum + pull(node, other), 0));
      const wanted = layer.map((node, i) => {
        const total = (neighbours[i] as Node[]).reduce((sum, other) => sum + pull(node, other) * other.x, 0);
        return (weights[i] as number) > 0 ? total / (weights[i] as number) : node.x;
      });
      settle(
        layer,
        wanted,
        weights.map((weight) => Math.max(weight, 0.1)),
      );
    }
  }
}

/** Places boxes, given so that each comes after those it follows from. */
export function layOutLayers(boxes: readonly Size[], edges: readonly Edge[]): Layout {
  const ranks = ranksOf(boxes.length, edges);
  const layers = Array.from({ length: Math.max(0, ...ranks.map((rank) => rank + 1)) }, () => [] as Node[]);
  const add = (rank: number, width: number, box: number | null): Node => {
    const node: Node = { rank, width, box, above: [], below: [], order: 0, x: 0 };
    (layers[rank] as Node[]).push(node);
    return node;
  };
  const connect = (a: Node, b: Node): void => {
    a.below.push(b);
    b.above.push(a);
  };
  const nodes = boxes.map(({ width }, i) => add(ranks[i] as number, width, i));
  const chains = edges.map(([from, to]) => {
    const chain = [nodes[from] as Node];
    for (let rank = (ranks[from] as number) + 1; rank < (ranks[to] as number); rank++) chain.push(add(rank, PASSING, null));
    chain.push(nodes[to] as Node);
    chain.forEach((node, i) => {
      if (i > 0) connect(chain[i - 1] as Node, node);
    });
    return chain;
  });
  arrange(layers);
  spread(layers);

  const heights = layers.map((layer) => Math.max(0, ...layer.map(({ box }) => (box === null ? 0 : (boxes[box] as Size).height))));
  const tops = heights.map((_, i) => heights.slice(0, i).reduce((sum, height) => sum + height + GAP_ALONG, 0));
  const lefts = layers.flat().map(({ x, width }) => x - width / 2);
  const left = Math.min(...lefts, Number.POSITIVE_INFINITY);
  const corners = nodes.map(({ x, rank, width }, i) => ({
    x: x - width / 2 - left,
    y: (tops[rank] as number) + ((heights[rank] as number) - (boxes[i] as Size).height) / 2,
  }));
  const bottomOf = (rank: number): number => (tops[rank] as number) + (heights[rank] as number);
  const ways = chains.map((chain) => {
    const [start, end] = [chain[0] as Node, chain.at(-1) as Node];
    const corner = corners[end.box as number] as Place;
    const x = portOf(end, chain.at(-2) as Node, left);
    const source = corners[start.box as number] as Place;
    return [
      { x: start.x - left, y: source.y + (boxes[start.box as number] as Size).height },
      { x: start.x - left, y: bottomOf(start.rank) },
      ...chain.slice(1, -1).flatMap((node) => [
        { x: node.x - left, y: tops[node.rank] as number },
        { x: node.x - left, y: bottomOf(node.rank) },
      ]),
      { x, y: tops[end.rank] as number },
      { x, y: corner.y },
    ];
  });
  const width = Math.max(0, ...layers.flat().map((node) => node.x + node.width / 2 - left));
  return { width, height: (tops.at(-1) ?? 0) + (heights.at(-1) ?? 0), corners, ways };
}

/** Where an arrow enters a box: beside the others, in the order in which they come. */
function portOf(end: Node, before: Node, left: number): number {
  const sources = [...end.above].sort((a, b) => a.x - b.x);
  const step = Math.min(PORTS, (end.width - 24) / Math.max(1, sources.length));
  return end.x - left + (sources.indexOf(before) - (sources.length - 1) / 2) * step;
}
