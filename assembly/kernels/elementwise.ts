/** @file Temporary scalar version, replaced by the SIMD one. */
import { exp4, log4, tanh4, sigmoid4 } from "../math";
function sc(v: v128): f32 { return f32x4.extract_lane(v, 0); }
/** x @writes y */
export function neg(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x + (<usize>i << 2)); store<f32>(y + (<usize>i << 2), -v); } }
/** x @writes y */
export function abs(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x + (<usize>i << 2)); store<f32>(y + (<usize>i << 2), f32.abs(v)); } }
/** x @writes y */
export function exp(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x + (<usize>i << 2)); store<f32>(y + (<usize>i << 2), sc(exp4(f32x4.splat(v)))); } }
/** x @writes y */
export function log(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x + (<usize>i << 2)); store<f32>(y + (<usize>i << 2), sc(log4(f32x4.splat(v)))); } }
/** x @writes y */
export function square(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x + (<usize>i << 2)); store<f32>(y + (<usize>i << 2), v*v); } }
/** x @writes y */
export function sqrt(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x + (<usize>i << 2)); store<f32>(y + (<usize>i << 2), f32.sqrt(v)); } }
/** x @writes y */
export function relu(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x + (<usize>i << 2)); store<f32>(y + (<usize>i << 2), max<f32>(v,0)); } }
/** x @writes y */
export function sigmoid(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x + (<usize>i << 2)); store<f32>(y + (<usize>i << 2), sc(sigmoid4(f32x4.splat(v)))); } }
/** x @writes y */
export function tanh(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<f32>(x + (<usize>i << 2)); store<f32>(y + (<usize>i << 2), sc(tanh4(f32x4.splat(v)))); } }
/** x @writes y */
export function negI32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i32>(x+(<usize>i<<2)); store<i32>(y+(<usize>i<<2), -v); } }
/** x @writes y */
export function absI32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i32>(x+(<usize>i<<2)); store<i32>(y+(<usize>i<<2), v < 0 ? -v : v); } }
/** x @writes y */
export function squareI32(begin: i32, end: i32, x: usize, y: usize): void { for (let i = begin; i < end; i++) { const v = load<i32>(x+(<usize>i<<2)); store<i32>(y+(<usize>i<<2), v*v); } }
/** x @writes dx */
export function reluGrad(begin: i32, end: i32, y: usize, dy: usize, dx: usize): void { for (let i = begin; i < end; i++) { const y0 = load<f32>(y + (<usize>i << 2)); const d = load<f32>(dy + (<usize>i << 2)); store<f32>(dx + (<usize>i << 2), y0 > 0 ? d : 0); } }
/** x @writes dx */
export function sigmoidGrad(begin: i32, end: i32, y: usize, dy: usize, dx: usize): void { for (let i = begin; i < end; i++) { const y0 = load<f32>(y + (<usize>i << 2)); const d = load<f32>(dy + (<usize>i << 2)); store<f32>(dx + (<usize>i << 2), d*y0*(1-y0)); } }
/** x @writes dx */
export function tanhGrad(begin: i32, end: i32, y: usize, dy: usize, dx: usize): void { for (let i = begin; i < end; i++) { const y0 = load<f32>(y + (<usize>i << 2)); const d = load<f32>(dy + (<usize>i << 2)); store<f32>(dx + (<usize>i << 2), d*(1-y0*y0)); } }
/** x @writes y */
export function add(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<f32>(a + (<usize>(i*aStep) << 2)); const q = load<f32>(b + (<usize>(i*bStep) << 2)); store<f32>(y + (<usize>i << 2), p+q); } }
/** x @writes y */
export function addRows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<f32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<f32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<f32>(y + (<usize>(r*inner+j) << 2), p+q); } } }
/** x @writes y */
export function sub(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<f32>(a + (<usize>(i*aStep) << 2)); const q = load<f32>(b + (<usize>(i*bStep) << 2)); store<f32>(y + (<usize>i << 2), p-q); } }
/** x @writes y */
export function subRows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<f32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<f32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<f32>(y + (<usize>(r*inner+j) << 2), p-q); } } }
/** x @writes y */
export function mul(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<f32>(a + (<usize>(i*aStep) << 2)); const q = load<f32>(b + (<usize>(i*bStep) << 2)); store<f32>(y + (<usize>i << 2), p*q); } }
/** x @writes y */
export function mulRows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<f32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<f32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<f32>(y + (<usize>(r*inner+j) << 2), p*q); } } }
/** x @writes y */
export function div(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<f32>(a + (<usize>(i*aStep) << 2)); const q = load<f32>(b + (<usize>(i*bStep) << 2)); store<f32>(y + (<usize>i << 2), p/q); } }
/** x @writes y */
export function divRows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<f32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<f32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<f32>(y + (<usize>(r*inner+j) << 2), p/q); } } }
/** x @writes y */
export function maximum(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<f32>(a + (<usize>(i*aStep) << 2)); const q = load<f32>(b + (<usize>(i*bStep) << 2)); store<f32>(y + (<usize>i << 2), max(p,q)); } }
/** x @writes y */
export function maximumRows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<f32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<f32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<f32>(y + (<usize>(r*inner+j) << 2), max(p,q)); } } }
/** x @writes y */
export function minimum(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<f32>(a + (<usize>(i*aStep) << 2)); const q = load<f32>(b + (<usize>(i*bStep) << 2)); store<f32>(y + (<usize>i << 2), min(p,q)); } }
/** x @writes y */
export function minimumRows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<f32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<f32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<f32>(y + (<usize>(r*inner+j) << 2), min(p,q)); } } }
/** x @writes y */
export function addI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<i32>(a + (<usize>(i*aStep) << 2)); const q = load<i32>(b + (<usize>(i*bStep) << 2)); store<i32>(y + (<usize>i << 2), p+q); } }
/** x @writes y */
export function addI32Rows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<i32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<i32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<i32>(y + (<usize>(r*inner+j) << 2), p+q); } } }
/** x @writes y */
export function subI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<i32>(a + (<usize>(i*aStep) << 2)); const q = load<i32>(b + (<usize>(i*bStep) << 2)); store<i32>(y + (<usize>i << 2), p-q); } }
/** x @writes y */
export function subI32Rows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<i32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<i32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<i32>(y + (<usize>(r*inner+j) << 2), p-q); } } }
/** x @writes y */
export function mulI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<i32>(a + (<usize>(i*aStep) << 2)); const q = load<i32>(b + (<usize>(i*bStep) << 2)); store<i32>(y + (<usize>i << 2), p*q); } }
/** x @writes y */
export function mulI32Rows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<i32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<i32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<i32>(y + (<usize>(r*inner+j) << 2), p*q); } } }
/** x @writes y */
export function divI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<i32>(a + (<usize>(i*aStep) << 2)); const q = load<i32>(b + (<usize>(i*bStep) << 2)); store<i32>(y + (<usize>i << 2), q==0?0:p/q); } }
/** x @writes y */
export function divI32Rows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<i32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<i32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<i32>(y + (<usize>(r*inner+j) << 2), q==0?0:p/q); } } }
/** x @writes y */
export function maximumI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<i32>(a + (<usize>(i*aStep) << 2)); const q = load<i32>(b + (<usize>(i*bStep) << 2)); store<i32>(y + (<usize>i << 2), max(p,q)); } }
/** x @writes y */
export function maximumI32Rows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<i32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<i32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<i32>(y + (<usize>(r*inner+j) << 2), max(p,q)); } } }
/** x @writes y */
export function minimumI32(begin: i32, end: i32, a: usize, b: usize, y: usize, aStep: i32, bStep: i32): void { for (let i = begin; i < end; i++) { const p = load<i32>(a + (<usize>(i*aStep) << 2)); const q = load<i32>(b + (<usize>(i*bStep) << 2)); store<i32>(y + (<usize>i << 2), min(p,q)); } }
/** x @writes y */
export function minimumI32Rows(begin: i32, end: i32, d1: i32, d2: i32, inner: i32, a: usize, a0: i32, a1: i32, a2: i32, aStep: i32, b: usize, b0: i32, b1: i32, b2: i32, bStep: i32, y: usize): void { for (let r = begin; r < end; r++) { const i2 = r % d2; const i1 = (r / d2) % d1; const i0 = r / (d1*d2); for (let j = 0; j < inner; j++) { const p = load<i32>(a + (<usize>(i0*a0+i1*a1+i2*a2+j*aStep) << 2)); const q = load<i32>(b + (<usize>(i0*b0+i1*b1+i2*b2+j*bStep) << 2)); store<i32>(y + (<usize>(r*inner+j) << 2), min(p,q)); } } }
/** x @updates y */
export function scaleAdd(begin: i32, end: i32, alpha: f32, x: usize, y: usize): void { for (let i = begin; i < end; i++) store<f32>(y + (<usize>i << 2), load<f32>(y + (<usize>i << 2))+alpha*load<f32>(x + (<usize>i << 2))); }
/** x @writes y */
export function clip(begin: i32, end: i32, lo: f32, hi: f32, x: usize, y: usize): void { for (let i = begin; i < end; i++) store<f32>(y + (<usize>i << 2), min<f32>(max<f32>(load<f32>(x + (<usize>i << 2)),lo),hi)); }
