/** @file A canvas as sharp as the screen, drawn when its place, the theme or what it shows changes. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { isDark } from "../theme.js";

export interface CanvasProps {
  /** What a screen reader says. */
  label: string;
  /** Draws in CSS pixels. Called again when it is another function. */
  draw: (context: CanvasRenderingContext2D, width: number, height: number) => void;
  /** Width to height; 1 by default. */
  ratio?: number;
}

/** A picture as wide as its place. */
export function Canvas({ label, draw, ratio = 1 }: CanvasProps) {
  const element = useRef<HTMLCanvasElement>(null);
  const dark = isDark.value;
  // Colours depend on the theme.
  useLayoutEffect(() => {
    const canvas = element.current as HTMLCanvasElement;
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    const redraw = (): void => {
      const [width, density] = [canvas.clientWidth, devicePixelRatio];
      const height = width / ratio;
      if (width === 0) return;
      const size = [Math.round(width * density), Math.round(height * density)] as const;
      if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
      context.setTransform(density, 0, 0, density, 0, 0);
      context.clearRect(0, 0, width, height);
      draw(context, width, height);
    };
    redraw();
    const observer = new ResizeObserver(redraw);
    observer.observe(canvas);
    return () => observer.disconnect();
  }, [draw, ratio, dark]);
  return <canvas ref={element} class="canvas" role="img" aria-label={label} style={{ aspectRatio: String(ratio) }} />;
}
