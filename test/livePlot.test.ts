/** @file Curves while fit runs: in place in a terminal, whatever else is written there, plain elsewhere, as pictures on request. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { cutVisible, visibleLength } from "../src/draw/ansi.js";
import { LivePlot, type PlotArgs, type Screen } from "../src/draw/livePlot.js";
import { callbacks, History, layers, type Sequential, sequential, tensor } from "../src/index.js";
import { addEpoch } from "../src/train/historyValues.js";
import { ProgressBar } from "../src/train/progress.js";
import { checkXml } from "./xml.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts a code
const CODES = /\x1b\[([\d;]*)([A-Za-z])|./gsu;

/** A terminal: what its lines show after text with the codes that fit writes. */
class Terminal {
  readonly lines: string[][] = [[]];
  private row = 0;
  private column = 0;
  bytes = 0;
  widest = 0;

  write(text: string): void {
    this.bytes += text.length;
    for (const [part, number, code] of text.matchAll(CODES)) {
      if (code === "A") this.row = Math.max(0, this.row - Number(number));
      else if (code === "K") this.cutLine();
      else if (code === "J") {
        this.cutLine();
        this.lines.length = this.row + 1;
      } else if (part === "\r") this.column = 0;
      else if (part === "\n") {
        this.row++;
        this.column = 0;
        this.lines[this.row] ??= [];
      } else if (code === undefined) {
        const line = this.lines[this.row] as string[];
        while (line.length < this.column) line.push(" ");
        line[this.column++] = part;
        this.widest = Math.max(this.widest, this.column);
      }
    }
  }

  private cutLine(): void {
    const line = this.lines[this.row] as string[];
    line.length = Math.min(line.length, this.column);
  }

  get text(): string {
    return this.lines.map((line) => line.join("")).join("\n");
  }
}

interface Run {
  terminal: Terminal;
  plot: LivePlot;
  epochs(count: number, milliseconds: number, disturb?: (epoch: number) => void): void;
}

/** A run whose losses fall, with its progress bar, on a terminal of its own. */
function runOn(args: PlotArgs = true, { columns = 100, rows = 40, isTerminal = true } = {}): Run {
  const terminal = new Terminal();
  const history = new History();
  let time = 0;
  const now = (): number => time;
  const write = (text: string): void => terminal.write(text);
  const screen: Screen = {
    write,
    isTerminal,
    terminalColumns: () => columns,
    terminalRows: () => rows,
    bytesWritten: () => terminal.bytes,
    colorDepth: isTerminal ? 8 : 0,
    now,
  };
  const plot = new LivePlot(args, history, screen);
  const bar = new ProgressBar({ epochs: 9, samples: 100, write: (text) => plot.write(text), isTerminal, columns, now });
  return {
    terminal,
    plot,
    epochs(count, milliseconds, disturb) {
      for (let i = 0; i < count; i++) {
        const epoch = history.epoch.length;
        const logs = { loss: 3 / (epoch + 1), acc: 1 - 0.5 / (epoch + 1) };
        bar.epochBegin(epoch);
        for (let done = 10; done <= 100; done += 10) {
          time += milliseconds / 10;
          bar.batchEnd(done, () => logs);
          plot.running(done / 100, logs);
        }
        const all = { ...logs, val_loss: 4 / (epoch + 1), val_acc: 0.5 };
        bar.clear();
        disturb?.(epoch);
        addEpoch(history, epoch, all);
        bar.epochEnd(epoch, all);
        plot.epochEnd();
      }
    },
  };
}

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("curves in a terminal", () => {
  test("are drawn over themselves, with one line of progress", () => {
    for (const milliseconds of [1, 30, 120, 1000]) {
      const { terminal, plot, epochs } = runOn();
      epochs(7, milliseconds);
      plot.end();
      expect(count(terminal.text, "━━ train 0.4286   ━━ val 0.5714")).toBe(1);
      expect(count(terminal.text, "━━ train 0.9286   ━━ val 0.5")).toBe(1);
      expect(terminal.text.match(/epoch \d/g)).toEqual(["epoch 7"]);
      expect(terminal.text.endsWith("\n")).toBe(true);
      expect(terminal.lines.length).toBe(10 + 3 + 1 + 1);
    }
  });

  test("grow on during an epoch, below them its bar", () => {
    const { terminal, epochs, plot } = runOn();
    epochs(2, 60);
    plot.end();
    const { length } = terminal.lines;
    const before = terminal.text;
    plot.write("\rthe bar\x1b[K");
    plot.running(0.5, { loss: 0.1, acc: 0.9 });
    // Not yet: the last drawing was just now.
    expect(terminal.text).toBe(`${before}the bar`);
    epochs(1, 400);
    expect(terminal.text).toContain("━━ train 1 ");
    expect(terminal.text).not.toContain("the bar");
    expect(terminal.lines.length).toBe(length);
  });

  test("leave alone what others write", () => {
    const { terminal, plot, epochs } = runOn();
    epochs(6, 40, (epoch) => {
      if (epoch % 3 === 1) terminal.write(`hello from epoch ${epoch + 1}\n`);
    });
    plot.end();
    expect(terminal.text.match(/^hello from epoch \d$/gm)).toEqual(["hello from epoch 2", "hello from epoch 5"]);
    expect(terminal.text).toContain("epoch 6/9");
  });

  test("never take more than the terminal", () => {
    for (const columns of [20, 39, 60, 78, 100, 200]) {
      for (const rows of [8, 12, 24, 60]) {
        const { terminal, plot, epochs } = runOn(true, { columns, rows });
        epochs(3, 200);
        plot.end();
        expect(terminal.widest).toBeLessThanOrEqual(columns);
        expect(terminal.lines.length).toBeLessThanOrEqual(rows);
        expect(terminal.text).toContain("loss");
      }
    }
  });

  test("show what is asked for", () => {
    const { terminal, plot, epochs } = runOn({ metrics: ["accuracy"], rows: 4 });
    epochs(2, 10);
    plot.end();
    expect(terminal.text.split("\n")[0]).toMatch(/^accuracy {3}━━ train/);
    expect(terminal.lines.length).toBe(4 + 3 + 1 + 1);
  });

  test("are cut, not their colours", () => {
    expect(cutVisible("plain", 5)).toBe("plain");
    expect(visibleLength(cutVisible("\x1b[36mabcdef\x1b[0mghi", 5))).toBe(5);
    expect(cutVisible("\x1b[36mabcdef\x1b[0mghi", 5)).toBe("\x1b[36mabcd\x1b[0m…");
    expect(cutVisible("abc", 0)).toBe("");
  });
});

test("a bar makes room for what callbacks write", () => {
  const terminal = new Terminal();
  let time = 0;
  const bar = new ProgressBar({ epochs: 1, samples: 10, write: (text) => terminal.write(text), isTerminal: true, columns: 80, now: () => time });
  bar.epochBegin(0);
  time = 100;
  bar.batchEnd(5, () => ({ loss: 1 }));
  expect(terminal.text).toMatch(/━/);
  bar.clear();
  terminal.write("hello\n");
  bar.clear();
  bar.epochEnd(0, { loss: 1 });
  expect(terminal.text).toMatch(/^hello\nepoch 1\/1 .*\n$/);
});

describe("curves elsewhere", () => {
  test("are drawn once at the end, without codes", () => {
    const { terminal, plot, epochs } = runOn(true, { isTerminal: false });
    epochs(3, 500);
    expect(terminal.text).not.toContain("train");
    plot.end();
    expect(terminal.text.match(/^epoch \d/gm)).toEqual(["epoch 1", "epoch 2", "epoch 3"]);
    expect(count(terminal.text, "* train")).toBe(2);
  });

  test("are given to a function as SVG", () => {
    const pictures: string[] = [];
    const { terminal, plot, epochs } = runOn((svg) => pictures.push(svg));
    epochs(3, 500);
    plot.end();
    expect(pictures).toHaveLength(4);
    for (const picture of pictures) checkXml(picture);
    expect(terminal.text).not.toContain("train");
  });
});

describe("fit", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  function line(): Sequential {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    return model;
  }
  const [x, y] = [tensor([[0], [1], [2], [3]]), tensor([[1], [3], [5], [7]])];

  test("draws curves by its option and by a callback", async () => {
    let text = "";
    vi.spyOn(process.stdout, "write").mockImplementation((part) => {
      text += part;
      return true;
    });
    await line().fit(x, y, { epochs: 3, plot: true });
    expect(text.match(/^epoch \d\/3/gm)).toHaveLength(3);
    expect(count(text, "loss   ━━ train")).toBe(1);
    text = "";
    await line().fit(x, y, { epochs: 3, verbose: 0, callbacks: [callbacks.plot({ rows: 5 })] });
    expect(text.split("\n")).toHaveLength(5 + 3 + 1);
    text = "";
    const pictures: string[] = [];
    await line().fit(x, y, { epochs: 3, verbose: 0, plot: (svg) => pictures.push(svg) });
    expect(text).toBe("");
    expect(pictures.at(-1)).toMatch(/^<svg .*training/s);
  });
});
