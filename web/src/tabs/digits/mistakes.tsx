/** @file Test digits that the network reads wrong. */
import { number } from "../../i18n/index.js";
import { Panel } from "../../ui/panel.js";
import { Picture } from "./picture.js";
import type { Session } from "./session.js";
import { words } from "./words.js";

export function Mistakes({ session }: { session: Session }) {
  const w = words();
  const test = session.test.value;
  return (
    <Panel
      title={w.mistakes}
      area="mistakes"
      {...(test === null ? {} : { actions: <span class="note">{w.mistakesCount(number(test.wrong), number(test.count))}</span> })}
    >
      {test === null ? (
        <p class="note">{w.mistakesNone}</p>
      ) : (
        <ul class="mistakes">
          {test.mistakes.map(({ index, image, answer, truth }) => (
            <li key={index}>
              <button type="button" title={w.tryThis(String(truth))} onClick={() => session.ask(image.slice() as Uint8Array<ArrayBuffer>)}>
                <Picture image={image} />
                <span>{w.mistake(String(answer), String(truth))}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
