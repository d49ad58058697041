/** @file Elementwise mathematics and its gradients. */
import { map, mapLong, zip } from "../map";
import { exp4, log4, sigmoid4, tanh4 } from "../math";
import { fma } from "../simd";

class Neg { @inline v(x: v128): v128 { return f32x4.neg(x); } }
class Abs { @inline v(x: v128): v128 { return f32x4.abs(x); } }
class Exp { @inline v(x: v128): v128 { return exp4(x); } }
class Log { @inline v(x: v128): v128 { return log4(x); } }
class Square { @inline v(x: v128): v128 { return f32x4.mul(x, x); } }
class Sqrt { @inline v(x: v128): v128 { return f32x4.sqrt(x); } }
// pmax(x, 0) is x when x is NaN.
class Relu { @inline v(x: v128): v128 { return f32x4.pmax(x, i32x4.splat(0)); } }
class Sigmoid { @inline v(x: v128): v128 { return sigmoid4(x); } }
class Tanh { @inline v(x: v128): v128 { return tanh4(x); } }
class NegI32 { @inline v(x: v128): v128 { return i32x4.neg(x); } }
class AbsI32 { @inline v(x: v128): v128 { return i32x4.abs(x); } }
class SquareI32 { @inline v(x: v128): v128 { return i32x4.mul(x, x); } }

/** y = -x for elements [begin, end). In place: y may be x. @writes y */
export function neg(begin: i32, end: i32, x: usize, y: usize): void {
  map<Neg>(begin, end, x, y);
}

/** y = |x| for elements [begin, end). In place: y may be x. @writes y */
export function abs(begin: i32, end: i32, x: usize, y: usize): void {
  map<Abs>(begin, end, x, y);
}

/** y = e^x for elements [begin, end). In place: y may be x. @writes y */
export function exp(begin: i32, end: i32, x: usize, y: usize): void {
  mapLong<Exp>(begin, end, x, y);
}

/** y = ln(x) for elements [begin, end). In place: y may be x. @writes y */
export function log(begin: i32, end: i32, x: usize, y: usize): void {
  mapLong<Log>(begin, end, x, y);
}

/** y = x^2 for elements [begin, end). In place: y may be x. @writes y */
export function square(begin: i32, end: i32, x: usize, y: usize): void {
  map<Square>(begin, end, x, y);
}

/** y = the square root of x for elements [begin, end). In place: y may be x. @writes y */
export function sqrt(begin: i32, end: i32, x: usize, y: usize): void {
  map<Sqrt>(begin, end, x, y);
}

/** y = max(x, 0), NaN for NaN, for elements [begin, end). In place: y may be x. @writes y */
export function relu(begin: i32, end: i32, x: usize, y: usize): void {
  map<Relu>(begin, end, x, y);
}

/** y = 1 / (1 + e^-x) for elements [begin, end). In place: y may be x. @writes y */
export function sigmoid(begin: i32, end: i32, x: usize, y: usize): void {
  mapLong<Sigmoid>(begin, end, x, y);
}

/** y = tanh(x) for elements [begin, end). In place: y may be x. @writes y */
export function tanh(begin: i32, end: i32, x: usize, y: usize): void {
  mapLong<Tanh>(begin, end, x, y);
}

/** y = -x (int32, wraps) for elements [begin, end). In place: y may be x. @writes y */
export function negI32(begin: i32, end: i32, x: usize, y: usize): void {
  map<NegI32>(begin, end, x, y);
}

/** y = |x| (int32; the least stays) for elements [begin, end). In place: y may be x. @writes y */
export function absI32(begin: i32, end: i32, x: usize, y: usize): void {
  map<AbsI32>(begin, end, x, y);
}

/** y = x^2 (int32, wraps) for elements [begin, end). In place: y may be x. @writes y */
export function squareI32(begin: i32, end: i32, x: usize, y: usize): void {
  map<SquareI32>(begin, end, x, y);
}

const ONE = memory.data<f32>([1.0]);

class ReluGrad { @inline v(y: v128, dy: v128): v128 { return v128.and(f32x4.gt(y, i32x4.splat(0)), dy); } }
class SigmoidGrad { @inline v(y: v128, dy: v128): v128 { return f32x4.mul(f32x4.mul(dy, y), f32x4.sub(v128.load32_splat(ONE), y)); } }
class TanhGrad { @inline v(y: v128, dy: v128): v128 { return f32x4.mul(dy, f32x4.sub(v128.load32_splat(ONE), f32x4.mul(y, y))); } }

/** dx = y > 0 ? dy : 0 for elements [begin, end); y: result of relu. In place: dx may be y or dy. @writes dx */
export function reluGrad(begin: i32, end: i32, y: usize, dy: usize, dx: usize): void {
  zip<ReluGrad>(begin, end, y, dy, dx);
}

/** dx = dy y (1 - y) for elements [begin, end); y: result of sigmoid. In place: dx may be y or dy. @writes dx */
export function sigmoidGrad(begin: i32, end: i32, y: usize, dy: usize, dx: usize): void {
  zip<SigmoidGrad>(begin, end, y, dy, dx);
}

/** dx = dy (1 - y^2) for elements [begin, end); y: result of tanh. In place: dx may be y or dy. @writes dx */
export function tanhGrad(begin: i32, end: i32, y: usize, dy: usize, dx: usize): void {
  zip<TanhGrad>(begin, end, y, dy, dx);
}

/** y += alpha x for elements [begin, end). In place: x may be y. @updates y */
export function scaleAdd(begin: i32, end: i32, alpha: f32, x: usize, y: usize): void {
  assert(begin >= 0 && begin <= end);
  const scale = f32x4.splat(alpha);
  const last = y + ((<usize>end) << 2);
  x += (<usize>begin) << 2;
  y += (<usize>begin) << 2;
  for (; y + 16 <= last; y += 16, x += 16) v128.store(y, fma(scale, v128.load(x), v128.load(y)));
  for (; y < last; y += 4, x += 4) v128.store_lane<f32>(y, fma(scale, v128.load32_zero(x), v128.load32_zero(y)), 0);
}
