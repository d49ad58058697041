/** @file Where a digit is drawn, or one of the test digits is chosen instead. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { color, isDark } from "../../theme.js";
import { Button } from "../../ui/button.js";
import { drawStrokes, normalize, type Point } from "./normalize.js";
import { Picture, paint } from "./picture.js";
import type { Session } from "./session.js";
import { PIXELS } from "./shards.js";
import { words } from "./words.js";

/** Width of the pen, as a share of the area's. */
const PEN = 0.075;

export function Pad({ session }: { session: Session }) {
  const w = words();
  const canvas = useRef<HTMLCanvasElement>(null);
  const strokes = useRef<Point[][]>([]);
  /** The image that was made of the strokes. */
  const drawn = useRef<Uint8Array | null>(null);
  const frame = useRef(0);
  const image = session.image.value;
  const dark = isDark.value;

  const redraw = (): void => {
    const element = canvas.current as HTMLCanvasElement;
    const context = element.getContext("2d") as CanvasRenderingContext2D;
    const size = Math.round(element.clientWidth * devicePixelRatio);
    if (element.width !== size) [element.width, element.height] = [size, size];
    context.clearRect(0, 0, size, size);
    const chosen = session.image.peek();
    if (strokes.current.length > 0) {
      context.strokeStyle = color("ink");
      drawStrokes(context, strokes.current, PEN * size, ({ x, y }) => ({ x: x * size, y: y * size }));
    } else if (chosen !== null) {
      const small = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
      paint(small, chosen);
      context.imageSmoothingQuality = "high";
      context.drawImage(small, 0, 0, size, size);
    }
  };

  // Where the image has not been drawn here, what was drawn is gone.
  useLayoutEffect(() => {
    if (image !== drawn.current) strokes.current = [];
    redraw();
  }, [image, dark]);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(redraw);
    observer.observe(canvas.current as HTMLCanvasElement);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame.current);
    };
  }, []);

  /** Asks at most once a frame. */
  const ask = (): void => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      drawn.current = normalize(strokes.current);
      session.ask(drawn.current as Uint8Array<ArrayBuffer>);
    });
  };
  const placeOf = (event: PointerEvent): Point => {
    const box = (canvas.current as HTMLCanvasElement).getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    // Not every browser lets a pointer that a program has made be captured.
    if (event.isTrusted) canvas.current?.setPointerCapture(event.pointerId);
    strokes.current.push([placeOf(event)]);
    redraw();
    ask();
  };
  const move = (event: PointerEvent): void => {
    if (event.buttons === 0 || strokes.current.length === 0) return;
    const between = event.getCoalescedEvents?.() ?? [];
    strokes.current.at(-1)?.push(...(between.length > 0 ? between : [event]).map(placeOf));
    redraw();
    ask();
  };

  return (
    <div class="pad">
      <canvas ref={canvas} role="img" aria-label={w.pad} onPointerDown={down} onPointerMove={move} />
      {image === null ? (
        <span class="pad-hint" aria-hidden="true">
          {w.padHint}
        </span>
      ) : null}
      <div class="pad-clear">
        <Button kind="quiet" isSmall isDisabled={image === null} onClick={() => session.ask(null)}>
          {w.clear}
        </Button>
      </div>
    </div>
  );
}

/** One of each digit from the test set, to be chosen. */
export function Samples({ session }: { session: Session }) {
  const w = words();
  const [turn, setTurn] = useState(0);
  const { images, labels, count } = session.digits.test.take(1000);
  if (session.digits.test.count.value === 0) return null;
  const ofDigit = (digit: number): number => {
    let left = turn;
    for (let i = 0; i < count; i++) if (labels[i] === digit && left-- === 0) return i;
    return 0;
  };
  return (
    <fieldset class="samples" aria-label={w.samples}>
      {Array.from({ length: 10 }, (_, digit) => {
        const index = ofDigit(digit);
        const image = images.slice(index * PIXELS, (index + 1) * PIXELS);
        return (
          <button key={index} type="button" aria-label={w.sample(String(digit))} onClick={() => session.ask(image)}>
            <Picture image={image} />
          </button>
        );
      })}
      <Button kind="quiet" isSmall onClick={() => setTurn((turn + 1) % 70)}>
        {w.others}
      </Button>
    </fieldset>
  );
}
