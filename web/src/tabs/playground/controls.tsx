/** @file The points, the inputs made of them, and how the network learns. */
import { number } from "../../i18n/index.js";
import { Button } from "../../ui/button.js";
import { Select, Slider } from "../../ui/choices.js";
import { Panel } from "../../ui/panel.js";
import { FEATURES, type Feature, FORMULAS } from "./features.js";
import type { Player } from "./player.js";
import { SETS, type SetName } from "./points.js";
import { BATCH_SIZES, LEARNING_RATES, OPTIMIZERS, PENALTIES, PENALTY_RATES, RANGES } from "./settings.js";
import { words } from "./words.js";

/** A seed that one can read. */
const newSeed = (): number => Math.floor(1 + Math.random() * 9999);

export function DataPanel({ player }: { player: Player }) {
  const w = words();
  const settings = player.settings.value;
  const isDrawn = settings.set === "drawn";
  const sets: readonly SetName[] = isDrawn || settings.drawn.length > 0 ? [...SETS, "drawn"] : SETS;
  const range = (key: keyof typeof RANGES) => ({ min: RANGES[key][0], max: RANGES[key][1], step: RANGES[key][2] });
  return (
    <Panel
      title={w.data}
      actions={
        isDrawn ? null : (
          <Button isSmall onClick={() => player.set({ dataSeed: newSeed() })}>
            {w.regenerate}
          </Button>
        )
      }
    >
      <fieldset class="field">
        <legend>{w.set}</legend>
        <div class="pg-sets">
          {sets.map((set) => (
            <Button key={set} isSmall isPressed={set === settings.set} onClick={() => player.set({ set })}>
              {w[set]}
            </Button>
          ))}
        </div>
      </fieldset>
      {isDrawn ? null : (
        <>
          <Slider label={w.count} {...range("count")} value={settings.count} onInput={(count) => player.set({ count })} />
          <Slider
            label={w.noise}
            {...range("noise")}
            value={settings.noise}
            format={(value) => `${number(100 * value)} %`}
            onInput={(noise) => player.set({ noise })}
          />
        </>
      )}
      <Slider
        label={w.share}
        {...range("share")}
        value={settings.share}
        format={(value) => `${number(100 * value)} %`}
        onInput={(share) => player.set({ share })}
      />
      <fieldset class="field">
        <legend>{w.features}</legend>
        <div class="pg-features">
          {FEATURES.map((feature) => (
            <FeatureToggle key={feature} feature={feature} player={player} />
          ))}
        </div>
      </fieldset>
    </Panel>
  );
}

/** One input on or off; the last that is on stays. */
function FeatureToggle({ feature, player }: { feature: Feature; player: Player }) {
  const { features } = player.settings.value;
  const isOn = features.includes(feature);
  const toggle = (): void => player.set({ features: FEATURES.filter((other) => (other === feature ? !isOn : features.includes(other))) });
  return (
    <Button isSmall isPressed={isOn} isDisabled={isOn && features.length === 1} onClick={toggle}>
      <i class="pg-formula">{FORMULAS[feature]}</i>
    </Button>
  );
}

export function MethodPanel({ player }: { player: Player }) {
  const w = words();
  const settings = player.settings.value;
  const numbers = <T extends number>(values: readonly T[]) => values.map((value) => ({ value, label: String(value) }));
  return (
    <Panel title={w.method}>
      <div class="pg-pairs">
        <Select
          label={w.learningRate}
          value={settings.learningRate}
          options={numbers(LEARNING_RATES)}
          onChange={(learningRate) => player.set({ learningRate })}
        />
        <Select
          label={w.optimizer}
          value={settings.optimizer}
          options={OPTIMIZERS.map((value) => ({ value, label: { adam: "Adam", sgd: "SGD", momentum: "Momentum", rmsprop: "RMSProp" }[value] }))}
          onChange={(optimizer) => player.set({ optimizer })}
        />
        <Select label={w.batchSize} value={settings.batchSize} options={numbers(BATCH_SIZES)} onChange={(batchSize) => player.set({ batchSize })} />
        <div class="field">
          <span class="pg-label">
            {w.seed} <b>{settings.seed}</b>
          </span>
          <Button onClick={() => player.set({ seed: newSeed() })}>{w.newSeed}</Button>
        </div>
        <Select
          label={w.penalty}
          value={settings.penalty}
          options={PENALTIES.map((value) => ({ value, label: value === "none" ? w.none : value.toUpperCase() }))}
          onChange={(penalty) => player.set({ penalty })}
        />
        <Select
          label={w.penaltyRate}
          value={settings.penaltyRate}
          options={numbers(PENALTY_RATES)}
          isDisabled={settings.penalty === "none"}
          onChange={(penaltyRate) => player.set({ penaltyRate })}
        />
      </div>
    </Panel>
  );
}
