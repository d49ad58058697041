/** @file Images with what a network says they are: right answers green, wrong ones red with the true label beside them. */
import { describe, error } from "../tensor/errors.js";
import { type ColorDepth, grey, paint, visibleLength } from "./ansi.js";
import { base64, greyPng } from "./png.js";
import { escapeXml, faint, px, right, svgPicture, svgText, wrong } from "./svg.js";

/** One image and the answer to it. */
export interface LabelledImage {
  /** Ink from 0 to 1, row by row. */
  pixels: ArrayLike<number>;
  width: number;
  height: number;
  /** What the network says. */
  answer: string | number;
  /** What it is; without it, the answer is neither right nor wrong. */
  truth?: string | number;
}

export interface ImageGridOptions {
  title?: string;
  /** Images in a row. */
  perRow?: number;
}

const isWrong = ({ answer, truth }: LabelledImage): boolean => truth !== undefined && String(truth) !== String(answer);

function checkImages(op: string, images: readonly LabelledImage[]): void {
  images.forEach(({ pixels, width, height }, i) => {
    if (pixels.length !== width * height)
      throw error(op, `image ${i} must have width x height = ${describe(width)} x ${describe(height)} pixels`, `${pixels.length}`);
  });
}

/**
 * A grid of images with answers as SVG.
 * @example
 * ```ts
 * import { imageGridSvg } from "engram/draw";
 * const svg = imageGridSvg([{ pixels: [0, 1, 1, 0], width: 2, height: 2, answer: 7, truth: 1 }]);
 * assert.match(svg, /^<svg .*7.*is 1/s);
 * ```
 */
export function imageGridSvg(
  images: readonly LabelledImage[],
  { title, perRow = 10, cell = 64 }: ImageGridOptions & { /** Pixels that an image takes across. */ cell?: number } = {},
): string {
  checkImages("imageGridSvg", images);
  const gap = 14;
  const labelHeight = 22;
  const top = title === undefined ? 16 : 40;
  const across = Math.min(perRow, Math.max(1, images.length));
  const body = images.map((image, i) => {
    const x = 16 + (i % across) * (cell + gap);
    const y = top + Math.floor(i / across) * (cell + labelHeight + gap);
    return cellOf(image, x, y, cell);
  });
  const head = title === undefined ? "" : svgText(16, 24, title, { size: 14, weight: 600 });
  const width = 32 + across * (cell + gap) - gap;
  const height = top + Math.ceil(images.length / across) * (cell + labelHeight + gap);
  return svgPicture(width, height, head + body.join(""), title);
}

function cellOf(image: LabelledImage, x: number, y: number, cell: number): string {
  const { pixels, width, height, answer, truth } = image;
  const paper = Float32Array.from(pixels, (value) => 1 - value);
  const color = truth === undefined ? faint : isWrong(image) ? wrong : right;
  const data = `data:image/png;base64,${base64(greyPng(paper, width, height))}`;
  const picture = `<image x="${px(x)}" y="${px(y)}" width="${cell}" height="${cell}" href="${data}" style="image-rendering:pixelated"/>`;
  const frame = `<rect x="${px(x - 0.75)}" y="${px(y - 0.75)}" width="${cell + 1.5}" height="${cell + 1.5}" rx="2" fill="none" stroke="${color}" stroke-width="1.5"/>`;
  const truthText = isWrong(image) ? `<tspan dx="4" font-weight="400" font-size="11" fill="${faint}">is ${escapeXml(String(truth))}</tspan>` : "";
  const label = `<text x="${px(x + cell / 2)}" y="${px(y + cell + 16)}" text-anchor="middle" font-size="14" font-weight="700" fill="${color}">${escapeXml(String(answer))}${truthText}</text>`;
  return picture + frame + label;
}

/** Brightness from dark to light, for terminals without colours. */
const RAMP = " .:-=+*#%@";

/** Means over the pixels that each of columns x rows cells covers. */
function shrink({ pixels, width, height }: LabelledImage, columns: number, rows: number): Float32Array {
  const result = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    const [y0, y1] = spanOf(row, rows, height);
    for (let column = 0; column < columns; column++) {
      const [x0, x1] = spanOf(column, columns, width);
      let sum = 0;
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += pixels[y * width + x] as number;
      result[row * columns + column] = sum / ((y1 - y0) * (x1 - x0));
    }
  }
  return result;
}

/** The pixels of cell `index` of `cells` over `length` pixels: at least one. */
function spanOf(index: number, cells: number, length: number): [number, number] {
  const start = Math.min(length - 1, Math.floor((index * length) / cells));
  return [start, Math.max(start + 1, Math.floor(((index + 1) * length) / cells))];
}

/**
 * One image as lines of text: two pixels a character in greys, or characters of more or less ink without colours.
 * @param columns characters across; the height follows
 */
export function imageLines(image: LabelledImage, columns: number, depth: ColorDepth): string[] {
  const across = Math.min(columns, image.width);
  // A character is about twice as high as wide.
  const lines = Math.max(1, Math.round((across * image.height) / image.width / 2));
  const shaded = depth >= 8;
  const rows = shaded ? lines * 2 : lines;
  const values = shrink(image, across, rows);
  return Array.from({ length: lines }, (_, line) => {
    let text = "";
    let before = "";
    for (let column = 0; column < across; column++) {
      if (!shaded) {
        // The root lifts the thin strokes that means make faint.
        text += RAMP[Math.min(RAMP.length - 1, Math.floor(Math.sqrt(values[line * across + column] as number) * RAMP.length))];
        continue;
      }
      // The upper half in the colour of the text, the lower in that of its ground.
      const code = `\x1b[${grey(values[2 * line * across + column] as number, "fore", depth)};${grey(values[(2 * line + 1) * across + column] as number, "back", depth)}m`;
      text += `${code === before ? "" : code}▀`;
      before = code;
    }
    return shaded ? `${text}\x1b[0m` : text;
  });
}

/**
 * A grid of images with answers as text.
 * @example
 * ```ts
 * import { imageGridText } from "engram/draw";
 * const text = imageGridText([{ pixels: [0, 1, 1, 0], width: 2, height: 2, answer: 7, truth: 1 }]);
 * assert.equal(text, "##\n7 is 1");
 * ```
 */
export function imageGridText(
  images: readonly LabelledImage[],
  {
    title,
    perRow,
    columns = 80,
    imageColumns = 14,
    colorDepth = 0,
  }: ImageGridOptions & {
    /** Characters in a line. */ columns?: number /** Characters that an image takes across. */;
    imageColumns?: number;
    colorDepth?: ColorDepth;
  } = {},
): string {
  checkImages("imageGridText", images);
  const gap = 2;
  const fitting = Math.max(1, Math.floor((columns + gap) / (imageColumns + gap)));
  const across = Math.min(perRow ?? fitting, fitting);
  const lines = title === undefined ? [] : [paint(title, "bold", colorDepth)];
  for (let start = 0; start < images.length; start += across) {
    const row = images.slice(start, start + across).map((image) => [...imageLines(image, imageColumns, colorDepth), labelOf(image, colorDepth)]);
    const height = Math.max(...row.map(({ length }) => length));
    for (let line = 0; line < height; line++) {
      lines.push(
        row
          .map((cell) => pad(line === height - 1 ? (cell.at(-1) as string) : line < cell.length - 1 ? (cell[line] as string) : "", imageColumns))
          .join(" ".repeat(gap))
          .trimEnd(),
      );
    }
    if (start + across < images.length) lines.push("");
  }
  return lines.join("\n");
}

const pad = (text: string, columns: number): string => text + " ".repeat(Math.max(0, columns - visibleLength(text)));

function labelOf(image: LabelledImage, depth: ColorDepth): string {
  const { answer, truth } = image;
  if (truth === undefined) return String(answer);
  return isWrong(image) ? `${paint(String(answer), "red", depth)} is ${truth}` : paint(String(answer), "green", depth);
}
