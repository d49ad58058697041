/** @file Confusion matrices: which classes a network takes for which. */
import { describe, error } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { valueText } from "./scale.js";
import { cut, escapeXml, faint, gridColor, ink, px, svgPicture, svgText, textWidth } from "./svg.js";

export interface ConfusionMatrixOptions {
  title?: string;
  /** Names of the classes; their numbers by default. */
  labels?: readonly (string | number)[];
  /** Whether cells tell shares of their row in per cent, not numbers of samples. */
  normalize?: boolean;
  /** Pixels that a cell takes across; by default as many as fit the number of classes. */
  cell?: number;
}

/** Names longer than this are cut. */
const LONGEST_LABEL = 18;
/** Cells smaller than this have no text. */
const LEAST_WITH_TEXT = 24;

/** Rows of a matrix as nested arrays or a tensor. */
function rowsOf(matrix: Tensor | readonly (readonly number[])[]): number[][] {
  const nested: unknown = "arraySync" in matrix ? matrix.arraySync() : matrix;
  const rows = Array.isArray(nested) ? (nested as number[][]) : [];
  if (rows.length === 0 || rows.some((row) => !Array.isArray(row) || row.length !== rows.length))
    throw error("confusionMatrixSvg", "matrix must be square, [classes, classes]", "shape" in matrix ? `shape [${matrix.shape}]` : describe(matrix));
  return rows;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** part / whole; 0 where that is no number. */
const shareOf = (part: number, whole: number): number => (part > 0 ? Math.min(1, part / whole) || 0 : 0);

const percent = (share: number): string => `${(100 * share).toFixed(1)}`;

/** A colour between white and the given one. */
function tint([red, green, blue]: readonly [number, number, number], share: number): string {
  const mix = (channel: number): number => Math.round(255 + (channel - 255) * share);
  return `rgb(${mix(red)},${mix(green)},${mix(blue)})`;
}

const RIGHT = [0, 98, 155] as const;
const WRONG = [200, 80, 0] as const;

/**
 * A confusion matrix as SVG: a row for each true class, a column for each predicted one. Right answers are blue, wrong ones orange, the
 * darker the greater their share of the row; beside the rows stands the recall of each class, below the columns its precision.
 * @param matrix what `confusionMatrix` or the metric of that name gives
 * @throws when the matrix is not square, or there is not one label for each class
 * @example
 * ```ts
 * import { confusionMatrix } from "engram";
 * import { confusionMatrixSvg } from "engram/draw";
 * const matrix = confusionMatrix([0, 1, 2, 1, 0], [0, 2, 2, 1, 0], 3);
 * const svg = confusionMatrixSvg(matrix, { labels: ["cat", "dog", "bird"] });
 * assert.match(svg, /^<svg .*80\.0 % of 5 right.*bird/s);
 * ```
 */
export function confusionMatrixSvg(matrix: Tensor | readonly (readonly number[])[], options: ConfusionMatrixOptions = {}): string {
  const rows = rowsOf(matrix);
  const count = rows.length;
  const { title, normalize = false } = options;
  const labels = (options.labels ?? rows.map((_, i) => i)).map((label) => cut(String(label), LONGEST_LABEL));
  if (labels.length !== count) throw error("confusionMatrixSvg", `labels must be ${count} names, one a class`, `${labels.length}`);

  const widest = Math.max(...labels.map((label) => textWidth(label, 12)));
  const cell = options.cell ?? Math.max(5, Math.min(count > 6 ? 46 : Math.max(46, Math.min(90, widest + 8)), Math.floor(560 / count)));
  const hasText = cell >= LEAST_WITH_TEXT;
  // Where cells are small, only every so manieth class has its name.
  const every = [1, 2, 5, 10].find((step) => step * cell >= 20) ?? 20;
  const isSlanted = widest > cell * every - 6;
  const left = Math.max(38 + widest, hasText ? 16 + textWidth("precision %", 11) : 0) + 10;
  const labelsTop = (title === undefined ? 24 : 44) + 16;
  const top = labelsTop + 20 + (isSlanted ? widest * 0.71 + 10 : 18);
  const size = cell * count;

  const recalls = rows.map((row, i) => shareOf(row[i] as number, sum(row)));
  const precisions = rows.map((_, i) => shareOf(rows[i]?.[i] as number, sum(rows.map((row) => row[i] as number))));
  const total = sum(rows.map(sum));
  const accuracy = shareOf(sum(rows.map((row, i) => row[i] as number)), total);

  const columnName = (label: string, i: number): string => {
    const x = left + (i + 0.5) * cell;
    if (!isSlanted) return svgText(x, top - 8, label, { anchor: "middle" });
    return `<text transform="translate(${px(x + 2)} ${px(top - 8)}) rotate(-45)" font-size="12" fill="${ink}">${escapeXml(label)}</text>`;
  };
  const names = labels.map((label, i) => (i % every > 0 ? "" : svgText(left - 8, top + (i + 0.5) * cell + 4, label, { anchor: "end" }) + columnName(label, i)));
  const cells = rows.map((row, i) =>
    row
      .map((value, j) => cellOf(value, sum(row), i === j))
      .map(({ fill, text, color }, j) => {
        const [x, y] = [left + j * cell, top + i * cell];
        const gap = cell > 12 ? 1 : 0;
        const square = `<rect x="${px(x)}" y="${px(y)}" width="${px(cell - gap)}" height="${px(cell - gap)}" fill="${fill}"><title>${escapeXml(
          `${options.labels?.[i] ?? i} taken for ${options.labels?.[j] ?? j}: ${row[j]}`,
        )}</title></rect>`;
        const fontSize = Math.min(13, (cell - 6) / (0.62 * Math.max(1, text.length)));
        return square + (hasText && text !== "" ? svgText(x + (cell - gap) / 2, y + cell / 2 + 4, text, { size: fontSize, color, anchor: "middle" }) : "");
      })
      .join(""),
  );

  function cellOf(value: number, whole: number, isRight: boolean): { fill: string; text: string; color: string } {
    const share = shareOf(value, whole);
    // The root lifts the few mistakes of a good network out of the white.
    const depth = isRight ? share : Math.cbrt(share);
    const text = value === 0 ? "" : normalize ? percent(share) : valueText(value);
    return { fill: depth === 0 ? "#f6f7f9" : tint(isRight ? RIGHT : WRONG, depth), text, color: depth > 0.55 ? "#ffffff" : ink };
  }

  const margin = hasText ? 62 : 0;
  const note = { size: 11, color: faint } as const;
  const marginal = !hasText
    ? []
    : [
        svgText(left + size + margin - 4, top - 8, "recall %", { ...note, anchor: "end" }),
        ...recalls.map((share, i) => svgText(left + size + margin - 4, top + (i + 0.5) * cell + 4, percent(share), { ...note, anchor: "end" })),
        svgText(left - 8, top + size + 20, "precision %", { ...note, anchor: "end" }),
        ...precisions.map((share, i) => svgText(left + (i + 0.5) * cell, top + size + 20, percent(share), { ...note, anchor: "middle" })),
      ];
  const middle = top + size / 2;
  const slantEnd = isSlanted ? widest * 0.71 : 0;
  const head = title === undefined ? "" : svgText(16, 24, title, { size: 14, weight: 600 });
  const summary = svgText(
    16,
    labelsTop - 16,
    `${percent(accuracy)} % of ${total.toLocaleString("en")} right${normalize && hasText ? "; cells: % of their row" : ""}`,
    {
      color: faint,
    },
  );
  const axes =
    svgText(left + size / 2, labelsTop + 8, "predicted", { color: faint, anchor: "middle" }) +
    `<text transform="translate(24 ${px(middle)}) rotate(-90)" font-size="12" fill="${faint}" text-anchor="middle">true</text>`;
  const frame = `<rect x="${px(left - 1)}" y="${px(top - 1)}" width="${px(size + 1)}" height="${px(size + 1)}" fill="none" stroke="${gridColor}"/>`;
  const width = Math.max(left + size + Math.max(margin, slantEnd) + 16, title === undefined ? 0 : 32 + textWidth(title, 14) * 1.1, 32 + 240);
  return svgPicture(width, top + size + (hasText ? 36 : 16), [head, summary, axes, ...names, frame, ...cells, ...marginal].join(""), title);
}
