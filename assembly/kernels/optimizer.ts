/** @file Temporary scalar version, replaced by the SIMD one. */

/** x @updates p */
export function sgd(begin: i32, end: i32, state: usize, g: usize, p: usize): void { const lr = load<f32>(state); for (let i = begin; i < end; i++) { const q = <usize>i<<2; store<f32>(p+q, load<f32>(p+q) - lr*load<f32>(g+q)); } }
/** x @updates v p */
export function momentum(begin: i32, end: i32, mu: f32, nesterov: i32, state: usize, g: usize, v: usize, p: usize): void { const lr = load<f32>(state); for (let i = begin; i < end; i++) { const q = <usize>i<<2; const gg = load<f32>(g+q); const vv = mu*load<f32>(v+q) - lr*gg; store<f32>(v+q, vv); store<f32>(p+q, load<f32>(p+q) + (nesterov ? mu*vv - lr*gg : vv)); } }
/** x @updates state */
export function adamTick(state: usize): void {}
/** x @updates m v p */
export function adam(begin: i32, end: i32, state: usize, g: usize, m: usize, v: usize, p: usize): void { const lr = load<f32>(state); for (let i = begin; i < end; i++) { const q = <usize>i<<2; const gg = load<f32>(g+q); const mm = load<f32>(m+q) + (gg-load<f32>(m+q))*f32(0.1); const vv = load<f32>(v+q) + (gg*gg-load<f32>(v+q))*f32(0.001); store<f32>(m+q,mm); store<f32>(v+q, vv); store<f32>(p+q, load<f32>(p+q) - lr*mm*10/(sqrt<f32>(vv*30)+f32(1e-7))); } }
