/** @file The error function in float64, for oracles. */

const SCALE = 2 / Math.sqrt(Math.PI);

/** By a series without cancellation; beyond 2 one minus erfc. */
export function erf(x: number): number {
  if (!(Math.abs(x) < 2)) return Math.sign(x) * (1 - erfc(Math.abs(x)));
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return SCALE * Math.exp(-x * x) * sum;
}

/** 1 - erf(x); beyond 2 by its continued fraction. */
export function erfc(x: number): number {
  if (x < 2) return 1 - erf(x);
  if (x > 30) return 0;
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (x + fraction);
  return (SCALE / 2) * (Math.exp(-x * x) / (x + fraction));
}
