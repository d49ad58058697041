/** @file Simulations as plans: heat along a rod, and gradient descent through a flight that finds the throw which hits a target. */
import { arrangeSvg, lineChartSvg, type Series } from "../src/draw/index.js";
import { compile, concat, grad, scan, slice, type Tensor, tensor, zeros } from "../src/index.js";
import { savePicture } from "./support.js";

// ---- heat ----

const POINTS = 60;

/** A rod of 60 points, its left end kept at 1 and its right one at 0: du/dt is the second derivative of u. Profiles after each of `steps` steps. */
function warm(u: Tensor, steps: number): Tensor {
  const turn = (inner: Tensor): [Tensor, Tensor] => {
    const all = concat([tensor([1]), inner, tensor([0])]);
    const left = slice(all, [0], [POINTS]);
    const right = slice(all, [2], [POINTS]);
    return [left.add(right).sub(inner.mul(2)).mul(0.4).add(inner), inner];
  };
  return scan(turn, u, null, { length: steps })[1];
}

const heat = compile((u: Tensor) => warm(u, 6000));
const profiles = heat(zeros([POINTS]));
const rows: Series[] = [30, 300, 1500, 5999].map((at) => ({ name: `step ${at}`, values: [...slice(profiles, [at], [1]).dataSync()] }));
const last = rows.at(-1)?.values as readonly number[];
const off = Math.max(...last.map((value, i) => Math.abs(value - (1 - (i + 1) / (POINTS + 1)))));
console.log(`heat: ${heat.plan(zeros([POINTS])).trace.records.length} records for 6,000 steps; at most ${off.toFixed(3)} from the steady state`);

// ---- a throw ----

const TARGET = [30, 8];
const STEPS = 250;

/** Positions [steps, 2] of a ball, 10 ms apart, with drag by the square of its speed. */
function fly(angle: Tensor, speed: Tensor): Tensor {
  const turn = ({ at, v }: Record<"at" | "v", Tensor>): [Record<"at" | "v", Tensor>, Tensor] => {
    const drag = v.mul(v.square().sum().sqrt()).mul(0.01);
    return [{ at: at.add(v.mul(0.01)), v: v.sub(drag.mul(0.01)).sub([0, 0.0981]) }, at];
  };
  const direction = concat([angle.cos().reshape([1]), angle.sin().reshape([1])]);
  return scan(turn, { at: tensor([0, 1.5]), v: direction.mul(speed) }, null, { length: STEPS })[1];
}

/** The path of a throw: its angle in tenths of a radian, so that one rate suits both, and its speed. */
const pathOf = (throwing: Tensor): Tensor => fly(slice(throwing, [0], [1]).mul(0.1).reshape([]), slice(throwing, [1], [1]).reshape([]));

/** Square of the distance to the target at the end. */
const miss = (throwing: Tensor): Tensor =>
  slice(pathOf(throwing), [STEPS - 1], [1])
    .reshape([2])
    .sub(TARGET)
    .square()
    .sum();
const improve = compile((throwing: Tensor) => [throwing.sub(grad(miss)(throwing).mul(0.04)), miss(throwing)] as [Tensor, Tensor]);

let throwing = tensor([3, 15]);
const tries: Series[] = [];
const began = performance.now();
for (let step = 0; step <= 60; step++) {
  const [next, missed] = improve(throwing);
  if ([0, 2, 5, 60].includes(step)) {
    const path = pathOf(throwing).arraySync() as [number, number][];
    tries.push({ name: `after ${step} steps`, x: path.map(([x]) => x), values: path.map(([, y]) => y) });
    console.log(`step ${String(step).padStart(2)}: ${Math.sqrt(missed.item()).toFixed(3)} m from the target`);
  }
  throwing = next;
}
const [angle, speed] = throwing.dataSync() as unknown as [number, number];
console.log(`angle ${((angle * 18) / Math.PI).toFixed(1)} degrees, ${speed.toFixed(2)} m/s, in ${(performance.now() - began).toFixed(0)} ms`);
savePicture(
  "simulation",
  arrangeSvg(
    [
      lineChartSvg(rows, { title: "Heat along a rod", xLabel: "point", yMin: 0 }),
      lineChartSvg(tries, { title: "A throw at (30, 8)", xLabel: "metres", wholeX: false }),
    ],
    { title: "Simulations as plans", columns: 2 },
  ),
);
