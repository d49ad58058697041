/** @file Pictures on real canvases. */
import { expect, test } from "vitest";
import { browser, tensor } from "../../src/index.js";

/** Opaque, so that no colour is changed by its opacity. */
const values = Array.from({ length: 5 * 3 * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256));

function canvasOf(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  browser.draw(tensor(values, [3, 5, 4], "int32"), canvas);
  return canvas;
}

test("a picture is drawn on a canvas and read from it, from its data and from bitmaps of it", async () => {
  const canvas = canvasOf();
  expect([canvas.width, canvas.height]).toEqual([5, 3]);
  const data = canvas.getContext("2d")?.getImageData(0, 0, 5, 3) as ImageData;
  for (const source of [canvas, data, await createImageBitmap(canvas)]) {
    const x = browser.fromPixels(source, 4);
    expect([x.shape, [...x.dataSync()]]).toEqual([[3, 5, 4], values]);
  }
});

test("an image is waited for", async () => {
  const image = new Image();
  image.src = canvasOf().toDataURL();
  const x = await browser.fromPixelsAsync(image);
  expect([x.shape, [...x.dataSync()]]).toEqual([[3, 5, 3], values.filter((_, i) => i % 4 < 3)]);
});
