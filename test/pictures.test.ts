/** @file Pictures of models, histories and confusion matrices: what is in them, whatever goes in. */
import { describe, expect, test } from "vitest";
import { confusionMatrixSvg, historySvg, modelDot, modelSvg } from "../src/draw/index.js";
import { layOutLayers } from "../src/draw/layeredLayout.js";
import { History, input, type LayersModel, layers, Model, model, plotModel, type Sequential, sequential, type Tensor, tensor } from "../src/index.js";
import { addEpoch } from "../src/train/historyValues.js";
import { checkXml } from "./xml.js";

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("layouts", () => {
  /** Boxes do not overlap, and arrows go down from the one to the other. */
  function check(sizes: { width: number; height: number }[], edges: [number, number][]): ReturnType<typeof layOutLayers> {
    const layout = layOutLayers(sizes, edges);
    const boxes = layout.corners.map(({ x, y }, i) => ({ x, y, ...(sizes[i] as { width: number; height: number }) }));
    for (const [i, a] of boxes.entries()) {
      expect(a.x >= -1e-6 && a.x + a.width <= layout.width + 1e-6 && a.y >= 0 && a.y + a.height <= layout.height).toBe(true);
      for (const b of boxes.slice(i + 1)) {
        const apart = a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y || b.y + b.height < a.y;
        expect(apart).toBe(true);
      }
    }
    edges.forEach(([from, to], i) => {
      const way = layout.ways[i] as { x: number; y: number }[];
      const [a, b] = [boxes[from] as (typeof boxes)[0], boxes[to] as (typeof boxes)[0]];
      expect(way[0]?.x).toBeCloseTo(a.x + a.width / 2, 6);
      expect(way[0]?.y).toBe(a.y + a.height);
      expect(way.at(-1)?.y).toBe(b.y);
      expect((way.at(-1)?.x as number) > b.x && (way.at(-1)?.x as number) < b.x + b.width).toBe(true);
      for (const [j, { y }] of way.entries()) expect(y).toBeGreaterThanOrEqual(way[j - 1]?.y ?? 0);
    });
    return layout;
  }
  const sizes = (number: number): { width: number; height: number }[] =>
    Array.from({ length: number }, (_, i) => ({ width: 60 + 37 * (i % 4), height: 30 + 13 * (i % 3) }));

  test("of chains are straight, of diamonds symmetric", () => {
    const { corners } = check(sizes(4), [
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    const middles = corners.map(({ x }, i) => x + (sizes(4)[i]?.width as number) / 2);
    for (const middle of middles) expect(middle).toBeCloseTo(middles[0] as number, 1);
    const even = new Array(4).fill({ width: 50, height: 20 });
    const diamond = check(even, [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
    ]).corners;
    expect((diamond[1]?.x as number) + (diamond[2]?.x as number)).toBeCloseTo(2 * (diamond[0]?.x as number), 0);
  });

  test("have no overlaps in random graphs, nor without boxes or arrows", () => {
    let seed = 5;
    const next = (below: number): number => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return Math.floor((seed / 0x80000000) * below);
    };
    for (let graph = 0; graph < 30; graph++) {
      const number = 1 + next(25);
      const edges = Array.from({ length: next(40) }, () => [next(number), next(number)] as [number, number]).filter(([a, b]) => a < b);
      check(sizes(number), edges);
    }
    expect(check([], [])).toEqual({ width: 0, height: 0, corners: [], ways: [] });
    check(sizes(3), []);
  });

  test("set an input beside what needs it, and untangle what need not cross", () => {
    const late = check(sizes(5), [
      [0, 1],
      [1, 2],
      [2, 4],
      [3, 4],
    ]).corners;
    expect(late[3]?.y).toBeGreaterThan(late[1]?.y as number);
    // Two chains, entered crosswise.
    const { corners } = check(new Array(4).fill({ width: 40, height: 20 }), [
      [0, 3],
      [1, 2],
    ]);
    expect((corners[0]?.x as number) < (corners[1]?.x as number)).toBe((corners[3]?.x as number) < (corners[2]?.x as number));
  });
});

describe("models", () => {
  const mlp = (): Sequential =>
    sequential({
      name: "mlp",
      layers: [layers.flatten({ inputShape: [28, 28] }), layers.dense({ units: 128, activation: "relu" }), layers.dense({ units: 10, activation: "softmax" })],
    });

  /** Two inputs, a shared nested model with a frozen layer, two outputs, of which one is needed within. */
  function twins(): LayersModel {
    const encoder = sequential({ name: "encoder", layers: [layers.dense({ units: 3, inputShape: [4] }), layers.dense({ units: 2, name: "last" })] });
    (encoder.layers[0] as { trainable: boolean }).trainable = false;
    const [left, right] = [input({ shape: [4], name: "left" }), input({ shape: [4], name: "right" })];
    const joined = layers.concatenate({ name: "joined" }).apply([encoder.apply(left), encoder.apply(right)]);
    return model({ name: "twins", inputs: [left, right], outputs: [joined, layers.dense({ units: 1, name: "score" }).apply(joined)] });
  }

  test("of layers one after another are a chain with shapes, activations and parameters", () => {
    const svg = modelSvg(mlp());
    checkXml(svg);
    for (const text of ["mlp", "101,770 params", "[null, 784]", "Dense · relu", "100,480 params", "Dense · softmax", "[null, 10]"]) expect(svg).toContain(text);
    expect(count(svg, "<rect") - 1).toBe(4);
    expect(count(svg, "<path") / 2).toBe(3);
  });

  test("with shared, nested and frozen layers say so", () => {
    const svg = modelSvg(twins());
    checkXml(svg);
    for (const text of ["shared, call 1 of 2", "shared, call 2 of 2", "Sequential · 2 layers", "Concatenate · output", "28 params, 15 of them not trained"])
      expect(svg).toContain(text);
    expect(svg).not.toContain("last");
    expect(count(svg, "23 params")).toBe(2);
    const open = modelSvg(twins(), { expandNested: true });
    checkXml(open);
    expect(open).toContain("Dense · frozen");
    expect(count(open, ">last<")).toBe(1);
  });

  test("leave out what is not wanted, and lie across on request", () => {
    const bare = modelSvg(mlp(), { showShapes: false, showParams: false, showLayerActivations: false, showLayerNames: false, title: "Bare" });
    checkXml(bare);
    for (const text of ["[null", "relu", "100,480", "flatten"]) expect(bare).not.toContain(text);
    const sizeOf = (svg: string): number[] => (/width="([\d.]+)" height="([\d.]+)"/.exec(svg) as string[]).slice(1).map(Number);
    const [width, height] = sizeOf(modelSvg(mlp(), { rankdir: "LR" })) as [number, number];
    expect(width).toBeGreaterThan(3 * height);
  });

  test("that are not built, empty, or of a class of their own are drawn too", () => {
    const unbuilt = modelSvg(sequential({ layers: [layers.dense({ units: 1 }), layers.reLU()] }));
    checkXml(unbuilt);
    expect(unbuilt).toContain("no weights yet");
    checkXml(modelSvg(sequential()));
    class Own extends Model {
      first = layers.dense({ units: 2 });
      second = layers.dense({ units: 1 });
      call(x: Tensor): Tensor {
        return this.second.apply(this.first.apply(x));
      }
    }
    const own = modelSvg(new Own());
    checkXml(own);
    expect(count(own, "<path")).toBe(0);
    expect(modelDot(new Own())).toContain("n0 -> n1 [style=invis];");
  });

  test("escape and cut names", () => {
    const name = `<b>"&'\\ ${"very ".repeat(20)}long`;
    const odd = sequential({ name, layers: [layers.dense({ units: 1, name: `a "quoted"\\ <name>`, inputShape: [1] })] });
    const svg = modelSvg(odd, { title: "<script>" });
    checkXml(svg);
    expect(modelDot(odd)).toContain(String.raw`label="a \"quoted\"\\ <name>\nDense`);
    const long = sequential({ layers: [layers.dense({ units: 1, name: "n".repeat(200), inputShape: [1] })] });
    expect(modelSvg(long)).toContain(`>${"n".repeat(29)}…<`);
  });

  test("as DOT name their arrows, into models in the model too", async () => {
    const dot = await plotModel(twins(), { format: "dot", expandNested: true, rankdir: "LR" });
    expect(dot).toMatch(/^digraph "twins" \{\n {2}rankdir=LR;/);
    const arrows = [...dot.matchAll(/(n\w+) -> (n\w+);/g)].map(([, from, to]) => `${from} ${to}`);
    expect(arrows).toEqual(["n1_0 n1_1", "n1_1 n1_2", "n0 n1_0", "n2 n3", "n1_2 n4", "n3 n4", "n4 n5"]);
    expect(count(dot, "{")).toBe(count(dot, "}"));
    const one = mlp();
    expect(await plotModel(one)).toBe(modelSvg(one));
    await expect(plotModel(mlp(), { format: "png" as "svg" })).rejects.toThrow(/plotModel: format must be 'svg' or 'dot'/);
  });
});

describe("histories", () => {
  test("have a chart for each value, training beside validation", async () => {
    const history = new History();
    for (let epoch = 0; epoch < 3; epoch++) addEpoch(history, epoch, { loss: 3 - epoch, acc: epoch / 3, val_loss: 3.5 - epoch, val_acc: Number.NaN });
    const svg = await history.toSVG({ title: "Run <1>" });
    checkXml(svg);
    expect(svg).toBe(historySvg(history, { title: "Run <1>" }));
    expect(count(svg, "<polyline")).toBe(3);
    expect(count(svg, "validation")).toBe(2);
    expect(count(await history.toSVG({ metrics: ["accuracy"] }), "training")).toBe(1);
    expect(count(await history.toSVG({ columns: 1 }), "<svg")).toBe(3);
  });

  test("without epochs, of one, or with names that are not there are drawn", async () => {
    const history = new History();
    checkXml(await history.toSVG());
    expect(await history.toSVG()).toContain("no values");
    addEpoch(history, 0, { loss: Number.POSITIVE_INFINITY });
    checkXml(await history.toSVG());
    expect(await history.toSVG({ metrics: ["none"] })).toContain("no values");
  });
});

describe("confusion matrices", () => {
  test("have counts, accuracy, recall and precision", () => {
    const svg = confusionMatrixSvg(
      tensor([
        [8, 2],
        [1, 9],
      ]),
      { labels: ["cat", "dog"], title: "Pets" },
    );
    checkXml(svg);
    for (const text of ["Pets", "85.0 % of 20 right", ">cat<", ">dog<", ">80.0<", ">90.0<", ">88.9<", ">81.8<", "cat taken for dog: 2"])
      expect(svg).toContain(text);
    const shares = confusionMatrixSvg(
      [
        [8, 2],
        [1, 9],
      ],
      { normalize: true },
    );
    expect(shares).toContain(">20.0<");
  });

  test("are drawn whatever is in them", () => {
    const odd = [
      [[0]],
      [
        [0, 0],
        [0, 0],
      ],
      [
        [Number.NaN, -1],
        [Number.POSITIVE_INFINITY, 0.25],
      ],
    ];
    for (const matrix of odd) checkXml(confusionMatrixSvg(matrix, { labels: matrix.map((_, i) => `<${"&".repeat(40)}${i}`) }));
    // Many classes: names thinned out, no numbers.
    const many = confusionMatrixSvg(Array.from({ length: 100 }, (_, i) => Array.from({ length: 100 }, (_, j) => Number(i === j))));
    checkXml(many);
    expect(count(many, "<text")).toBeLessThan(60);
  });

  test("must be square and have a name for each class", () => {
    expect(() => confusionMatrixSvg(tensor([[1, 2]]))).toThrow(/matrix must be square, \[classes, classes\]\. Got shape \[1,2\]/);
    expect(() => confusionMatrixSvg([])).toThrow(/must be square/);
    expect(() => confusionMatrixSvg([[1]], { labels: ["a", "b"] })).toThrow(/labels must be 1 names, one a class\. Got 2/);
  });
});
