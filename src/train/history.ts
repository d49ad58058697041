/** @file What fit returns: the values of each epoch. */

/** Values of one epoch or batch by name: loss, acc, val_loss, val_acc. */
export type Logs = Record<string, number>;

/** The loss and metrics of every epoch. `history.accuracy` is another name of `history.acc`. */
export class History {
  readonly epoch: number[] = [];
  readonly history: Record<string, number[]> = {};

  /** Appends the values of an epoch. */
  add(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      const values = this.history[name] ?? [];
      if (values.length === 0) {
        this.history[name] = values;
        const other = name.replace(/(^|_)acc$/, "$1accuracy");
        if (other !== name) Object.defineProperty(this.history, other, { value: values, enumerable: false, configurable: true });
      }
      values.push(value);
    }
  }
}
