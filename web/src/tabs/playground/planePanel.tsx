/** @file The plane: the network's answer everywhere, the points, and what the visitor does with them. */
import { useEffect, useRef, useState } from "preact/hooks";
import { color } from "../../theme.js";
import { Button } from "../../ui/button.js";
import { Segmented } from "../../ui/choices.js";
import { Live, Panel } from "../../ui/panel.js";
import { SURFACE_SIDE } from "./network.js";
import { drawPoints, SurfacePainter, toPlane } from "./planePainter.js";
import { ERASER, type Player, type Tool } from "./player.js";
import { REACH } from "./points.js";
import { digits, percent, words } from "./words.js";

export function PlanePanel({ player }: { player: Player }) {
  const w = words();
  return (
    <Panel
      title={w.plane}
      actions={
        player.tool.value === "pick" ? null : (
          <Button isSmall onClick={() => player.drawPoints([])}>
            {w.clear}
          </Button>
        )
      }
    >
      <Plane player={player} />
      <Segmented<Tool>
        label={w.tool}
        isLabelHidden
        value={player.tool.value}
        options={(["pick", "orange", "blue", "erase"] as const).map((value) => ({ value, label: w[value] }))}
        onChange={(tool) => {
          player.tool.value = tool;
        }}
      />
      <p class="pg-legend">
        <span>
          <Mark isBlue={false} /> {w.legendOrange}
        </span>
        <span>
          <Mark isBlue /> {w.legendBlue}
        </span>
        <span>
          <Mark isBlue isHollow /> {w.legendTest}
        </span>
      </p>
    </Panel>
  );
}

/** A point as it is drawn. */
const Mark = ({ isBlue, isHollow = false }: { isBlue: boolean; isHollow?: boolean }) => {
  const own = `var(--${isBlue ? "positive" : "negative"})`;
  const looks = isHollow ? { fill: "none", stroke: own, "stroke-width": 2 } : { fill: own };
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {isBlue ? <circle cx="6" cy="6" r={isHollow ? 4 : 5} {...looks} /> : <path d="M6 0l6 6-6 6-6-6z" {...looks} />}
    </svg>
  );
};

/** How far an arrow key moves the cross. */
const STEP = REACH / 30;

function Plane({ player }: { player: Player }) {
  const w = words();
  const surface = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const [cross, setCross] = useState<{ x: number; y: number } | null>(null);
  const [hover, setHover] = useState<{ x: number; y: number } | null>(null);
  const latest = useRef({ cross, tool: player.tool.value });
  latest.current = { cross, tool: player.tool.value };
  const { train, test } = player.session.split;
  // Drawn again with another tool, cross or points.
  void [player.settings.value];
  useEffect(() => player.draw());

  useEffect(() => {
    const below = (surface.current as HTMLCanvasElement).getContext("2d") as CanvasRenderingContext2D;
    const above = overlay.current as HTMLCanvasElement;
    const context = above.getContext("2d") as CanvasRenderingContext2D;
    const painter = new SurfacePainter();
    let drawn = "";
    const paint = (): void => {
      const { session } = player;
      painter.paint(below, session.network.surface());
      const side = above.clientWidth;
      const pixels = Math.round(side * devicePixelRatio);
      const { cross, tool } = latest.current;
      const chosen = player.chosen.peek();
      // Points are drawn again only when something about them has changed.
      const looks = JSON.stringify([pixels, tool, cross, chosen, color("ink")]);
      if (side === 0 || (looks === drawn && splitDrawn === session.split)) return;
      [drawn, splitDrawn] = [looks, session.split];
      if (above.width !== pixels) [above.width, above.height] = [pixels, pixels];
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      drawPoints(context, { side, train: session.split.train, test: session.split.test, chosen, cross, eraser: tool === "erase" ? ERASER : null });
    };
    let splitDrawn: unknown = null;
    player.painters.add(paint);
    player.draw();
    const observer = new ResizeObserver(() => player.draw());
    observer.observe(above);
    return () => {
      player.painters.delete(paint);
      observer.disconnect();
    };
  }, [player]);

  const placeOf = (event: PointerEvent): { x: number; y: number } => {
    const { left, top, width } = (overlay.current as HTMLCanvasElement).getBoundingClientRect();
    return { x: toPlane(event.clientX - left, width), y: -toPlane(event.clientY - top, width) };
  };
  const press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    setCross(null);
    const { x, y } = placeOf(event);
    player.use(x, y, false);
  };
  const move = (event: PointerEvent): void => {
    const { x, y } = placeOf(event);
    if (event.buttons === 1) player.use(x, y, true);
    if (player.tool.peek() === "erase") setCross({ x, y });
    setHover({ x, y });
  };
  const leave = (): void => {
    setHover(null);
    if (latest.current.tool === "erase") setCross(null);
  };
  const key = (event: KeyboardEvent): void => {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
    const isUse = event.key === "Enter" || event.key === " ";
    if ((dx === 0 && dy === 0 && !isUse) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const from = cross ?? { x: 0, y: 0 };
    if (isUse) return player.use(from.x, from.y, false);
    const far = event.shiftKey ? 5 : 1;
    const inside = (value: number): number => Math.min(REACH, Math.max(-REACH, value));
    setCross({ x: inside(from.x + STEP * far * (dx as number)), y: inside(from.y + STEP * far * (dy as number)) });
  };
  return (
    <>
      <div
        class={`pg-plane pg-${player.tool.value}`}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the role is of something that takes keys.
        tabIndex={0}
        aria-label={`${w.planeLabel(train.length, test.length)}. ${w.planeKeys}`}
        onKeyDown={key}
        onPointerDown={press}
        onPointerMove={move}
        onPointerLeave={leave}
        onBlur={() => setCross(null)}
      >
        <canvas ref={surface} width={SURFACE_SIDE} height={SURFACE_SIDE} />
        <canvas ref={overlay} />
      </div>
      <p class="note pg-keys" aria-hidden="true">
        {w.planeKeys}
      </p>
      <p class="note pg-place" aria-hidden="true">
        {answerAt(player, cross ?? hover) || w.counts(train.length, test.length)}
      </p>
      <Live>{player.tool.value === "erase" ? "" : answerAt(player, cross)}</Live>
    </>
  );
}

/** What the network says of a place, in words. */
function answerAt(player: Player, place: { x: number; y: number } | null): string {
  if (place === null) return "";
  const { values } = player.session.pass({ ...place, label: 1 });
  return words().place(digits(place.x, 1), digits(place.y, 1), percent(values.at(-1)?.[0] ?? Number.NaN));
}
