/** @file The error function, and exp and log near 1. */
import { erf4, erfc4 } from "../erf";
import { mapLonger } from "../map";
import { expm14, log1p4 } from "../math";

class Erf { @inline v(x: v128): v128 { return erf4(x); } }
class Erfc { @inline v(x: v128): v128 { return erfc4(x); } }
class Expm1 { @inline v(x: v128): v128 { return expm14(x); } }
class Log1p { @inline v(x: v128): v128 { return log1p4(x); } }

/** y = erf(x) for elements [begin, end). In place: y may be x. @writes y */
export function erf(begin: i32, end: i32, x: usize, y: usize): void {
  mapLonger<Erf>(begin, end, x, y);
}

/** y = 1 - erf(x) for elements [begin, end). In place: y may be x. @writes y */
export function erfc(begin: i32, end: i32, x: usize, y: usize): void {
  mapLonger<Erfc>(begin, end, x, y);
}

/** y = e^x - 1 for elements [begin, end). In place: y may be x. @writes y */
export function expm1(begin: i32, end: i32, x: usize, y: usize): void {
  mapLonger<Expm1>(begin, end, x, y);
}

/** y = ln(1 + x) for elements [begin, end). In place: y may be x. @writes y */
export function log1p(begin: i32, end: i32, x: usize, y: usize): void {
  mapLonger<Log1p>(begin, end, x, y);
}
