/** @file Running totals in float64: what a metric keeps over an epoch. */

/**
 * totals[at + j] += x[i] w[i] and, where counts > 0, totals[at + j + counts] += w[i], in float64, for i in [0, count) in order whose
 * j = index[i] (0 where indexStep is 0) is in [begin, end). A step of 0 repeats the first. x, w: [count] float32; index: [count] int32;
 * totals: float64. @updates totals
 */
export function tally(
  begin: i32, end: i32, count: i32, at: i32, counts: i32, x: usize, xStep: i32, w: usize, wStep: i32, index: usize, indexStep: i32, totals: usize,
): void {
  for (let i = 0; i < count; i++) {
    const j = indexStep ? load<i32>(index + (<usize>i << 2)) : 0;
    if (j < begin || j >= end) continue;
    const weight = <f64>load<f32>(w + (<usize>(i * wStep) << 2));
    const to = totals + (<usize>(at + j) << 3);
    store<f64>(to, load<f64>(to) + <f64>load<f32>(x + (<usize>(i * xStep) << 2)) * weight);
    if (counts > 0) {
      const counted = to + (<usize>counts << 3);
      store<f64>(counted, load<f64>(counted) + weight);
    }
  }
}
