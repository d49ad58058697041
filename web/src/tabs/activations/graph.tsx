/** @file The chosen function and its slope, with a point to move along it. */
import { useCallback, useMemo, useState } from "preact/hooks";
import { number } from "../../i18n/index.js";
import { Canvas } from "../../ui/canvas.js";
import { Slider } from "../../ui/choices.js";
import { Panel, Reading, Readings } from "../../ui/panel.js";
import { type ActivationFunction, curveOf, RANGE } from "./functions.js";
import { plane } from "./plot.js";
import { words } from "./words.js";

const HEIGHT = 3.4;

export function Graph({ shown, alpha, onAlpha }: { shown: ActivationFunction; alpha: number; onAlpha: (alpha: number) => void }) {
  const w = words();
  const [at, setAt] = useState(1);
  const curve = useMemo(() => curveOf(shown, alpha), [shown, alpha]);
  const point = useMemo(() => curveOf(shown, alpha, [at]), [shown, alpha, at]);
  const [y, slope] = [point.y[0] as number, point.slope[0] as number];
  const draw = useCallback(
    (context: CanvasRenderingContext2D, width: number, height: number) => {
      const { line, dot, tangent, upright } = plane(context, width, height, { x: [-RANGE, RANGE], y: [-HEIGHT, HEIGHT], every: [2, 1] });
      upright(at, "soft");
      line(curve.x, curve.slope, "second", 1.75, [5, 5]);
      line(curve.x, curve.y, "accent", 2.5);
      tangent(at, y, slope, 1.4, "soft");
      dot(at, slope, "second", 4.5);
      dot(at, y, "accent", 5.5);
    },
    [curve, at, y, slope],
  );
  const follow = (event: PointerEvent): void => {
    if (event.buttons === 0 && event.pointerType !== "mouse") return;
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const x = ((event.clientX - left) / width) * 2 * RANGE - RANGE;
    setAt(Math.round(Math.min(RANGE, Math.max(-RANGE, x)) * 20) / 20);
  };
  return (
    <Panel title={w.theFunction} area="graph">
      <div class="graph-head">
        <h3>{shown.name}</h3>
        <p>{w.about[shown.key]}</p>
      </div>
      <dl class="formulas">
        <dt class="formula-value">f(x)</dt>
        <dd>{shown.formula}</dd>
        <dt class="formula-slope">f′(x)</dt>
        <dd>{shown.slope}</dd>
      </dl>
      <div class="graph-canvas" onPointerMove={follow} onPointerDown={follow}>
        <Canvas label={w.graph(shown.name, number(at, 2), number(y, 3), number(slope, 3))} draw={draw} ratio={1.76} />
      </div>
      <div class="graph-controls">
        <Slider label={w.at} value={at} min={-RANGE} max={RANGE} step={0.05} format={(value) => number(value, 2)} onInput={setAt} />
        {shown.alpha === undefined ? null : (
          <Slider label={w.parameter} value={alpha} {...shown.alpha} format={(value) => number(value, 2)} onInput={onAlpha} />
        )}
        <Readings>
          <Reading label={w.output} value={number(y, 3)} />
          <Reading label={w.slope} value={number(slope, 3)} />
        </Readings>
      </div>
    </Panel>
  );
}
