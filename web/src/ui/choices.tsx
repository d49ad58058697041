/** @file Controls with a label that hold a value: segments, a list, a slider, a switch. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface Option<Value extends string | number> {
  value: Value;
  label: string;
}

interface Choice<Value extends string | number> {
  label: string;
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
  isDisabled?: boolean;
}

/** A label above a control, and a line below it. `id` is the control's. */
export function Field({ label, id, hint, children }: { label: string; id: string; hint?: string | undefined; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {hint === undefined ? null : <small>{hint}</small>}
    </div>
  );
}

/** Few values side by side; arrow keys move among them. */
export function Segmented<Value extends string | number>({
  label,
  value,
  options,
  onChange,
  isDisabled = false,
  isLabelHidden = false,
  isSmall = false,
}: Choice<Value> & { isLabelHidden?: boolean; isSmall?: boolean }) {
  const name = useId();
  return (
    <fieldset class={`field segmented${isSmall ? " small" : ""}`} disabled={isDisabled}>
      <legend class={isLabelHidden ? "hidden" : undefined}>{label}</legend>
      <div class="segments">
        {options.map((option) => (
          <label key={option.value}>
            <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** One of many values, in the browser's own list. */
export function Select<Value extends string | number>({ label, value, options, onChange, isDisabled = false, hint }: Choice<Value> & { hint?: string }) {
  const id = useId();
  return (
    <Field label={label} id={id} hint={hint}>
      <select
        id={id}
        disabled={isDisabled}
        value={String(value)}
        onChange={({ currentTarget }) => onChange((options[currentTarget.selectedIndex] as Option<Value>).value)}
      >
        {options.map((option) => (
          <option key={option.value} value={String(option.value)}>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

export interface SliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  /** How the value is shown and read out. */
  format?: (value: number) => string;
  onInput: (value: number) => void;
  isDisabled?: boolean;
}

export function Slider({ label, value, min, max, step = 1, format = String, onInput, isDisabled = false }: SliderProps) {
  const id = useId();
  return (
    <div class="field slider">
      <label for={id}>{label}</label>
      <output for={id}>{format(value)}</output>
      <input
        id={id}
        type="range"
        {...{ min, max, step, value }}
        disabled={isDisabled}
        aria-valuetext={format(value)}
        style={{ "--part": `${(100 * (value - min)) / (max - min)}%` }}
        onInput={({ currentTarget }) => onInput(currentTarget.valueAsNumber)}
      />
    </div>
  );
}

/** On or off. */
export function Switch({
  label,
  isOn,
  onChange,
  isDisabled = false,
}: {
  label: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  isDisabled?: boolean;
}) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={isOn}
        aria-checked={isOn}
        disabled={isDisabled}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
