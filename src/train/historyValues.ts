/** @file How values get into the history of a fit. */
import type { History, Logs } from "./history.js";

/** The values of a name, which may be new. */
export function valuesOf({ history }: History, name: string): number[] {
  const values = history[name] ?? [];
  if (values.length === 0) {
    history[name] = values;
    const other = name.replace(/(^|_)acc$/, "$1accuracy");
    if (other !== name) Object.defineProperty(history, other, { value: values, enumerable: false, configurable: true });
  }
  return values;
}

/** Appends the values of an epoch. */
export function addEpoch(to: History, epoch: number, logs: Logs): void {
  to.epoch.push(epoch);
  for (const [name, value] of Object.entries(logs)) valuesOf(to, name).push(value);
}

/** Appends the epochs of another. */
export function appendHistory(to: History, { epoch, history }: Pick<History, "epoch" | "history">): void {
  for (const [i, number] of epoch.entries())
    addEpoch(to, number, Object.fromEntries(Object.entries(history).flatMap(([name, values]) => (i in values ? [[name, values[i] as number]] : []))));
}
