/** @file browser: tensors from pictures and pictures from tensors. */
import { defineOp } from "../engine/op.js";
import { type Canvas, type Drawable, readPixels, writePixels } from "../platform.js";
import { checkOneOf, describe, error } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";
import { toInt } from "./castTo.js";
import { fromArray, type TensorLike } from "./convert.js";

/** Red, green, blue and alpha of each pixel, row by row, in 0 to 255. ImageData is one. */
export interface PixelData {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
}

/** How `browser.draw` draws. */
export interface DrawOptions {
  /** alpha: opacity of pictures that have none of their own, in [0, 1]; 1 by default. */
  imageOptions?: { alpha?: number };
  /** contextAttributes: for getContext. */
  contextOptions?: { contextType?: "2d"; contextAttributes?: object };
}

const pixelsOp = /* @__PURE__ */ defineOp<{ channels: number }>("pixels", {
  shape: ([x], { channels }) => [...x.shape.slice(0, -1), channels],
  dtype: "int32",
  run: (k, [x], y, { channels }) => k.pixels(x.size / 4, channels, x, y),
  grad: null,
});

function fromPixels(pixels: PixelData | Drawable, numChannels = 3): Tensor {
  checkOneOf("fromPixels", "numChannels", numChannels, [1, 2, 3, 4]);
  if (!((pixels as PixelData)?.width >= 0)) throw error("fromPixels", "expected a picture", describe(pixels));
  const { data, width, height } = "data" in pixels ? pixels : readPixels(pixels);
  if (data.length !== width * height * 4) throw error("fromPixels", `expected ${width} x ${height} x 4 bytes`, `${data.length}`);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return pixelsOp([fromArray(bytes, [height, width, 4], "uint8")], { channels: numChannels });
}

interface Picture {
  bytes: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
}

function pictureOf(op: string, img: TensorLike, alpha: number): Picture {
  const x = img instanceof Tensor ? img : toInt(op, "img", img);
  const [height, width, depth = 1] = x.shape as [number, number, number?];
  if (x.rank < 2 || x.rank > 3 || ![1, 3, 4].includes(depth) || (x.dtype !== "float32" && x.dtype !== "int32"))
    throw error(op, "img must be float32 or int32 [height, width] or [height, width, 1, 3 or 4]", `${x.dtype} [${x.shape}]`);
  if (!(alpha >= 0 && alpha <= 1)) throw error(op, "alpha must be in [0, 1]", `${alpha}`);
  const values = x.dataSync();
  const scale = x.dtype === "float32" ? 255 : 1;
  const bytes = new Uint8ClampedArray(width * height * 4).fill(Math.round(255 * alpha));
  for (let at = 0, to = 0; to < bytes.length; to += 4) {
    for (let channel = 0; channel < depth; channel++, at++) {
      const value = (values[at] as number) * scale;
      if (!(value >= 0 && value <= 255)) throw error(op, `values must be in [0, ${255 / scale}]`, `${values[at]} at position ${at}`);
      bytes[to + channel] = Math.round(value);
    }
    if (depth === 1) bytes[to + 1] = bytes[to + 2] = bytes[to] as number;
  }
  return { bytes, width, height };
}

/** Pictures, by TensorFlow.js's names. */
export const browser = {
  /**
   * The values of a picture, 0 to 255.
   * @param pixels an image, a video (its current frame), a canvas, ImageData, or `{ data, width, height }` of 4 bytes a pixel
   * @param numChannels the first so many of red, green, blue and alpha
   * @returns int32 [height, width, numChannels]
   * @throws when numChannels is not in 1 to 4, or the bytes are too many or too few
   * @example
   * ```ts
   * import { browser } from "engram";
   * const pixels = { data: new Uint8Array([255, 128, 0, 255]), width: 1, height: 1 };
   * assert.deepEqual(browser.fromPixels(pixels).arraySync(), [[[255, 128, 0]]]);
   * ```
   */
  fromPixels,

  /** fromPixels, once an image that is still on its way has come. */
  async fromPixelsAsync(pixels: PixelData | Drawable, numChannels = 3): Promise<Tensor> {
    await (pixels as Partial<HTMLImageElement> | null)?.decode?.();
    return fromPixels(pixels, numChannels);
  },

  /**
   * A picture as bytes of red, green, blue and alpha, drawn on a canvas too if there is one.
   * @param img [height, width], or with a last axis of 1, 3 or 4; float32 in [0, 1] or int32 in [0, 255]; arrays count as int32
   * @throws when the shape or a value is another
   * @example
   * ```ts
   * import { browser } from "engram";
   * assert.deepEqual([...(await browser.toPixels([[0, 7]]))], [0, 0, 0, 255, 7, 7, 7, 255]);
   * ```
   */
  async toPixels(img: TensorLike, canvas?: Canvas): Promise<Uint8ClampedArray> {
    const { bytes, width, height } = pictureOf("toPixels", img, 1);
    if (canvas !== undefined) writePixels(canvas, bytes, width, height);
    return bytes;
  },

  /** Draws a picture on a canvas; see toPixels. */
  draw(image: TensorLike, canvas: Canvas, { imageOptions, contextOptions }: DrawOptions = {}): void {
    const { bytes, width, height } = pictureOf("draw", image, imageOptions?.alpha ?? 1);
    writePixels(canvas, bytes, width, height, contextOptions?.contextAttributes);
  },
};
