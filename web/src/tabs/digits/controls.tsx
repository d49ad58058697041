/** @file The choices of a network and of how it is trained, and the buttons that begin, hold and end it. */
import { number } from "../../i18n/index.js";
import { Button, Toolbar } from "../../ui/button.js";
import { Segmented, Select, Slider } from "../../ui/choices.js";
import { Live } from "../../ui/panel.js";
import { type OptimizerName, optimizers, type Settings, usualRate } from "./network.js";
import type { Session } from "./session.js";
import { words } from "./words.js";

const rates = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
const unitChoices = [8, 16, 32, 64, 128, 256, 512];
const batchSizes = [8, 16, 32, 64, 128, 256];
const epochChoices = [1, 3, 5, 10, 30, 100];

const optimizerNames: Record<OptimizerName, string> = { adam: "Adam", sgd: "SGD", momentum: "SGD + momentum", rmsprop: "RMSProp", adagrad: "Adagrad" };
const activations: Settings["activation"][] = ["relu", "tanh", "sigmoid", "gelu"];

const plain = (values: readonly number[]): { value: number; label: string }[] => values.map((value) => ({ value, label: String(value) }));

/** Numbers that a network of this size learns. */
export const parametersOf = ({ depth, units }: Settings): number => 785 * units + (depth - 1) * (units + 1) * units + 10 * (units + 1);

export function Choices({ session }: { session: Session }) {
  const w = words();
  const settings = session.settings.value;
  const isDisabled = !["ready", "loading", "failed"].includes(session.phase.value);
  const change = (part: Partial<Settings>): void => session.change(part);
  return (
    <div class="choices">
      <Segmented label={w.depth} value={settings.depth} options={plain([1, 2, 3])} onChange={(depth) => change({ depth })} isDisabled={isDisabled} />
      <Slider
        label={w.unitsEach}
        min={0}
        max={unitChoices.length - 1}
        value={unitChoices.indexOf(settings.units)}
        format={(index) => String(unitChoices[index])}
        onInput={(index) => change({ units: unitChoices[index] as number })}
        isDisabled={isDisabled}
      />
      <Select
        label={w.activation}
        value={settings.activation}
        options={activations.map((value) => ({ value, label: value }))}
        onChange={(activation) => change({ activation })}
        isDisabled={isDisabled}
      />
      <Select
        label={w.optimizer}
        value={settings.optimizer}
        options={optimizers.map((value) => ({ value, label: optimizerNames[value] }))}
        onChange={(optimizer) => change({ optimizer, rate: usualRate[optimizer] })}
        isDisabled={isDisabled}
      />
      <Slider
        label={w.rate}
        min={0}
        max={rates.length - 1}
        value={rates.indexOf(settings.rate)}
        format={(index) => String(rates[index])}
        onInput={(index) => change({ rate: rates[index] as number })}
        isDisabled={isDisabled}
      />
      <div class="pair">
        <Select
          label={w.batchSize}
          value={settings.batchSize}
          options={plain(batchSizes)}
          onChange={(batchSize) => change({ batchSize })}
          isDisabled={isDisabled}
        />
        <Select label={w.epochs} value={settings.epochs} options={plain(epochChoices)} onChange={(epochs) => change({ epochs })} isDisabled={isDisabled} />
      </div>
      <p class="note">
        {w.parameters(number(parametersOf(settings)))} {w.startsAnew}
      </p>
    </div>
  );
}

export function Controls({ session }: { session: Session }) {
  const w = words();
  const phase = session.phase.value;
  const isTrained = session.points.value.length > 0;
  const isAtRest = phase === "ready" || phase === "loading" || phase === "failed";
  return (
    <Toolbar label={w.controls}>
      {isAtRest ? (
        <Button kind="primary" isDisabled={phase !== "ready"} onClick={() => void session.start()}>
          {isTrained ? w.goOn : w.start}
        </Button>
      ) : phase === "paused" ? (
        <Button kind="primary" onClick={() => session.resume()}>
          {w.resume}
        </Button>
      ) : (
        <Button kind="primary" isDisabled={phase !== "training"} onClick={() => void session.pause()}>
          {w.pause}
        </Button>
      )}
      <Button isDisabled={isAtRest || phase === "stopping"} onClick={() => session.stop()}>
        {w.stop}
      </Button>
      <Button kind="quiet" isDisabled={!isAtRest || !isTrained} onClick={() => session.reset()}>
        {w.reset}
      </Button>
    </Toolbar>
  );
}

/** Tells a screen reader how the training goes: when it begins, rests and ends. */
export function News({ session }: { session: Session }) {
  const w = words();
  const phase = session.phase.value;
  const test = session.test.value;
  const news: Record<typeof phase, string> = {
    loading: w.loadingDigits,
    failed: w.failed,
    ready: test !== null && test.count > 1000 ? w.done(`${number(100 * test.accuracy, 1)} %`) : w.ready,
    starting: w.starting,
    training: w.running,
    paused: w.paused,
    stopping: w.stopping,
  };
  return <Live>{news[phase]}</Live>;
}
