/** @file What the network answers about the drawing. */
import { number } from "../../i18n/index.js";
import { Bars } from "../../ui/panel.js";
import { largest } from "./network.js";
import { Picture } from "./picture.js";
import type { Session } from "./session.js";
import { words } from "./words.js";

const percent = (share: number, digits = 0): string => `${number(100 * share, digits)} %`;

export function Answer({ session }: { session: Session }) {
  const w = words();
  const answer = session.answer.value;
  const best = answer === null ? null : largest(answer);
  return (
    <div class="answer">
      <div class="answer-head">
        <Picture image={session.image.value} label={w.seenAs} />
        <div>
          <span class="answer-name">{w.answer}</span>
          <output class="answer-digit" aria-live="off" aria-label={best === null ? w.noAnswer : w.answerIs(String(best), percent(answer?.[best] ?? 0))}>
            {best ?? "–"}
          </output>
        </div>
      </div>
      <Bars
        label={w.probabilities}
        bars={Array.from({ length: 10 }, (_, digit) => ({ label: String(digit), value: answer?.[digit] ?? 0, isStrong: digit === best }))}
        format={(value) => percent(value, 1)}
      />
    </div>
  );
}
