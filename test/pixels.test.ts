/** @file Pictures: tensors from pixels of four bytes, bytes and canvases from tensors; canvases are stood in for. */
import { describe, expect, test } from "vitest";
import { browser, compile, type Tensor, tensor } from "../src/index.js";

const picture = (width: number, height: number) => ({ data: Uint8Array.from({ length: width * height * 4 }, (_, i) => (i * 37) % 256), width, height });

/** What toPixels and draw need of a canvas, and what was put on it. */
function makeCanvas() {
  const put: { data: Uint8ClampedArray; at: number[] }[] = [];
  const context = {
    createImageData: (width: number, height: number) => ({ data: new Uint8ClampedArray(width * height * 4), width, height }),
    putImageData: ({ data }: ImageData, ...at: number[]) => put.push({ data, at }),
    getImageData: (_x: number, _y: number, width: number, height: number) => picture(width, height),
  };
  const asked: unknown[][] = [];
  const getContext = (...args: unknown[]) => {
    asked.push(args);
    return context;
  };
  return { canvas: { width: 0, height: 0, getContext } as unknown as HTMLCanvasElement, put, asked };
}

describe("fromPixels", () => {
  test("takes the first channels of each pixel", () => {
    const pixels = picture(5, 3);
    for (const channels of [1, 2, 3, 4]) {
      const x = browser.fromPixels(pixels, channels);
      expect([x.shape, x.dtype]).toEqual([[3, 5, channels], "int32"]);
      expect([...x.dataSync()]).toEqual([...pixels.data].filter((_, i) => i % 4 < channels));
    }
    expect(browser.fromPixels(pixels).shape).toEqual([3, 5, 3]);
  });

  test("takes clamped bytes, a part of a buffer, and nothing", async () => {
    const { data } = picture(3, 2);
    const part = new Uint8ClampedArray(data.buffer, 8, 8);
    expect([...browser.fromPixels({ data: part, width: 1, height: 2 }, 4).dataSync()]).toEqual([...data.subarray(8, 16)]);
    expect((await browser.fromPixelsAsync({ data: new Uint8Array(0), width: 0, height: 4 })).shape).toEqual([4, 0, 3]);
  });

  test("reads a canvas", () => {
    const { canvas } = makeCanvas();
    Object.assign(canvas, { width: 2, height: 2 });
    expect([...browser.fromPixels(canvas, 4).dataSync()]).toEqual([...picture(2, 2).data]);
  });

  test("waits for an image", async () => {
    const { canvas } = makeCanvas();
    const late = Object.assign(canvas, { decode: async () => void Object.assign(canvas, { width: 2, height: 1 }) });
    expect((await browser.fromPixelsAsync(late)).shape).toEqual([1, 2, 3]);
  });

  test("refuses what is no picture", async () => {
    for (const channels of [0, 5, 2.5]) expect(() => browser.fromPixels(picture(1, 1), channels)).toThrow("fromPixels: numChannels must be one of 1, 2, 3, 4");
    for (const wrong of [null, undefined, "x", {}]) {
      expect(() => browser.fromPixels(wrong as never)).toThrow("fromPixels: expected a picture");
      await expect(browser.fromPixelsAsync(wrong as never)).rejects.toThrow("fromPixels: expected a picture");
    }
    expect(() => browser.fromPixels({ ...picture(2, 2), width: 3 })).toThrow("fromPixels: expected 3 x 2 x 4 bytes. Got 16.");
  });
});

describe("toPixels", () => {
  test("of float32 in [0, 1] and int32 in [0, 255], grey or coloured", async () => {
    expect([...(await browser.toPixels(tensor([[0, 0.5, 1]])))]).toEqual([0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
    expect([...(await browser.toPixels(tensor([[[9]]], [1, 1, 1], "int32")))]).toEqual([9, 9, 9, 255]);
    expect([...(await browser.toPixels([[[1, 2, 3]], [[4, 5, 6]]]))]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
    expect([...(await browser.toPixels([[[1, 2, 3, 4]]]))]).toEqual([1, 2, 3, 4]);
    expect(await browser.toPixels(tensor([], [0, 3]))).toHaveLength(0);
  });

  test("gives fromPixels its picture back", async () => {
    const pixels = picture(7, 5);
    expect([...(await browser.toPixels(browser.fromPixels(pixels, 4)))]).toEqual([...pixels.data]);
  });

  test("draws on a canvas of its size", async () => {
    const { canvas, put } = makeCanvas();
    const bytes = await browser.toPixels([[1, 2]], canvas);
    expect([canvas.width, canvas.height, put]).toEqual([2, 1, [{ data: bytes, at: [0, 0] }]]);
  });

  test("refuses other shapes, types and values, and draws nothing", async () => {
    const { canvas, put } = makeCanvas();
    const wrong: [Tensor, string][] = [
      [tensor([1]), "float32 [1]"],
      [tensor([1, 2], [1, 1, 2]), "float32 [1,1,2]"],
      [tensor([true], [1, 1]), "bool [1,1]"],
      [tensor([[0, 1.5]]), "1.5 at position 1"],
      [tensor([[0, Number.NaN]]), "NaN at position 1"],
      [tensor([[-1]], [1, 1], "int32"), "-1 at position 0"],
      [tensor([[256]], [1, 1], "int32"), "256 at position 0"],
    ];
    for (const [x, got] of wrong) await expect(browser.toPixels(x, canvas)).rejects.toThrow(got);
    expect(put).toEqual([]);
    expect(() =>
      compile((x: Tensor) => {
        browser.draw(x, canvas);
        return x;
      })(tensor([[1]])),
    ).toThrow("not known while tracing");
  });
});

describe("draw", () => {
  test("with opacity and attributes of the context", () => {
    const { canvas, put, asked } = makeCanvas();
    browser.draw([[255]], canvas, { imageOptions: { alpha: 0.5 }, contextOptions: { contextType: "2d", contextAttributes: { alpha: false } } });
    expect([...(put[0]?.data ?? [])]).toEqual([255, 255, 255, 128]);
    expect(asked).toEqual([["2d", { alpha: false }]]);
    browser.draw([[[1, 2, 3, 4]]], canvas, { imageOptions: { alpha: 0 } });
    expect([...(put[1]?.data ?? [])]).toEqual([1, 2, 3, 4]);
  });

  test("refuses other contexts and opacities", () => {
    const { canvas, put } = makeCanvas();
    expect(() => browser.draw([[1]], canvas, { imageOptions: { alpha: 2 } })).toThrow("draw: alpha must be in [0, 1]");
    Object.assign(canvas, { getContext: () => null });
    expect(() => browser.draw([[1]], canvas)).toThrow("draw: expected a canvas for 2d");
    expect(put).toEqual([]);
  });
});
