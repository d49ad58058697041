/** @file Models as text in the DOT language, for Graphviz and its kin. */
import type { Model } from "../train/model.js";
import { type Kind, type ModelGraph, type ModelPictureOptions, modelGraph } from "./modelGraph.js";

const FILLS: Record<Kind, string> = { input: "#e7f5f0", weights: "#e6f1f8", merge: "#fcefe6", model: "#f4f0f6", plain: "#f3f5f7" };

/** A quoted string; lines of a label are joined by "\n". */
const quoted = (...lines: string[]): string =>
  `"${lines
    .filter((line) => line !== "")
    .map((line) => line.replace(/[\\"]/g, "\\$&").replace(/\s+/g, " "))
    .join("\\n")}"`;

/** Statements of a graph whose names begin with a prefix. */
function statements({ nodes, edges, isOrderKnown }: ModelGraph, prefix: string, indent: string): string[] {
  /** The name that an arrow to or from a node has: models in the model are entered at an input and left at an output. */
  const nameOf = (index: number, end: "inputs" | "outputs", which: number): string => {
    const names = [`${prefix}${index}`];
    let { inner } = nodes[index] as ModelGraph["nodes"][number];
    while (inner !== null) {
      const at = inner[end][names.length === 1 ? which : 0] ?? 0;
      names.push(String(at));
      inner = (inner.nodes[at] as ModelGraph["nodes"][number]).inner;
    }
    return names.join("_");
  };
  const boxes = nodes.flatMap(({ kind, name, about, shapes, params, inner }, i) => {
    const label = quoted(name, about, shapes, params);
    if (inner === null) return [`${indent}${prefix}${i} [label=${label}, fillcolor="${FILLS[kind]}"];`];
    return [
      `${indent}subgraph cluster_${prefix}${i} {`,
      `${indent}  label=${label}; style="rounded,dashed"; labeljust=l; fontsize=11;`,
      ...statements(inner, `${prefix}${i}_`, `${indent}  `),
      `${indent}}`,
    ];
  });
  const hidden = isOrderKnown ? "" : " [style=invis]";
  const arrows = edges.map(([from, to, output, input]) => `${indent}${nameOf(from, "outputs", output)} -> ${nameOf(to, "inputs", input)}${hidden};`);
  return [...boxes, ...arrows];
}

/**
 * A model in the DOT language: `dot -Tpng` makes a picture of it.
 * @example
 * ```ts
 * import { layers, sequential } from "engram";
 * import { modelDot } from "engram/draw";
 * const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] }), layers.dense({ units: 1 })] });
 * assert.match(modelDot(model), /^digraph .*n0 -> n1;/s);
 * ```
 */
export function modelDot(model: Model, options: ModelPictureOptions = {}): string {
  const { title = model.name, rankdir = "TB" } = options;
  return [
    `digraph ${quoted(title)} {`,
    `  rankdir=${rankdir}; label=${quoted(title)}; labelloc=t; fontname="sans-serif";`,
    '  node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11];',
    ...statements(modelGraph(model, options), "n", "  "),
    "}",
    "",
  ].join("\n");
}
