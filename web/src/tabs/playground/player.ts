/** @file What the parts of the tab share: the session, whether it runs, the sample that is told, and the frames in which all is drawn. */
import { computed, effect, signal } from "@preact/signals";
import { isDark, isMotionReduced } from "../../theme.js";
import { type Connection, type Neuron, type Pass, type Stage, stagesOf } from "./pass.js";
import { erased, type Label, nearest, type Point } from "./points.js";
import { type Course, type Measures, Session } from "./session.js";
import { MOST_DRAWN, type Settings } from "./settings.js";

/**
 * Milliseconds of a frame that training may take: the rest is for drawing, and for the page. A step takes some 10 us and the surface 0.2 to
 * 0.8 ms, so the page trains by itself: what a worker would take off it is less than its messages would put on.
 */
const BUDGET = 6;
/** Milliseconds between two renewals of texts, curves and the sample's numbers while frames go on. */
const PAUSE = 100;
/** Milliseconds that signals take through a layer, and that a stage stays before the next. */
const FLOW = 1100;
const REST = 900;

/** What the pointer does in the plane. */
export type Tool = "pick" | "orange" | "blue" | "erase";
/** Radius of the eraser, in the plane. */
export const ERASER = 0.35;
/** Least distance of two points in one stroke. */
const SPACING = 0.22;

export interface Readings {
  readonly epoch: number;
  readonly train: Measures;
  readonly test: Measures;
  readonly hasDiverged: boolean;
  readonly canTrain: boolean;
  /** Frames a second, while training. */
  readonly rate: number | null;
}

export class Player {
  readonly settings;
  readonly isRunning = signal(false);
  readonly readings;
  readonly course;
  readonly tool = signal<Tool>("pick");
  readonly chosen = signal<Point | null>(null);
  readonly pass = signal<Pass | null>(null);
  /** Index of the stage that is told of the sample; -1 for none. */
  readonly stageIndex = signal(-1);
  readonly isTelling = signal(false);
  readonly marked = signal<Neuron | Connection | null>(null);
  readonly stages = computed(() => stagesOf(this.settings.value.layers.length + 1));
  readonly stage = computed<Stage | null>(() => this.stages.value[this.stageIndex.value] ?? null);
  /** What of the stage's signals has arrived, from 0 to 1. */
  progress = 1;
  /** Drawn in each frame. */
  readonly painters = new Set<() => void>();
  readonly session: Session;

  private handle = 0;
  private before = 0;
  private renewed = 0;
  private stageBegan = 0;
  /** The network has changed since it was drawn. */
  private frames: number[] = [];
  private readonly stopWatching: () => void;

  constructor(settings: Settings) {
    this.settings = signal(settings);
    this.session = new Session(settings);
    this.readings = signal(this.read(null));
    this.course = signal<Course>(this.session.course);
    this.choose(this.session.split.train[0] ?? null);
    // Whatever of these changes is drawn.
    this.stopWatching = effect(() => {
      void [isDark.value, this.chosen.value, this.marked.value, this.stageIndex.value, this.pass.value];
      this.draw();
    });
  }

  /** Draws in the next frame. */
  draw(): void {
    if (this.handle === 0) this.handle = requestAnimationFrame((now) => this.frame(now));
  }

  set(changed: Partial<Settings>): void {
    const settings = { ...this.settings.peek(), ...changed };
    const { points } = this.session;
    const { length } = settings.layers;
    if (length !== this.settings.peek().layers.length || changed.features) this.hush();
    this.session.change(settings);
    this.settings.value = settings;
    this.marked.value = null;
    if (this.session.points !== points) this.chooseAgain();
    this.renew();
  }

  toggle(): void {
    if (this.isRunning.peek()) return this.pause();
    if (!this.session.canTrain || this.session.hasDiverged) return;
    this.hush();
    this.frames = [];
    this.before = performance.now();
    this.isRunning.value = true;
    this.draw();
  }

  pause(): void {
    this.isRunning.value = false;
    this.renew();
  }

  /** Trains to the end of the epoch. */
  step(): void {
    this.isRunning.value = false;
    this.hush();
    this.session.finishEpoch();
    this.renew();
  }

  /** Back to the weights of the seed. */
  reset(): void {
    this.isRunning.value = false;
    this.hush();
    this.session.reset();
    this.renew();
  }

  choose(point: Point | null): void {
    this.chosen.value = point;
    this.pass.value = point ? this.session.pass(point) : null;
  }

  /** The training point after the chosen one. */
  chooseNext(): void {
    const { train } = this.session.split;
    this.choose(train[(train.indexOf(this.chosen.peek() as Point) + 1) % train.length] ?? null);
  }

  /** Shows a stage of the sample's pass; beyond the ends none. */
  tell(index: number): void {
    if (this.isRunning.peek()) this.pause();
    if (index < 0 || this.pass.peek() === null) return this.hush();
    this.stageIndex.value = Math.min(index, this.stages.peek().length - 1);
    this.progress = isMotionReduced() ? 1 : 0;
    this.stageBegan = performance.now();
    this.draw();
  }

  /** Tells stage after stage, from the beginning if all were told; or stops. */
  toggleTelling(): void {
    this.isTelling.value = !this.isTelling.peek();
    if (!this.isTelling.peek()) return;
    const at = this.stageIndex.peek();
    this.tell(at < 0 || at === this.stages.peek().length - 1 ? 0 : at + 1);
  }

  /** Ends the telling of the sample. */
  hush(): void {
    this.isTelling.value = false;
    this.stageIndex.value = -1;
  }

  /** Does in the plane what the tool does: `isStroke` where the pointer is drawn along. */
  use(x: number, y: number, isStroke: boolean): void {
    const tool = this.tool.peek();
    const { points } = this.session;
    if (tool === "pick") {
      const index = nearest(points, x, y, 0.5);
      if (index >= 0) this.choose(points[index] as Point);
      return;
    }
    if (tool === "erase") {
      const left = erased(points, x, y, ERASER);
      if (left.length < points.length) this.drawPoints(left);
      return;
    }
    if (points.length >= MOST_DRAWN || (isStroke && nearest(points, x, y, SPACING) >= 0)) return;
    const label: Label = tool === "blue" ? 1 : 0;
    this.drawPoints([...points, { x, y, label }]);
  }

  /** From now on these points, and no made ones. */
  drawPoints(drawn: readonly Point[]): void {
    this.set({ set: "drawn", drawn });
    if (!this.session.canTrain) this.pause();
  }

  dispose(): void {
    cancelAnimationFrame(this.handle);
    // None is asked for from now on.
    this.handle = -1;
    this.stopWatching();
    this.session.dispose();
  }

  private frame(now: number): void {
    this.handle = 0;
    if (this.isRunning.peek()) {
      this.session.advance((now - this.before) / 1000, BUDGET);
      this.before = now;
      this.frames = [...this.frames.filter((time) => now - time < 1000), now];
      if (this.session.hasDiverged) this.pause();
      else if (now - this.renewed > PAUSE) this.renew(now);
      this.draw();
    }
    if (this.stageIndex.peek() >= 0) this.goOn(now);
    for (const paint of this.painters) paint();
  }

  /** Lets the stage's signals flow, and goes to the next. */
  private goOn(now: number): void {
    const elapsed = now - this.stageBegan;
    const { kind } = this.stage.peek() as Stage;
    const duration = kind === "forward" || kind === "backward" ? FLOW : 1;
    if (this.progress < 1) this.progress = Math.min(1, Math.max(0, elapsed / duration));
    if (this.isTelling.peek() && elapsed > FLOW + REST) {
      if (this.stageIndex.peek() < this.stages.peek().length - 1) this.tell(this.stageIndex.peek() + 1);
      else this.isTelling.value = false;
    }
    if (this.progress < 1 || this.isTelling.peek()) this.draw();
  }

  private chooseAgain(): void {
    const { points, split } = this.session;
    const before = this.chosen.peek();
    if (before === null || !points.includes(before)) {
      this.hush();
      this.choose(split.train[0] ?? points[0] ?? null);
    }
  }

  private read(rate: number | null): Readings {
    const { epoch, train, test, hasDiverged, canTrain } = this.session;
    return { epoch, train, test, hasDiverged, canTrain, rate };
  }

  /** Texts, curves and the sample's numbers are those of now. */
  private renew(now = performance.now()): void {
    this.renewed = now;
    const span = now - (this.frames[0] ?? now);
    this.readings.value = this.read(this.isRunning.peek() && span > 300 ? ((this.frames.length - 1) * 1000) / span : null);
    this.course.value = this.session.course;
    const point = this.chosen.peek();
    this.pass.value = point ? this.session.pass(point) : null;
    this.draw();
  }
}
