/** @file Temporary scalar version, replaced by the SIMD one. */

/** x @writes y */
export function copy(begin: i32, end: i32, x: usize, y: usize): void { memory.copy(y+begin, x+begin, end-begin); }
/** x @writes y */
export function fill(begin: i32, end: i32, value: f32, y: usize): void { for (let i = begin; i < end; i++) store<f32>(y+(<usize>i<<2), value); }
/** x @writes y */
export function fillBytes(begin: i32, end: i32, value: i32, y: usize): void { memory.fill(y+begin, u8(value), end-begin); }
/** x @writes y */
export function fillI32(begin: i32, end: i32, value: i32, y: usize): void { for (let i = begin; i < end; i++) store<i32>(y+(<usize>i<<2), value); }
/** x @writes y */
export function transpose(begin: i32, end: i32, rows: i32, cols: i32, size: i32, x: usize, y: usize): void { for (let r = begin; r < end; r++) { const b = r / cols, c = r % cols; for (let i = 0; i < rows; i++) memory.copy(y + <usize>((r*rows+i)*size), x + <usize>((b*rows*cols+i*cols+c)*size), size); } }
/** x @writes y */
export function permute(begin: i32, end: i32, size: i32, d1: i32, d2: i32, d3: i32, inner: i32, s0: i32, s1: i32, s2: i32, s3: i32, sInner: i32, x: usize, y: usize): void { for (let r = begin; r < end; r++) { const i3 = r % d3, i2 = r / d3 % d2, i1 = r / (d3*d2) % d1, i0 = r/(d3*d2*d1); for (let j = 0; j < inner; j++) memory.copy(y + <usize>((r*inner+j)*size), x + <usize>((i0*s0+i1*s1+i2*s2+i3*s3+j*sInner)*size), size); } }
/** x @writes y */
export function gatherRows(begin: i32, end: i32, rowBytes: i32, limit: i32, x: usize, indices: usize, y: usize): void { for (let r = begin; r < end; r++) memory.copy(y + <usize>(r*rowBytes), x + <usize>(load<i32>(indices + (<usize>r<<2))*rowBytes), rowBytes); }
/** x @updates dx */
export function scatterAddRows(begin: i32, end: i32, cols: i32, count: i32, limit: i32, dy: usize, indices: usize, dx: usize): void { for (let r = 0; r < count; r++) { const t = load<i32>(indices + (<usize>r<<2)); for (let j = begin; j < end; j++) { const p = dx + (<usize>(t*cols+j)<<2); store<f32>(p, load<f32>(p) + load<f32>(dy + (<usize>(r*cols+j)<<2))); } } }
