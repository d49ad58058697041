/** @file One sample's pass, told step by step. */
import { Button } from "../../ui/button.js";
import { Panel, Progress } from "../../ui/panel.js";
import { FORMULAS } from "./features.js";
import type { Pass, Stage } from "./pass.js";
import type { Player } from "./player.js";
import { Icon } from "./runBar.js";
import type { Settings } from "./settings.js";
import { colorWord, digits, quantity, words } from "./words.js";

export function SamplePanel({ player }: { player: Player }) {
  const w = words();
  const [pass, chosen, stage, settings] = [player.pass.value, player.chosen.value, player.stage.value, player.settings.value];
  const [index, all] = [player.stageIndex.value, player.stages.value.length];
  const isTelling = player.isTelling.value;
  if (pass === null || chosen === null)
    return (
      <Panel title={w.sample}>
        <p class="note">{w.noSample}</p>
      </Panel>
    );
  const go = (to: number) => () => {
    player.isTelling.value = false;
    player.tell(to);
  };
  return (
    <Panel
      title={w.sample}
      actions={
        stage === null ? null : (
          <Button kind="quiet" isSmall onClick={() => player.hush()}>
            {w.tellEnd}
          </Button>
        )
      }
    >
      <div class="pg-tell">
        <Button kind={stage === null ? "primary" : "plain"} onClick={() => player.toggleTelling()}>
          <Icon name={isTelling ? "pause" : "play"} />
          {isTelling ? w.tellPause : w.tellPlay}
        </Button>
        <Button isDisabled={index <= 0} onClick={go(index - 1)}>
          <Icon name="back" />
          {w.tellBack}
        </Button>
        <Button isDisabled={index === all - 1} onClick={go(index + 1)}>
          <Icon name="step" />
          {w.tellNext}
        </Button>
        <span class="pg-chosen">
          <span class={chosen.label === 1 ? "pg-dot blue" : "pg-dot"} aria-hidden="true" />
          {w.samplePoint(digits(chosen.x, 2), digits(chosen.y, 2), colorWord(chosen.label))}
          <Button kind="quiet" isSmall onClick={() => player.chooseNext()}>
            {w.nextPoint}
          </Button>
        </span>
      </div>
      <Progress label={w.stageOf(index + 1, all)} value={index + 1} max={all} />
      <div class="pg-story" role="status">
        {stage === null ? (
          <p class="note">{w.tellHint}</p>
        ) : (
          <>
            <h3>
              {w.stageName(stage, settings.layers.length + 1)} <small>{w.stageOf(index + 1, all)}</small>
            </h3>
            <p>{tell(stage, pass, settings).replaceAll("/∂", "/\u2060∂")}</p>
            <p class="pg-vector">{numbersOf(stage, pass)}</p>
          </>
        )}
      </div>
    </Panel>
  );
}

/** The numbers that a stage gives, layer by layer as vectors. */
function numbersOf({ kind, layer }: Stage, pass: Pass): string {
  const vector = (name: string, values: Float32Array | undefined): string => `${name} = (${Array.from(values ?? [], quantity).join(", ")})`;
  if (kind === "forward" && layer < pass.sums.length) return vector("a", pass.values[layer]);
  if (kind !== "backward" || layer === pass.sums.length) return "";
  return vector("∂L/∂z", pass.sumGradients[layer - 1]);
}

/** What happens in a stage, in a sentence or three with its numbers. */
function tell({ kind, layer }: Stage, pass: Pass, { features, layers, learningRate }: Settings): string {
  const w = words();
  const last = layers.length + 1;
  const p = pass.values[last]?.[0] ?? Number.NaN;
  const activation = layers[layer - 1]?.activation ?? "σ";
  if (kind === "inputs") {
    const values = features.map((feature, i) => `${FORMULAS[feature]} = ${digits(pass.values[0]?.[i] ?? Number.NaN, 2)}`);
    return w.tellInputs(values.join(", "), colorWord(pass.label), pass.label);
  }
  if (kind === "forward")
    return layer === last ? w.tellOutput(quantity(pass.sums[last - 1]?.[0] ?? Number.NaN), quantity(p)) : w.tellForward(layer, activation);
  if (kind === "loss") return w.tellLoss(pass.label === 1 ? `−ln p = −ln ${quantity(p)}` : `−ln(1 − p) = −ln(1 − ${quantity(p)})`, quantity(pass.loss));
  if (kind === "update") return w.tellUpdate(String(learningRate), quantity(pass.loss), quantity(pass.lossAfter));
  return layer === last ? w.tellBackOutput(quantity(p), pass.label, quantity(pass.sumGradients[last - 1]?.[0] ?? Number.NaN)) : w.tellBack2(layer, activation);
}
