/** @file How long a training has run, and how fast it is. */

export class Pace {
  /** Seconds, rests not counted. */
  seconds = 0;
  /** Images seen. */
  seen = 0;
  private marks: { at: number; seen: number }[] = [];

  /** After a rest, or to begin with. */
  begin(now: number): void {
    this.marks = [{ at: now, seen: this.seen }];
  }

  tell(seen: number, now: number): void {
    this.seconds += (now - (this.marks.at(-1)?.at ?? now)) / 1000;
    this.seen = seen;
    this.marks.push({ at: now, seen });
    while (this.marks.length > 2 && now - (this.marks[0]?.at ?? now) > 1000) this.marks.shift();
  }

  /** Images a second over the last second or so. */
  get speed(): number {
    const [first, last] = [this.marks[0], this.marks.at(-1)];
    return first === undefined || last === undefined || last.at === first.at ? 0 : (1000 * (last.seen - first.seen)) / (last.at - first.at);
  }
}
