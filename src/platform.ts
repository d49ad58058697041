/** @file With the files beside it, the only one that names process, page or other parts of the surroundings. */

/** True where addresses without a scheme mean something: in a page or its worker. */
export const isPage = (): boolean => "location" in globalThis;

/** Milliseconds from a clock that never runs backwards. */
export const now = (): number => performance.now();

/** Resolves after the event loop has had a turn, so that a page can paint and timers can run. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Bytes of base64 text. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as unknown as { fromBase64?(text: string): Uint8Array<ArrayBuffer> }).fromBase64;
  if (native) return native.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Resolves before the browser paints next, or after a turn of the event loop where nothing is painted. */
export function paintedFrame(): Promise<void> {
  const { requestAnimationFrame } = globalThis as { requestAnimationFrame?: (callback: () => void) => number };
  return requestAnimationFrame === undefined ? nextTurn() : new Promise((resolve) => requestAnimationFrame(() => resolve()));
}

/** What a page can draw. */
export type Drawable = HTMLImageElement | HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas | ImageBitmap;
export type Canvas = HTMLCanvasElement | OffscreenCanvas;
type Context2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null;

/** The pixels of an image, a frame of a video, or a canvas: red, green, blue and alpha. */
export function readPixels(source: Drawable): ImageData {
  const [width, height] = "videoWidth" in source ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
  let context = "getContext" in source ? (source.getContext("2d") as Context2D) : null;
  if (context === null) {
    const canvas = typeof document === "undefined" ? new OffscreenCanvas(width, height) : Object.assign(document.createElement("canvas"), { width, height });
    context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
    context.drawImage(source, 0, 0, width, height);
  }
  return context.getImageData(0, 0, width, height);
}

/** Makes a canvas show red, green, blue and alpha. */
export function writePixels(canvas: Canvas, bytes: Uint8ClampedArray, width: number, height: number, attributes?: object): void {
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", attributes) as Context2D;
  if (context === null) throw new Error("draw: expected a canvas for 2d. Got one with another context.");
  const image = context.createImageData(width, height);
  image.data.set(bytes);
  context.putImageData(image, 0, 0);
}
