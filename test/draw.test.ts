/** @file Pictures: what is in them, whatever goes in. */

import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import { visibleLength } from "../src/draw/ansi.js";
import { arrangeSvg, barsText, imageGridSvg, imageGridText, imageLines, type LabelledImage, lineChartSvg, lineChartText } from "../src/draw/index.js";
import { greyPng } from "../src/draw/png.js";
import { rangeOf, scaleFor } from "../src/draw/scale.js";
import { ProgressBar } from "../src/train/progress.js";
import { checkXml } from "./xml.js";

const pointsIn = (svg: string): [number, number][][] =>
  [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, list]) =>
    (list as string).split(" ").map((pair) => pair.split(",").map(Number) as [number, number]),
  );

describe("scales", () => {
  test("have round marks that hold the range", () => {
    expect(scaleFor({ min: 0.03, max: 0.57 }, 6, true)).toMatchObject({ min: 0, max: 0.6, decimals: 1, ticks: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6] });
    expect(scaleFor({ min: 0.05, max: 5 }, 5, false)).toMatchObject({ min: 0.05, max: 5, ticks: [1, 2, 3, 4, 5] });
    expect(scaleFor({ min: 980, max: 1020 }, 4, true).ticks).toEqual([980, 990, 1000, 1010, 1020]);
  });

  test("of one value have a width", () => {
    for (const value of [0, 3, -1e-9, 1e12]) {
      const scale = scaleFor({ min: value, max: value }, 4, true);
      expect(scale.max).toBeGreaterThan(scale.min);
      expect(scale.ticks.length).toBeLessThan(20);
    }
    expect(rangeOf([Number.NaN, Number.POSITIVE_INFINITY])).toBeNull();
  });
});

describe("line charts as SVG", () => {
  test("draw each series within the picture, in its order", () => {
    const svg = lineChartSvg(
      [
        { name: "loss", values: [3, 2, 1] },
        { name: "test loss", values: [3, 2.5], x: [1, 3] },
      ],
      { title: "Loss", xLabel: "epoch", width: 400, height: 300 },
    );
    checkXml(svg);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="400" height="300"/);
    for (const text of ["Loss", "epoch", "loss", "test loss", "2.5"]) expect(svg).toContain(text);
    const lines = pointsIn(svg);
    expect(lines.map(({ length }) => length)).toEqual([3, 2]);
    for (const [x, y] of lines.flat()) expect(x > 0 && x < 400 && y > 0 && y < 300).toBe(true);
    const [first, second, third] = lines[0] as [[number, number], [number, number], [number, number]];
    expect(first[0] < second[0] && second[0] < third[0]).toBe(true);
    // Higher values are farther up, where y is smaller.
    expect(first[1] < second[1] && second[1] < third[1]).toBe(true);
    expect(lines[1]?.[1]?.[0]).toBe(third[0]);
  });

  test("leave gaps at values that are not finite, and survive everything", () => {
    expect(pointsIn(lineChartSvg([{ name: "a", values: [1, 2, Number.NaN, 3, 4, Number.POSITIVE_INFINITY] }])).map(({ length }) => length)).toEqual([2, 2]);
    for (const values of [[], [Number.NaN], [5], [5, 5], [0, 0], [-1e300, 1e300], [1e-300, 2e-300]])
      checkXml(lineChartSvg([{ name: "<&\"'>\u0000", values }], { title: "<script>alert(1)</script>" }));
    expect(lineChartSvg([])).toContain("no values");
  });

  test("mark whole epochs only", () => {
    const svg = lineChartSvg([{ name: "a", values: [1, 2] }], { width: 600 });
    expect(svg).not.toMatch(/>1\.5</);
  });
});

describe("arrangeSvg", () => {
  test("puts pictures beside and below each other", () => {
    const small = lineChartSvg([{ name: "a", values: [1, 2] }], { width: 100, height: 50 });
    const svg = arrangeSvg([small, small, small], { columns: 2, gap: 10, title: "Three" });
    checkXml(svg);
    expect([...svg.matchAll(/<svg x="([\d.]+)" y="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)])).toEqual([
      [10, 38],
      [120, 38],
      [10, 98],
    ]);
    expect(svg).toMatch(/^<svg [^>]*width="230" height="158"/);
    expect(() => arrangeSvg(["<p>no</p>"])).toThrow(/arrangeSvg: expected pictures that start with <svg/);
  });
});

describe("line charts as text", () => {
  const series = [
    { name: "loss", values: [3, 2, 1] },
    { name: "val_loss", values: [3, 2.5, 2.2] },
  ];
  const lines = (options: Parameters<typeof lineChartText>[1]): string[] => lineChartText(series, options).split("\n");

  test("fit the columns and have the rows asked for", () => {
    for (const colorDepth of [0, 24]) {
      for (const columns of [30, 60, 100]) {
        const text = lines({ columns, rows: 8, xLabel: "epoch", title: "Loss", colorDepth });
        expect(text).toHaveLength(8 + 3);
        for (const line of text.slice(1)) expect(visibleLength(line)).toBeLessThanOrEqual(columns);
      }
    }
  });

  test("fall from the upper left to the lower right", () => {
    const plot = lineChartText([{ name: "loss", values: [3, 2, 1] }], { columns: 40, rows: 6 })
      .split("\n")
      .slice(1, 7)
      .map((line) => line.slice(line.search(/[│┤]/) + 1));
    expect(plot[0]?.search(/\S/)).toBe(0);
    expect(plot[5]?.trimEnd().length).toBe(40 - 3);
    expect(plot.every((row) => /^[\u2800-\u28ff ]*$/.test(row))).toBe(true);
  });

  test("tell lines apart by colour, or by signs without colours", () => {
    const colored = lines({ colorDepth: 8 }).join("\n");
    for (const code of ["36", "33"]) expect(colored).toContain(`\x1b[${code}m━━\x1b[0m`);
    expect(colored.split("\x1b[33m").length).toBeGreaterThan(2);
    const plain = lines({}).join("\n");
    expect(plain).not.toContain("\x1b");
    expect(plain).toMatch(/\* loss 1 {3}o val_loss 2.2/);
    expect(lineChartText([{ name: "a", values: [Number.NaN] }])).toContain("no values");
  });
});

describe("images", () => {
  const image = (answer: number, truth?: number): LabelledImage => ({
    pixels: [0, 1, 0.5, 0.25, 0, 1],
    width: 3,
    height: 2,
    answer,
    ...(truth === undefined ? {} : { truth }),
  });

  test("PNG files are what another decoder reads", () => {
    const { width, height, data } = PNG.sync.read(Buffer.from(greyPng([0, 1, 0.5, 0.25, 0, 1], 3, 2)));
    expect([width, height]).toEqual([3, 2]);
    expect([...data.filter((_, i) => i % 4 === 0)]).toEqual([0, 255, 128, 64, 0, 255]);
    // More than one stored block.
    const large = PNG.sync.read(Buffer.from(greyPng(new Float32Array(300 * 300).fill(1), 300, 300)));
    expect(large.data.every((byte) => byte === 255)).toBe(true);
  });

  test("as SVG show right answers green and wrong ones red with the truth", () => {
    const svg = imageGridSvg([image(7, 7), image(3, 8), image(5)], { title: "Digits", perRow: 2, cell: 30 });
    checkXml(svg);
    expect([...svg.matchAll(/<image /g)]).toHaveLength(3);
    expect(svg).toMatch(/fill="#00805c">7<\/text>/);
    expect(svg).toMatch(/fill="#c81e1e">3<tspan [^>]*>is 8</);
    expect(svg).toMatch(/fill="#6b7785">5<\/text>/);
    expect(() => imageGridSvg([{ ...image(1), width: 4 }])).toThrow(/image 0 must have width x height = 4 x 2 pixels\. Got 6/);
  });

  test("as text use half blocks with colours, a ramp of ink without", () => {
    const [line, ...more] = imageLines(image(1), 3, 24) as [string];
    expect(more).toEqual([]);
    expect(visibleLength(line)).toBe(3);
    expect(line).toContain("\x1b[38;2;0;0;0;48;2;64;64;64m▀");
    expect(imageLines(image(1), 3, 8)[0]).toContain("\x1b[38;5;16;48;5;238m▀");
    expect(imageLines({ ...image(1), pixels: [0, 1, 0, 0, 1, 0] }, 3, 0)).toEqual([" @ "]);
  });

  test("stand in rows that fit, each above its answer", () => {
    const text = imageGridText([image(7, 7), image(3, 8), image(5)], { columns: 17, imageColumns: 8, colorDepth: 0 }).split("\n");
    expect(text).toHaveLength(2 + 1 + 2 + 1 + 2);
    const rows = imageGridText([image(7, 7), image(3, 8), image(5)], { columns: 26, imageColumns: 8, colorDepth: 24, title: "T" }).split("\n");
    expect(rows[0]).toBe("\x1b[1mT\x1b[0m");
    expect(rows[2]?.startsWith("\x1b[32m7\x1b[0m        ")).toBe(true);
    expect(rows.join("\n")).toContain("\x1b[31m3\x1b[0m is 8");
  });

  test("bars are as long as their values", () => {
    const lines = barsText(["a", "bb"], [0.5, 1], { columns: 10 }).split("\n");
    expect(lines).toEqual([" a █████       50.0 %", "bb ██████████ 100.0 %"]);
    expect(barsText(["x"], [Number.NaN])).toContain("0.0 %");
    expect(barsText(["a", "b"], [0.1, 0.9], { colorDepth: 4 }).split("\n")[1]?.startsWith("\x1b[32mb")).toBe(true);
  });
});

describe("progress", () => {
  /** A fit of 3 epochs of 1,000 samples, a millisecond each; gives what was written. */
  function shown({ isTerminal, columns = 100, logs = { loss: 0.25, acc: 0.9 } }: { isTerminal: boolean; columns?: number; logs?: Record<string, number> }): {
    text: string;
    asked: number;
  } {
    let time = 0;
    let text = "";
    let asked = 0;
    const progress = new ProgressBar({ epochs: 3, samples: 1000, isTerminal, columns, write: (part) => (text += part), now: () => time });
    for (let epoch = 0; epoch < 3; epoch++) {
      progress.epochBegin(epoch);
      for (let done = 10; done <= 1000; done += 10) {
        time += 10;
        progress.batchEnd(done, () => {
          asked++;
          return logs;
        });
      }
      progress.epochEnd(epoch, { ...logs, val_loss: 0.5 });
    }
    return { text, asked };
  }

  test("outside a terminal is one line an epoch", () => {
    const { text, asked } = shown({ isTerminal: false });
    const line = (epoch: number): string => `epoch ${epoch}/3  100 batches  loss 0.2500  acc 0.9000  val_loss 0.5000  1,000 samples/s  0:01\n`;
    expect(text).toBe(line(1) + line(2) + line(3));
    expect(asked).toBe(0);
  });

  test("in a terminal is one line redrawn at most 20 times a second", () => {
    const { text, asked } = shown({ isTerminal: true });
    expect(asked).toBe(60);
    expect(text.split("\n")).toHaveLength(4);
    const drawings = text.split(/[\r\n]+/);
    expect(drawings[10]).toBe(
      "epoch 1/3  ━━━━━━━━━━━━────────────  batch  50/100  loss 0.2500  acc 0.9000  1,000 samples/s  0:03 left\x1b[K".replace(
        "━━━━━━━━━━━━────────────",
        drawings[10]?.match(/[━╸─]+/)?.[0] ?? "",
      ),
    );
    expect(drawings[10]).toMatch(/ (━{8,12}─{8,12}) /);
  });

  test("never fills a line of the terminal", () => {
    for (const columns of [1, 10, 20, 30, 50, 80, 100, 200]) {
      const { text } = shown({ isTerminal: true, columns, logs: { loss: 1e-5, acc: Number.NaN, another: 123456 } });
      for (const drawing of text.split(/[\r\n]+/)) expect(visibleLength(drawing)).toBeLessThan(columns);
    }
  });
});
