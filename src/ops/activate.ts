/** @file How activations are defined: the functions that one kernel computes, with their slopes and second derivatives. */
import { type Apply, defineOp } from "../engine/op.js";
import { checkNumbers } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { pow } from "./arithmetic.js";
import { toFloat } from "./castTo.js";
import { greater, less } from "./compare.js";
import type { TensorLike } from "./convert.js";
import { abs, add, div, exp, mul, sigmoid, square, sub, tanh } from "./elementwise.js";
import { sign } from "./math.js";
import { where } from "./where.js";

type Derivative = (dy: Tensor, x: Tensor, parameters: readonly number[]) => Tensor;

/** A function of assembly/kernels/activations.ts. */
export interface Form {
  /** Its number there. */
  readonly kind: number;
  /** dy times the slope at x, where the kernel of slopes does not have it. */
  readonly slope?: Derivative;
  /** dy times the second derivative at x; none where that is 0. */
  readonly second?: Derivative;
}

/** A form with what its kernel calls a, b, c and d. */
interface Activated {
  form: Form;
  parameters: readonly number[];
}

/** dy times the slope at x. */
const activationGrad: Apply<Activated> = /* @__PURE__ */ defineOp<Activated>("activationGrad", {
  run: (k, [x, dy], dx, { form, parameters: [a = 0, b = 0, c = 0, d = 0] }) => k.activationGrad(dx.size, form.kind, a, b, c, d, x, dy, dx),
  grad: (upstream, [x, dy], _, activated, needs) => {
    const { form, parameters } = activated;
    return [needs[0] && form.second ? form.second(mul(upstream, dy), x, parameters) : null, needs[1] ? activationGrad([x, upstream], activated) : null];
  },
  inplace: true,
});

/** dy times the slope at x of a form without parameters. */
export const slope = (form: Form, dy: Tensor, x: Tensor): Tensor => activationGrad([x, dy], { form, parameters: [] });

/** Defines the op of a form; `parameters` gives what its kernel calls a, b, c and d from what users give. */
export function activation<Given extends (number | undefined)[]>(
  name: string,
  form: Form,
  parameters: (...given: Given) => readonly number[] = () => [],
): (x: TensorLike, ...given: Given) => Tensor {
  const apply = defineOp<Activated>(name, {
    run: (k, [x], y, { parameters: [a = 0, b = 0, c = 0, d = 0] }) => k.activation(y.size, form.kind, a, b, c, d, x, y),
    grad: (dy, [x], _, activated) => [form.slope?.(dy, x, activated.parameters) ?? activationGrad([x, dy], activated)],
    inplace: true,
  });
  return (x, ...given) => {
    checkNumbers(name, given);
    return apply([toFloat(name, "x", x)], { form, parameters: parameters(...given) });
  };
}

/** d min(max(x + a, b), c) */
export const clipped: Form = { kind: 0 };
/** x, and below 0 a x. */
export const leaky: Form = { kind: 1 };
/** x, and 0 in [a, b]. */
export const hardShrunk: Form = { kind: 2 };
/** a x, and below 0 b (e^(c x) - 1), whose slope is d e^(c x). */
export const exponential: Form = {
  kind: 3,
  second: (dy, x, parameters) => where(greater(x, 0), 0, mul(activationGrad([x, dy], { form: exponential, parameters }), parameters[2] as number)),
};
/** x sigmoid(a x + b x^3) */
export const gated: Form = {
  kind: 4,
  // With s = sigmoid(u) and u = a x + b x^3 it is s (1 - s) (2 u' + x u'' + (1 - 2 s) x u'^2).
  second: (dy, x, [a = 0, b = 0]) => {
    const cubic = mul(square(x), b);
    const s = sigmoid(mul(x, add(cubic, a)));
    const slope = add(mul(cubic, 3), a);
    const inner = add(mul(add(slope, mul(cubic, 3)), 2), mul(mul(sub(1, mul(s, 2)), x), square(slope)));
    return mul(mul(dy, inner), mul(s, sub(1, s)));
  },
};
/** x (1 + erf(x / sqrt(2))) / 2 */
export const normal: Form = {
  kind: 5,
  second: (dy, x) => mul(mul(dy, sub(2, square(x))), mul(exp(div(square(x), -2)), (2 * Math.PI) ** -0.5)),
};
/** a ln(1 + e^(a x)) for a = 1 or -1. */
export const softened: Form = { kind: 6, slope: (dy, x, [a]) => mul(dy, sigmoid(a === 1 ? x : mul(x, -1))) };
/** x tanh(ln(1 + e^x)) */
export const mished: Form = {
  kind: 7,
  // With s = sigmoid(x), t = tanh(ln(1 + e^x)) = x's factor, it is (1 - t^2) s (2 + x (1 - s - 2 t s)).
  second: (dy, x) => {
    const s = sigmoid(x);
    const t = tanh(softplus(x));
    const inner = add(mul(x, sub(sub(1, s), mul(mul(t, s), 2))), 2);
    return mul(mul(dy, inner), mul(mul(sub(1, t), add(t, 1)), s));
  },
};

/** x - min(max(x, a), b) */
export const softShrunk: Form = { kind: 8 };
/** x d min(max(x + a, b), c), for hardSwish's parameters. */
export const gatedClip: Form = { kind: 9, second: (dy, x) => where(less(abs(x), 3), div(dy, 3), 0) };
/** x / (1 + |x|) */
export const softSigned: Form = { kind: 10, second: (dy, x) => mul(mul(dy, sign(x)), mul(pow(add(abs(x), 1), -3), -2)) };
/** |x|, of which only the slope is here; 0 at 0. */
export const absolute: Form = { kind: 11 };
/** x^2, of which only the slope is here. */
export const squared: Form = { kind: 12, second: (dy) => mul(dy, 2) };

/** ln(1 + e^x), accurate for every x. */
export const softplus = /* @__PURE__ */ activation("softplus", softened, () => [1]);
