/** @file Small pictures of images of 28 x 28 bytes. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { isDark, rgb } from "../../theme.js";

/** Puts an image on a canvas of 28 x 28, in the theme's ink on its paper. */
export function paint(canvas: HTMLCanvasElement, image: Uint8Array | null): void {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const picture = context.createImageData(28, 28);
  const [paper, ink] = [rgb("sunken"), rgb("ink")];
  for (let i = 0; i < 784; i++) {
    const share = (image?.[i] ?? 0) / 255;
    for (let part = 0; part < 3; part++) picture.data[4 * i + part] = (paper[part] as number) + share * ((ink[part] as number) - (paper[part] as number));
    picture.data[4 * i + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

/** An image; what it shows is told beside it, so a screen reader skips it unless it has a label. */
export function Picture({ image, label }: { image: Uint8Array | null; label?: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = isDark.value;
  // The colours depend on the theme.
  useLayoutEffect(() => paint(canvas.current as HTMLCanvasElement, image), [image, dark]);
  return (
    <canvas ref={canvas} class="picture" width={28} height={28} {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })} />
  );
}
