/** @file All functions as small pictures to choose from. */
import { curveOf, type FunctionKey, functionKeys, functions, RANGE } from "./functions.js";
import { words } from "./words.js";

const [WIDTH, HEIGHT] = [72, 48];
/** Half of the height in units of y. */
const REACH = 3.2;

/** Drawn once: these are of the parameters that functions begin with. */
const paths = new Map<FunctionKey, { value: string; slope: string }>();

function pathsOf(key: FunctionKey): { value: string; slope: string } {
  let known = paths.get(key);
  if (known === undefined) {
    const { x, y, slope } = curveOf(functions[key], functions[key].alpha?.initial ?? 0);
    const path = (values: Float32Array): string =>
      Array.from(x, (at, i) => `${i === 0 ? "M" : "L"}${place(at, RANGE, WIDTH)} ${HEIGHT - place(values[i] as number, REACH, HEIGHT)}`).join("");
    known = { value: path(y), slope: path(slope) };
    paths.set(key, known);
  }
  return known;
}

const place = (value: number, reach: number, size: number): number => Math.round((value / reach + 1) * size * 5) / 10;

export function Gallery({ chosen, onChoose }: { chosen: FunctionKey; onChoose: (key: FunctionKey) => void }) {
  return (
    <fieldset class="gallery">
      <legend class="hidden">{words().choose}</legend>
      {functionKeys.map((key) => {
        const { value, slope } = pathsOf(key);
        return (
          <label key={key}>
            <input type="radio" name="activation" checked={key === chosen} onChange={() => onChoose(key)} />
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
              <path class="gallery-axis" d={`M0 ${HEIGHT / 2}H${WIDTH}M${WIDTH / 2} 0V${HEIGHT}`} />
              <path class="gallery-slope" d={slope} />
              <path class="gallery-value" d={value} />
            </svg>
            <span>{functions[key].name}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
