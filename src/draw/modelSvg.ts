/** @file Models as pictures: a box for each call of a layer, arrows for what follows from what. */
import type { Model } from "../train/model.js";
import { layOutLayers, type Place, type Size, type Way } from "./layeredLayout.js";
import { type GraphNode, type Kind, type ModelGraph, type ModelPictureOptions, modelGraph } from "./modelGraph.js";
import { cut, escapeXml, faint, px, svgPicture, svgText, textWidth } from "./svg.js";

/** Names longer than this are cut. */
const LONGEST_NAME = 30;
const NAME_SIZE = 13;
const FACT_SIZE = 11;
const PADDING = 12;
/** Room around the layers of a model in the model, and for its name. */
const FRAME = 16;
const FRAME_HEAD = 42;

/** Edge and ground of boxes: what is given, what is learnt, what joins, models, and the rest. */
const COLORS: Record<Kind, readonly [edge: string, ground: string]> = {
  input: ["#009e73", "#e7f5f0"],
  weights: ["#0072b2", "#e6f1f8"],
  merge: ["#d55e00", "#fcefe6"],
  model: ["#8f6b9e", "#f4f0f6"],
  plain: ["#8a96a3", "#f3f5f7"],
};

/** A drawing whose upper left corner is at 0, 0. */
interface Drawing extends Size {
  body: string;
}

/** The box of a layer: name and shape above, what it is and its parameters below. */
function drawBox({ kind, name, about, shapes, params }: GraphNode): Drawing {
  const [edge, ground] = COLORS[kind];
  const [title, facts, shape] = [cut(name, LONGEST_NAME), cut(about, 52), cut(shapes, 44)];
  const isLow = facts === "" && params === "";
  const left = Math.max(textWidth(title, NAME_SIZE) * 1.08, textWidth(facts, FACT_SIZE));
  const right = Math.max(textWidth(shape, FACT_SIZE), textWidth(params, FACT_SIZE));
  const width = 2 * PADDING + left + (right > 0 ? right + 16 : 0);
  const height = isLow ? 30 : 46;
  const note = { size: FACT_SIZE, color: faint } as const;
  const end = width - PADDING;
  const body = [
    `<title>${escapeXml([name, about, shapes, params].filter((line) => line !== "").join("\n"))}</title>`,
    `<rect x="0.5" y="0.5" width="${px(width - 1)}" height="${height - 1}" rx="5" fill="${ground}" stroke="${edge}"/>`,
    svgText(PADDING, 20, title, { size: NAME_SIZE, weight: 600 }),
    shape === "" ? "" : svgText(end, 20, shape, { size: FACT_SIZE, anchor: "end" }),
    facts === "" ? "" : svgText(PADDING, 36, facts, note),
    params === "" ? "" : svgText(end, 36, params, { ...note, anchor: "end" }),
  ];
  return { width, height, body: body.join("") };
}

/** The frame of a model in the model, with its layers. */
function drawFrame(node: GraphNode, inner: ModelGraph, isAcross: boolean): Drawing {
  const [edge, ground] = COLORS.model;
  const layers = drawGraph(inner, isAcross);
  const title = cut(node.name, LONGEST_NAME);
  const about = [node.about, node.shapes, node.params].filter((fact) => fact !== "").join(" · ");
  const width = Math.max(layers.width, textWidth(title, NAME_SIZE) * 1.08, textWidth(about, FACT_SIZE)) + 2 * FRAME;
  const height = FRAME_HEAD + layers.height + FRAME;
  const body = [
    `<rect x="0.5" y="0.5" width="${px(width - 1)}" height="${px(height - 1)}" rx="8" fill="${ground}" stroke="${edge}" stroke-dasharray="4 3"/>`,
    svgText(FRAME, 19, title, { size: NAME_SIZE, weight: 600 }),
    svgText(FRAME, 34, about, { size: FACT_SIZE, color: faint }),
    `<g transform="translate(${px((width - layers.width) / 2)} ${FRAME_HEAD})">${layers.body}</g>`,
  ];
  return { width, height, body: body.join("") };
}

/** An arrow along a way: upright at each point, with a head at its end. */
function drawArrow(way: Way, isAcross: boolean): string {
  const at = ({ x, y }: Place): string => `${px(x)} ${px(y)}`;
  const turned = isAcross ? way.map(({ x, y }) => ({ x: y, y: x })) : way;
  const path = turned.map((point, i) => {
    const before = turned[i - 1];
    if (before === undefined) return `M${at(point)}`;
    if (before.x === point.x || before.y === point.y) return `L${at(point)}`;
    const [x, y] = [(before.x + point.x) / 2, (before.y + point.y) / 2];
    return isAcross ? `C${px(x)} ${px(before.y)} ${px(x)} ${px(point.y)} ${at(point)}` : `C${px(before.x)} ${px(y)} ${px(point.x)} ${px(y)} ${at(point)}`;
  });
  const tip = turned.at(-1) as Place;
  const head = isAcross ? "l-7 -3.5 v7 z" : "l-3.5 -7 h7 z";
  return `<path d="${path.join("")}" fill="none" stroke="${faint}" stroke-width="1.2"/><path d="M${at(tip)} ${head}" fill="${faint}"/>`;
}

/** The boxes of a graph with their arrows. */
function drawGraph(graph: ModelGraph, isAcross: boolean): Drawing {
  const boxes = graph.nodes.map((node) => (node.inner === null ? drawBox(node) : drawFrame(node, node.inner, isAcross)));
  const turn = ({ width, height }: Size): Size => (isAcross ? { width: height, height: width } : { width, height });
  const layout = layOutLayers(boxes.map(turn), graph.edges);
  const placed = boxes.map(({ body }, i) => {
    const { x, y } = layout.corners[i] as Place;
    const [left, top] = isAcross ? [y, x] : [x, y];
    return `<g transform="translate(${px(left)} ${px(top)})">${body}</g>`;
  });
  const arrows = graph.isOrderKnown ? layout.ways.map((way) => drawArrow(way, isAcross)) : [];
  return { ...turn(layout), body: [...arrows, ...placed].join("") };
}

/**
 * A model as SVG: a box for each call of a layer with its name, class, activation, the shape of its result and its parameters.
 * `plotModel` of engram is the same, as a promise.
 * @example
 * ```ts
 * import { layers, sequential } from "engram";
 * import { modelSvg } from "engram/draw";
 * const model = sequential({ name: "small", layers: [layers.dense({ units: 3, activation: "relu", inputShape: [2] })] });
 * assert.match(modelSvg(model), /^<svg .*small.*Dense · relu.*9 params/s);
 * ```
 */
export function modelSvg(model: Model, options: ModelPictureOptions = {}): string {
  const isAcross = options.rankdir === "LR";
  const graph = modelGraph(model, options);
  const { width, height, body } = drawGraph(graph, isAcross);
  const title = options.title ?? model.name;
  const total = model.countParams();
  const frozen = model.nonTrainableWeights.reduce((count, { size }) => count + size, 0);
  const params = `${total.toLocaleString("en")} param${total === 1 ? "" : "s"}${frozen > 0 ? `, ${frozen.toLocaleString("en")} of them not trained` : ""}`;
  const notes = [total === 0 && !model.built ? "no weights yet: they are made when the input's shape is known" : params];
  if (!graph.isOrderKnown) notes.push("a model of a class of its own: only running it tells which layer follows which");
  const heads = [svgText(16, 26, title, { size: 15, weight: 600 }), ...notes.map((note, i) => svgText(16, 44 + 16 * i, note, { size: 12, color: faint }))];
  const top = 44 + 16 * notes.length;
  const across = Math.max(width, textWidth(title, 15) * 1.08, ...notes.map((note) => textWidth(note, 12)));
  const left = 16 + (across - width) / 2;
  return svgPicture(across + 32, top + height + 16, `${heads.join("")}<g transform="translate(${px(left)} ${px(top)})">${body}</g>`, title);
}
