/** @file A drawing, made into an image as MNIST has them. */

export interface Point {
  x: number;
  y: number;
}
export type Stroke = readonly Point[];

const SIZE = 28;
/** Side of the box that MNIST's digits were scaled to (Y. LeCun, "The MNIST database"), and how thick their strokes are, in pixels. */
const BOX = 20;
const THICK = 2.6;
/** Dots of the finer picture in a pixel, along each side. */
const FINE = 6;

/**
 * 28 x 28 bytes: the strokes scaled to fit a box of 20 x 20, drawn with a pen as thick as MNIST's, whatever their own size was, and moved so that
 * their centre of mass is the picture's centre.
 */
export function normalize(strokes: readonly Stroke[]): Uint8Array<ArrayBuffer> {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIZE * FINE, height: SIZE * FINE });
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  const points = strokes.flat();
  const [left, right] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const [top, bottom] = [Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y))];
  // A dot is not blown up.
  const scale = (FINE * (BOX - THICK)) / Math.max(right - left, bottom - top, 0.2);
  const middle = (SIZE * FINE) / 2;
  drawStrokes(context, strokes, THICK * FINE, ({ x, y }) => ({ x: middle + (x - (left + right) / 2) * scale, y: middle + (y - (top + bottom) / 2) * scale }));
  return centred(coarse(context.getImageData(0, 0, canvas.width, canvas.height).data));
}

/** Draws lines through the points, with round ends. */
export function drawStrokes(context: CanvasRenderingContext2D, strokes: readonly Stroke[], width: number, place: (point: Point) => Point): void {
  context.lineCap = "round";
  context.lineJoin = "round";
  context.lineWidth = width;
  for (const stroke of strokes) {
    const [first, ...others] = stroke.map(place) as [Point, ...Point[]];
    context.beginPath();
    context.moveTo(first.x, first.y);
    // A line of no length is a dot, where it is one at all.
    if (others.length === 0) context.lineTo(first.x + 0.01, first.y);
    for (const { x, y } of others) context.lineTo(x, y);
    context.stroke();
  }
}

/** Means of the finer picture's opacity. */
function coarse(pixels: Uint8ClampedArray): Float32Array {
  const result = new Float32Array(SIZE * SIZE);
  for (let y = 0; y < SIZE * FINE; y++) {
    for (let x = 0; x < SIZE * FINE; x++) {
      const at = Math.floor(y / FINE) * SIZE + Math.floor(x / FINE);
      result[at] = (result[at] as number) + (pixels[4 * (y * SIZE * FINE + x) + 3] as number) / FINE ** 2;
    }
  }
  return result;
}

function centred(values: Float32Array): Uint8Array<ArrayBuffer> {
  let [mass, sumX, sumY] = [0, 0, 0];
  for (const [i, value] of values.entries()) {
    mass += value;
    sumX += value * (i % SIZE);
    sumY += value * Math.floor(i / SIZE);
  }
  const [moveX, moveY] = [sumX, sumY].map((sum) => Math.round((SIZE - 1) / 2 - sum / mass)) as [number, number];
  const result = new Uint8Array(SIZE * SIZE);
  for (const [i, value] of values.entries()) {
    const [x, y] = [(i % SIZE) + moveX, Math.floor(i / SIZE) + moveY];
    if (x >= 0 && x < SIZE && y >= 0 && y < SIZE) result[y * SIZE + x] = Math.round(value);
  }
  return result;
}
