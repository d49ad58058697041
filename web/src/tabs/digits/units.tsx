/** @file The weights of the first hidden layer as pictures, and how strongly the drawing excites each unit. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { number } from "../../i18n/index.js";
import { isDark, rgb } from "../../theme.js";
import { Panel } from "../../ui/panel.js";
import type { Session } from "./session.js";
import { PIXELS } from "./shards.js";
import { words } from "./words.js";

const MOST = 64;
/** A picture with the line below it and the gap around, in dots. */
const TILE = { width: 31, height: 34 };

type Colour = readonly [number, number, number];

export function Units({ session }: { session: Session }) {
  const w = words();
  const { values, units } = session.weights.value;
  const image = session.image.value;
  const dark = isDark.value;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [columns, setColumns] = useState(16);
  const shown = Math.min(units, MOST);

  useLayoutEffect(() => {
    const element = canvas.current as HTMLCanvasElement;
    const observer = new ResizeObserver(() => {
      const width = element.parentElement?.clientWidth ?? 0;
      setColumns(width > 1000 ? 16 : 8);
    });
    observer.observe(element.parentElement as HTMLElement);
    return () => observer.disconnect();
  }, []);

  // The colours depend on the theme.
  useLayoutEffect(() => {
    if (values.length > 0) draw(canvas.current as HTMLCanvasElement, values, units, shown, Math.min(columns, shown), image);
  }, [values, units, shown, columns, image, dark]);

  const label = w.unitsLabel(number(shown), number(units));
  return (
    <Panel title={w.units} actions={<span class="note">{w.unitsShown(number(shown), number(units))}</span>} area="units">
      <p class="note">{w.unitsMean}</p>
      <div>
        <canvas ref={canvas} class="units" role="img" aria-label={label} style={{ maxWidth: `${Math.min(columns, shown) * 84}px` }} />
      </div>
    </Panel>
  );
}

/** What each unit gets of the image, before its activation; by its weights alone. */
function excitements(values: Float32Array, units: number, shown: number, image: Uint8Array): Float32Array {
  const sums = new Float32Array(shown);
  for (let i = 0; i < PIXELS; i++) {
    const ink = (image[i] as number) / 255;
    if (ink > 0) for (let unit = 0; unit < shown; unit++) sums[unit] = (sums[unit] as number) + ink * (values[i * units + unit] as number);
  }
  return sums;
}

function draw(canvas: HTMLCanvasElement, values: Float32Array, units: number, shown: number, columns: number, image: Uint8Array | null): void {
  canvas.width = columns * TILE.width - 3;
  canvas.height = Math.ceil(shown / columns) * TILE.height - 2;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const picture = context.createImageData(canvas.width, canvas.height);
  const dots = new Uint32Array(picture.data.buffer);
  const colours = scale(rgb("negative"), rgb("neutral"), rgb("positive"));
  const [track, line] = [dot(rgb("grid")), dot(rgb("accent"))];
  const excited = image === null ? null : excitements(values, units, shown, image);
  const most = Math.max(1e-6, ...(excited ?? []));
  for (let unit = 0; unit < shown; unit++) {
    const corner = Math.floor(unit / columns) * TILE.height * canvas.width + (unit % columns) * TILE.width;
    let largest = 1e-6;
    for (let i = unit; i < values.length; i += units) largest = Math.max(largest, Math.abs(values[i] as number));
    for (let i = 0; i < PIXELS; i++) {
      const share = (values[i * units + unit] as number) / largest;
      dots[corner + Math.floor(i / 28) * canvas.width + (i % 28)] = colours[Math.round(127.5 + 127.5 * share)] as number;
    }
    const length = excited === null ? 0 : Math.round((28 * Math.max(0, excited[unit] as number)) / most);
    for (let x = 0; x < 28; x++) for (let y = 29; y < 31; y++) dots[corner + y * canvas.width + x] = x < length ? line : track;
  }
  context.putImageData(picture, 0, 0);
}

const dot = ([red, green, blue]: Colour): number => (255 << 24) | (blue << 16) | (green << 8) | red;

/** 256 colours from one end over the middle to the other. */
function scale(negative: Colour, neutral: Colour, positive: Colour): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const share = (i - 127.5) / 127.5;
    const end = share < 0 ? negative : positive;
    return dot(neutral.map((middle, part) => Math.round(middle + Math.abs(share) * ((end[part] as number) - middle))) as unknown as Colour);
  });
}
