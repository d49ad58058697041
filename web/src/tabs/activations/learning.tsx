/** @file The panel in which a small network learns a curve with the chosen activation, beside the same network with ReLU. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { number } from "../../i18n/index.js";
import { Button, Toolbar } from "../../ui/button.js";
import { Canvas } from "../../ui/canvas.js";
import { Chart } from "../../ui/chart.js";
import { Segmented } from "../../ui/choices.js";
import { Panel, Reading, Readings } from "../../ui/panel.js";
import { type ActivationFunction, functions } from "./functions.js";
import { plane } from "./plot.js";
import { HIDDEN, SmallNetwork, SPAN, type TargetKey, targets } from "./smallNetwork.js";
import { words } from "./words.js";

/** Milliseconds of a frame that each of the two networks trains for. */
const SHARE = 2.5;
/** Steps that a frame may take at most, so that one can watch. */
const STEPS_A_FRAME = 6;
const MOST_STEPS = 4000;
/** The loss is noted every so many steps: the chart is no finer. */
const NOTED = 20;

interface Seen {
  steps: number;
  loss: number;
  curve: Float32Array | null;
  history: { steps: number[]; chosen: number[]; relu: number[] };
}

const nothing: Seen = { steps: 0, loss: Number.NaN, curve: null, history: { steps: [], chosen: [], relu: [] } };

export function Learning({ shown, alpha }: { shown: ActivationFunction; alpha: number }) {
  const w = words();
  const [target, setTarget] = useState<TargetKey>("sine");
  const [seed, setSeed] = useState(1);
  const [isRunning, setRunning] = useState(false);
  const [seen, setSeen] = useState(nothing);
  const networks = useRef<{ chosen: SmallNetwork; relu: SmallNetwork } | null>(null);

  useEffect(() => {
    const pair = { chosen: new SmallNetwork(shown, alpha, target, seed), relu: new SmallNetwork(functions.relu, 0, target, seed) };
    networks.current = pair;
    setSeen({ ...nothing, curve: pair.chosen.curve() });
    return () => {
      networks.current = null;
      pair.chosen.dispose();
      pair.relu.dispose();
    };
  }, [shown, alpha, target, seed]);

  useEffect(() => {
    if (!isRunning) return;
    let frame = 0;
    let isOver = false;
    const turn = async (): Promise<void> => {
      const pair = networks.current;
      if (pair) {
        await pair.chosen.train(SHARE, STEPS_A_FRAME);
        await pair.relu.train(SHARE, pair.chosen.steps - pair.relu.steps);
      }
      if (isOver) return;
      if (pair !== null && pair === networks.current) {
        setSeen((before) => noted(before, pair.chosen, pair.relu));
        if (pair.chosen.steps >= MOST_STEPS) return setRunning(false);
      }
      frame = requestAnimationFrame(turn);
    };
    frame = requestAnimationFrame(turn);
    return () => {
      isOver = true;
      cancelAnimationFrame(frame);
    };
  }, [isRunning, shown, alpha, target, seed]);

  const draw = useCallback(
    (context: CanvasRenderingContext2D, width: number, height: number) => {
      const pair = networks.current;
      if (pair === null) return;
      const { line, dot } = plane(context, width, height, { x: [-SPAN, SPAN], y: [-2.2, 2.2], every: [1, 1] });
      for (const [x, y] of pair.chosen.points) dot(x, y, "soft", 2);
      if (seen.curve) line(pair.chosen.drawnX, seen.curve, "accent", 2.5);
    },
    [seen.curve, target],
  );

  const loss = Number.isNaN(seen.loss) ? "–" : number(seen.loss, 4);
  const relu = seen.history.relu.at(-1);
  return (
    <Panel title={w.network} area="network">
      <p class="note">{w.networkNote(HIDDEN)}</p>
      <Segmented<TargetKey>
        label={w.target}
        value={target}
        onChange={setTarget}
        options={(Object.keys(targets) as TargetKey[]).map((value) => ({ value, label: w[value] }))}
      />
      <Canvas label={w.learned(shown.name, loss)} draw={draw} ratio={1.9} />
      <div class="learning-row">
        <Toolbar label={w.network}>
          <Button kind="primary" onClick={() => setRunning(!isRunning)} isDisabled={!isRunning && seen.steps >= MOST_STEPS}>
            {isRunning ? w.pause : w.train}
          </Button>
          <Button onClick={() => setSeed(seed + 1)}>{w.again}</Button>
        </Toolbar>
        <Readings>
          <Reading label={w.steps} value={number(seen.steps)} />
          <Reading label={w.loss} value={loss} />
        </Readings>
      </div>
      <Chart
        label={w.lossChart}
        x={seen.history.steps}
        height={130}
        isLogarithmic
        formatY={(value) => String(value)}
        curves={[
          { label: shown.name, color: "accent", values: seen.history.chosen, reading: loss },
          ...(shown.key === "relu"
            ? []
            : [{ label: w.withRelu, color: "soft" as const, values: seen.history.relu, isDashed: true, reading: relu === undefined ? "–" : number(relu, 4) }]),
        ]}
      />
    </Panel>
  );
}

/** What is seen after a frame. */
function noted(before: Seen, chosen: SmallNetwork, relu: SmallNetwork): Seen {
  const { steps, loss } = chosen;
  let { history } = before;
  if (steps - (history.steps.at(-1) ?? -NOTED) >= NOTED && !Number.isNaN(relu.loss)) {
    history = { steps: [...history.steps, steps], chosen: [...history.chosen, loss], relu: [...history.relu, relu.loss] };
  }
  return { steps, loss, curve: chosen.curve(), history };
}
