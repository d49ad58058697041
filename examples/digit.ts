/** @file Any picture of one digit, made into an image as MNIST has them. */
import { UsageError } from "./support.js";

/** A picture of 8-bit red, green, blue and alpha, row by row. */
export interface Picture {
  data: Uint8Array;
  width: number;
  height: number;
}

interface Ink {
  values: Float32Array;
  width: number;
  height: number;
}

/** Ink fainter than this share of the strongest is paper: noise, shadows, the halo of JPEG. */
const FAINT = 0.2;

/**
 * Ink from 0 to 1 in a square of `size`: dark on light or light on dark, cut to the digit, scaled to fit a box of 20/28
 * of the square and moved so that its centre of mass is the square's centre, as the makers of MNIST did
 * (Y. LeCun, "The MNIST database": size-normalised to 20x20, centred in 28x28 by centre of mass).
 */
export function toDigit(picture: Picture, size = 28): Float32Array {
  const ink = inkOf(picture);
  const box = boundsOf(ink);
  const side = Math.round((size * 20) / 28);
  const scale = side / Math.max(box.width, box.height);
  const width = Math.max(1, Math.round(box.width * scale));
  const height = Math.max(1, Math.round(box.height * scale));
  const small = stretch(resize(ink, box, width, height));
  const { x, y } = centreOfMass(small, width, height);
  const left = Math.round(size / 2 - 0.5 - x);
  const top = Math.round(size / 2 - 0.5 - y);
  const result = new Float32Array(size * size);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [toX, toY] = [column + left, row + top];
      if (toX >= 0 && toX < size && toY >= 0 && toY < size) result[toY * size + toX] = small[row * width + column] as number;
    }
  }
  return result;
}

/** How far each pixel is from the paper, whose colour is that of most of the border. */
function inkOf({ data, width, height }: Picture): Ink {
  const count = width * height;
  const onWhite = new Float32Array(count);
  const alpha = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const [red, green, blue, opacity] = [0, 1, 2, 3].map((channel) => (data[4 * i + channel] as number) / 255) as [number, number, number, number];
    alpha[i] = opacity;
    // Brightness as the eye weighs it (ITU-R BT.601), over white where the picture is see-through.
    onWhite[i] = 1 - opacity + opacity * (0.299 * red + 0.587 * green + 0.114 * blue);
  }
  // White strokes on nothing vanish on white paper: then what is opaque is ink.
  const source = spread(onWhite) > 0.1 ? onWhite : alpha;
  const border: number[] = [];
  for (let x = 0; x < width; x++) border.push(source[x] as number, source[(height - 1) * width + x] as number);
  for (let y = 0; y < height; y++) border.push(source[y * width] as number, source[y * width + width - 1] as number);
  border.sort((a, b) => a - b);
  const paper = border[border.length >> 1] as number;
  const values = source.map((value) => Math.abs(value - paper));
  if (spread(values) < 0.1) throw new UsageError("expected a picture of a digit. Got one of a single colour.");
  return { values: stretch(values), width, height };
}

/** Distance between smallest and largest. */
function spread(values: Float32Array): number {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return max - min;
}

/** Values from 0 to 1, the faint ones set to 0. */
function stretch(values: Float32Array): Float32Array {
  const max = values.reduce((a, b) => Math.max(a, b), 0);
  return values.map((value) => (value < FAINT * max ? 0 : value / max));
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The smallest box that holds all ink. */
function boundsOf({ values, width, height }: Ink): Box {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (values[y * width + x] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** Means over the area that each new pixel covers, parts of pixels counted as parts. */
function resize({ values, width: stride }: Ink, box: Box, width: number, height: number): Float32Array {
  const result = new Float32Array(width * height);
  const [stepX, stepY] = [box.width / width, box.height / height];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let sum = 0;
      eachCovered(row * stepY, (row + 1) * stepY, box.height, (y, partY) => {
        eachCovered(column * stepX, (column + 1) * stepX, box.width, (x, partX) => {
          sum += partX * partY * (values[(box.y + y) * stride + box.x + x] as number);
        });
      });
      result[row * width + column] = sum / (stepX * stepY);
    }
  }
  return result;
}

/** The pixels between two places on a line of `length` pixels, and how much of each lies between. */
function eachCovered(from: number, to: number, length: number, visit: (index: number, part: number) => void): void {
  for (let i = Math.floor(from); i < Math.min(length, Math.ceil(to)); i++) {
    const part = Math.min(i + 1, to) - Math.max(i, from);
    if (part > 0) visit(i, part);
  }
}

function centreOfMass(values: Float32Array, width: number, height: number): { x: number; y: number } {
  let [mass, sumX, sumY] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = values[y * width + x] as number;
      mass += value;
      sumX += value * x;
      sumY += value * y;
    }
  }
  return { x: sumX / mass, y: sumY / mass };
}
