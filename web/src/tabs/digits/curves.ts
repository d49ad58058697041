/** @file What the curves are made of: means over short stretches of a training, from the means over its epochs that fit tells. */
import type { Logs } from "engram";

/** One place on the curves; null where there is no value. */
export interface Point {
  /** Images seen. */
  x: number;
  loss: number | null;
  accuracy: number | null;
  valLoss: number | null;
  valAccuracy: number | null;
}

/** Milliseconds and images that a stretch has at least, and points from which on stretches are joined. */
const STRETCH = 120;
const FEW = 640;
const MOST = 400;

/** The epoch so far: images, and means over them. */
interface Place {
  images: number;
  logs: Logs;
}

const beginning: Place = { images: 0, logs: {} };

export class Curves {
  points: Point[] = [];
  /** Images seen before this epoch. */
  private before = 0;
  /** Where the last point was, and the one before it. */
  private last = beginning;
  private previous: Place | null = null;
  private toldAt = 0;
  /** Stretches in one point. */
  private joined = 1;
  private waiting = 0;

  /** The epoch's values after `images` of its images. @returns whether there is a new point */
  running(images: number, logs: Logs, now: number): boolean {
    if (now - this.toldAt < STRETCH || images - this.last.images < FEW) return false;
    this.toldAt = now;
    if (++this.waiting < this.joined) return false;
    this.add({ images, logs });
    return true;
  }

  epochEnd(images: number, logs: Logs): void {
    if (this.previous !== null && images - this.last.images < (this.last.images - this.previous.images) / 2) {
      // The mean over a few images would jump: the last stretch is made longer instead.
      this.points.pop();
      this.last = this.previous;
    }
    if (images > this.last.images) this.add({ images, logs });
    const point = this.points.at(-1);
    if (point) [point.valLoss, point.valAccuracy] = [logs.val_loss ?? null, logs.val_acc ?? null];
    this.broken(images);
  }

  /** The end of an epoch, also of one that was cut short. */
  broken(images = this.last.images): void {
    this.before += images;
    this.last = beginning;
    this.previous = null;
  }

  /** The mean since the last point, which two means since the epoch's beginning tell. */
  private add(place: Place): void {
    const { images, logs } = this.last;
    const since = (name: string): number | null => {
      const now = place.logs[name];
      return now === undefined ? null : (now * place.images - (logs[name] ?? 0) * images) / (place.images - images);
    };
    this.points.push({ x: this.before + place.images, loss: since("loss"), accuracy: since("acc"), valLoss: null, valAccuracy: null });
    this.previous = this.last;
    this.last = place;
    this.waiting = 0;
    if (this.points.length > MOST) this.join();
  }

  /** Half as many points: means of two neighbours. */
  private join(): void {
    const mean = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : (a + b) / 2);
    this.points = this.points.flatMap((point, i) => {
      const next = this.points[i + 1];
      if (i % 2 === 1) return [];
      if (next === undefined) return [point];
      return [
        {
          x: next.x,
          loss: mean(point.loss, next.loss),
          accuracy: mean(point.accuracy, next.accuracy),
          valLoss: next.valLoss ?? point.valLoss,
          valAccuracy: next.valAccuracy ?? point.valAccuracy,
        },
      ];
    });
    this.joined *= 2;
    this.previous = null;
  }
}
