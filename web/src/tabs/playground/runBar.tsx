/** @file Play, pause, one epoch, start over; how far training has come. */
import { useState } from "preact/hooks";
import { number } from "../../i18n/index.js";
import { Button } from "../../ui/button.js";
import { Select } from "../../ui/choices.js";
import { Live, Reading, Readings } from "../../ui/panel.js";
import type { Player } from "./player.js";
import { PACES } from "./settings.js";
import { digits, percent, words } from "./words.js";

export function RunBar({ player }: { player: Player }) {
  const w = words();
  const isRunning = player.isRunning.value;
  const { canTrain, hasDiverged } = player.readings.value;
  return (
    <section class="panel pg-run" aria-label={w.run}>
      <div class="pg-buttons">
        <Button kind="primary" isDisabled={!canTrain || hasDiverged} onClick={() => player.toggle()}>
          <Icon name={isRunning ? "pause" : "play"} />
          {isRunning ? w.pause : w.play}
        </Button>
        <Button isDisabled={!canTrain || hasDiverged} onClick={() => player.step()}>
          <Icon name="step" />
          {w.step}
        </Button>
        <Button onClick={() => player.reset()}>
          <Icon name="reset" />
          {w.reset}
        </Button>
      </div>
      <Numbers player={player} />
      <div class="pg-end">
        <Select
          label={w.pace}
          value={player.settings.value.pace}
          options={PACES.map((pace, i) => ({ value: pace, label: i === PACES.length - 1 ? w.fastest : w.perSecond(String(pace)) }))}
          onChange={(pace) => player.set({ pace })}
        />
        <CopyLink />
      </div>
      {hasDiverged || !canTrain ? (
        <p class="pg-alert" role="alert">
          {hasDiverged ? w.diverged : w.oneClass}
        </p>
      ) : null}
    </section>
  );
}

/** Alone follows the readings, so that the rest is not made anew with them. */
function Numbers({ player }: { player: Player }) {
  const w = words();
  const { epoch, train, test, rate } = player.readings.value;
  const isRunning = player.isRunning.value;
  return (
    <>
      <Readings>
        <Reading label={w.epoch} value={number(epoch, epoch < 100 ? 1 : 0)} />
        <Reading label={w.trainLoss} value={digits(train.loss)} />
        <Reading label={w.testLoss} value={digits(test.loss)} />
        <Reading label={w.trainAccuracy} value={percent(train.accuracy)} />
        <Reading label={w.testAccuracy} value={percent(test.accuracy)} />
        <Reading label={w.rate} value={rate === null ? "–" : number(rate)} />
      </Readings>
      <Live>{isRunning ? w.saidRunning : epoch > 0 ? w.saidPaused(number(epoch, 1), digits(test.loss), percent(test.accuracy)) : ""}</Live>
    </>
  );
}

function CopyLink() {
  const w = words();
  const [said, setSaid] = useState<"link" | "copied" | "notCopied">("link");
  const copy = (): void => {
    const done = (result: "copied" | "notCopied"): void => {
      setSaid(result);
      setTimeout(() => setSaid("link"), 2500);
    };
    // Pages that are not secure have no clipboard.
    const written = navigator.clipboard?.writeText(location.href) ?? Promise.reject();
    written.then(
      () => done("copied"),
      () => done("notCopied"),
    );
  };
  return (
    <Button kind="quiet" onClick={copy}>
      <span role="status">{w[said]}</span>
    </Button>
  );
}

const paths = {
  play: "M3 1.5v11l9-5.5z",
  pause: "M2.5 1.5h3v11h-3zM8.5 1.5h3v11h-3z",
  step: "M2 1.5v11l7-5.5zM10 1.5h2.2v11H10z",
  back: "M12 1.5v11L5 7zM1.8 1.5H4v11H1.8z",
  reset: "M7 1.2a5.8 5.8 0 1 1-5.4 3.7l1.9.7A3.8 3.8 0 1 0 7 3.2v2.3L3.4 2.2 7-1z",
};

export const Icon = ({ name }: { name: keyof typeof paths }) => (
  <svg width="14" height="14" viewBox="0 -1 14 15" aria-hidden="true">
    <path d={paths[name]} fill="currentColor" />
  </svg>
);
