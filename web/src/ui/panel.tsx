/** @file Boxes with a title, and what is read off an instrument: numbers, progress, bars, spoken news. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A box with a title, whose actions are at the title's end. `area` places it in a grid by name. */
export function Panel({ title, actions, children, area }: { title: string; actions?: ComponentChildren; children: ComponentChildren; area?: string }) {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id} style={area === undefined ? undefined : { gridArea: area }}>
      <div class="panel-head">
        <h2 id={id}>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

/** A number with its name, as on a display: `unit` is small behind it. */
export function Reading({ label, value, unit }: { label: string; value: string; unit?: string }) {
  return (
    <div class="reading">
      <dt>{label}</dt>
      <dd>
        {value}
        {unit === undefined ? null : <small> {unit}</small>}
      </dd>
    </div>
  );
}

/** Readings in a row that wraps. */
export function Readings({ children }: { children: ComponentChildren }) {
  return <dl class="readings">{children}</dl>;
}

/** How much of something is done; without `value` it is not known. */
export function Progress({ label, value, max = 1 }: { label: string; value?: number; max?: number }) {
  return <progress class="progress" aria-label={label} value={value} max={max} />;
}

export interface Bar {
  label: string;
  /** From 0 to 1. */
  value: number;
  isStrong?: boolean;
}

/** Shares as bars, each with its name and its number. */
export function Bars({ label, bars, format }: { label: string; bars: readonly Bar[]; format: (value: number) => string }) {
  return (
    <ul class="bars" aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.label} class={bar.isStrong ? "strong" : undefined}>
          <span class="bar-name">{bar.label}</span>
          <span class="bar-track" aria-hidden="true">
            <span style={{ transform: `scaleX(${bar.value})` }} />
          </span>
          <span class="bar-value">{format(bar.value)}</span>
        </li>
      ))}
    </ul>
  );
}

/** News that a screen reader tells when it changes, and nobody sees. */
export function Live({ children }: { children: ComponentChildren }) {
  return (
    <div class="hidden" role="status" aria-live="polite">
      {children}
    </div>
  );
}
