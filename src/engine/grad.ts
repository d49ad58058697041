/** @file Reverse-mode differentiation over the tape that defineOp writes. */
import { type TensorLike, toTensor } from "../tensor/convert.js";
import { checkFunction, describe, error } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { fill } from "./fill.js";
import { defineOp, engine, type GradNode, type Op } from "./op.js";
import { step, tensorsIn } from "./step.js";
import { Variable } from "./variable.js";

/** a + b for gradients that meet at one tensor. */
const addGradients = /* @__PURE__ */ defineOp("addGradients", {
  run: (k, [a, b], y) => k.add(y.size, a as Tensor, b as Tensor, y, 1, 1),
  grad: (dy) => [dy, dy],
  inplace: true,
});

/** @internal Applications between `xs` and `ys`, newest first, and every tensor on the way that depends on an x. */
export function pathTo(ys: readonly Tensor[], xs: readonly Tensor[]): { nodes: GradNode[]; depends: Set<Tensor> } {
  const targets = new Set(xs);
  const depends = new Set<Tensor>(xs);
  const seen = new Set<GradNode>();
  const stack: GradNode[] = [];
  const push = (tensor: Tensor): void => {
    const { node } = tensor;
    if (node === null || targets.has(tensor) || seen.has(node)) return;
    seen.add(node);
    stack.push(node);
  };
  ys.forEach(push);
  while (stack.length > 0) for (const input of (stack.pop() as GradNode).inputs) push(input);
  const nodes = [...seen]
    .sort((a, b) => a.order - b.order)
    .filter((node) => {
      if (!node.inputs.some((input) => depends.has(input))) return false;
      depends.add(node.y);
      return true;
    });
  return { nodes: nodes.reverse(), depends };
}

/** @internal The gradient of each x through all ys, from theirs; null where none depends on it. */
export function backward(ys: readonly Tensor[], xs: readonly Tensor[], dys: readonly (Tensor | undefined)[]): (Tensor | null)[] {
  const { nodes, depends } = pathTo(ys, xs);
  const gradients = new Map<Tensor, Tensor>();
  /** Of ops that give gradients together: what they give them from. */
  const waiting = new Map<Tensor, { join: NonNullable<Op["join"]>; dys: Tensor[]; list: unknown[] }>();
  const receive = (x: Tensor, gradient: Tensor): void => {
    const before = gradients.get(x);
    gradients.set(x, before === undefined ? gradient : addGradients([before, gradient]));
  };
  const gradientOf = (x: Tensor): Tensor | undefined => {
    const parts = waiting.get(x);
    waiting.delete(x);
    for (const gradient of parts?.join(parts.dys, x, parts.list as never[]) ?? []) receive(x, gradient);
    return gradients.get(x);
  };
  for (const [i, y] of ys.entries()) receive(y, dys[i] ?? fill(y.shape, 1, "float32"));
  for (const node of nodes) {
    const upstream = gradientOf(node.y);
    if (upstream === undefined) continue;
    const { join } = node.op;
    if (join) {
      const x = node.inputs[0] as Tensor;
      const parts = waiting.get(x) ?? { join, dys: [], list: [] };
      parts.dys.push(upstream);
      parts.list.push(node.attributes);
      waiting.set(x, parts);
      continue;
    }
    if (node.op.grad === null) throw error("grad", "every op between x and y must have a gradient", `'${node.op.name}', which has none`);
    const needs = node.inputs.map((input) => depends.has(input));
    const results = node.op.grad(upstream, node.inputs, node.y, node.attributes as never, needs);
    for (const [i, input] of node.inputs.entries()) {
      const gradient = results[i];
      if (!needs[i] || gradient === null || gradient === undefined) continue;
      receive(input, gradient);
    }
    if (!xs.includes(node.y)) gradients.delete(node.y);
  }
  return xs.map((x) => gradientOf(x) ?? null);
}

/** Runs `fn` as a step whose ops are recorded, and `then` with the result after the outermost recording has ended. */
function recorded<T>(name: string, fn: () => Tensor, then: (y: Tensor) => T): T {
  return step(name, () => {
    engine.recording++;
    let open = true;
    try {
      const y = fn();
      if (!(y instanceof Tensor)) throw error(name, "the function must return a tensor", String(y));
      if (engine.recording === 1) {
        engine.recording = 0;
        open = false;
      }
      const result = then(y);
      // The tape is not needed any more: what is returned must not hold on to it.
      if (!open) for (const tensor of tensorsIn(result)) tensor.node = null;
      return result;
    } finally {
      if (open) engine.recording--;
    }
  });
}

/** The tensors to differentiate by. Values that are not tensors yet become float32, as in TensorFlow.js. */
function differentiable(name: string, xs: readonly TensorLike[]): Tensor[] {
  if (!Array.isArray(xs)) throw error(name, "expected an array of tensors to differentiate by", describe(xs));
  return xs.map((value, i) => {
    const x = toTensor(name, `input ${i}`, value, "float32");
    if (x.dtype !== "float32") throw error(name, "expected float32 tensors to differentiate by", `dtype ${x.dtype}`);
    return x;
  });
}

/** dy as a tensor, once y is known. */
function upstreamOf(name: string, y: Tensor, dy: TensorLike | null | undefined): Tensor | undefined {
  if (dy === undefined || dy === null) return undefined;
  const given = toTensor(name, "dy", dy, "float32");
  if (!sameShape(given.shape, y.shape)) throw error(name, `dy must have y's shape [${y.shape}]`, `shape [${given.shape}]`);
  if (given.dtype !== "float32") throw error(name, "dy must be float32", `dtype ${given.dtype}`);
  return given;
}

/** @internal The gradients, zeros for those that there are none of. */
export const filled = (xs: readonly Tensor[], gradients: readonly (Tensor | null)[]): Tensor[] =>
  gradients.map((gradient, i) => gradient ?? fill((xs[i] as Tensor).shape, 0, "float32"));

/** @internal f's value, and what gives dy's product with its derivative by x, to `then`; f runs once. */
export function withPullback<T>(name: string, f: (x: Tensor) => Tensor, x: TensorLike, then: (y: Tensor, pull: (dy: Tensor) => Tensor) => T): T {
  const xs = differentiable(name, [x]);
  return recorded(
    name,
    () => f(xs[0] as Tensor),
    (y) => then(y, (dy) => filled(xs, backward([y], xs, [dy]))[0] as Tensor),
  );
}

/** @internal The gradients of f by xs, from that of its value. */
export const gradientsThrough = (f: (...xs: Tensor[]) => Tensor, xs: Tensor[], dy: Tensor): Tensor[] =>
  recorded(
    "grads",
    () => f(...xs),
    (y) => filled(xs, backward([y], xs, [dy])),
  );

/** What takes f's value at xs and the gradients there to `then`. */
function differentiator<T>(f: (...xs: Tensor[]) => Tensor, then: (value: Tensor, grads: Tensor[]) => T): (xs: TensorLike[], dy?: TensorLike) => T {
  const name = "valueAndGrads";
  checkFunction(name, f);
  return (values, dy) => {
    const xs = differentiable(name, values);
    return recorded(
      name,
      () => f(...xs),
      (value) => then(value, filled(xs, backward([value], xs, [upstreamOf(name, value, dy)]))),
    );
  };
}

/**
 * The value and the gradients of a function of several tensors.
 * @returns (xs, dy?) => { value, grads }; without dy the gradient of the sum of y's elements.
 * Zeros for an x that y does not depend on.
 * @throws when a tensor is not float32, dy has not y's shape, or an op between x and y has no gradient
 * @example
 * ```ts
 * import { tensor, valueAndGrads } from "engram";
 * const { value, grads } = valueAndGrads((a, b) => a.mul(b).sum())([tensor([1, 2]), tensor([3, 4])]);
 * assert.equal(value.item(), 11);
 * assert.deepEqual(grads[0].arraySync(), [3, 4]);
 * ```
 */
export function valueAndGrads(f: (...xs: Tensor[]) => Tensor): (xs: TensorLike[], dy?: TensorLike) => { value: Tensor; grads: Tensor[] } {
  return differentiator(f, (value, grads) => ({ value, grads }));
}

/**
 * The value and the gradient of a function of one tensor; see `valueAndGrads`.
 * @returns (x, dy?) => { value, grad }
 */
export function valueAndGrad(f: (x: Tensor) => Tensor): (x: TensorLike, dy?: TensorLike) => { value: Tensor; grad: Tensor } {
  const all = valueAndGrads(f);
  return (x, dy) => {
    const { value, grads } = all([x], dy);
    return { value, grad: grads[0] as Tensor };
  };
}

/**
 * The gradient of a function of several tensors; see `valueAndGrads`.
 * @returns (xs, dy?) => gradients
 */
export function grads(f: (...xs: Tensor[]) => Tensor): (xs: TensorLike[], dy?: TensorLike) => Tensor[] {
  return differentiator(f, (_, gradients) => gradients);
}

/**
 * The gradient of a function of one tensor; see `valueAndGrads`. Gradients of gradients: nest it.
 * @returns (x, dy?) => dy/dx summed over y's elements, weighted by dy
 * @example
 * ```ts
 * import { grad, scalar } from "engram";
 * const cube = (x) => x.square().mul(x);
 * assert.equal(grad(cube)(scalar(2)).item(), 12);
 * assert.equal(grad(grad(cube))(scalar(2)).item(), 12);
 * ```
 */
export function grad(f: (x: Tensor) => Tensor): (x: TensorLike, dy?: TensorLike) => Tensor {
  const all = grads(f);
  return (x, dy) => all([x], dy)[0] as Tensor;
}

/** Trainable variables that `y` was computed from, in order of creation. */
function variablesOf(y: Tensor): Variable[] {
  const found = new Set<Variable>();
  const seen = new Set<GradNode>();
  const stack: Tensor[] = [y];
  while (stack.length > 0) {
    const tensor = stack.pop() as Tensor;
    if (tensor instanceof Variable && tensor.trainable) found.add(tensor);
    const { node } = tensor;
    if (node === null || seen.has(node)) continue;
    seen.add(node);
    stack.push(...node.inputs);
  }
  return [...found].sort((a, b) => a.id - b.id);
}

/** @internal The loss and the gradient of each variable; null where the loss does not depend on it. */
export function gradientsOf(
  name: string,
  f: () => Tensor,
  variables: readonly Variable[] | undefined,
): { value: Tensor; variables: readonly Variable[]; gradients: (Tensor | null)[] } {
  return recorded(name, f, (value) => {
    if (value.size !== 1) throw error(name, "the function must return a scalar", `shape [${value.shape}]`, "reduce it with mean() or sum().");
    const wanted = ([] as Variable[]).concat(variables ?? variablesOf(value)).filter((variable) => variable.trainable);
    return { value, variables: wanted, gradients: backward([value], wanted, [undefined]) };
  });
}

/** The variables that gradients were last given of, by name. */
const differentiated = /* @__PURE__ */ new Map<string, WeakRef<Variable>>();
function remember(variable: Variable): void {
  differentiated.set(variable.name, new WeakRef(variable));
  if (differentiated.size % 1024 > 0) return;
  for (const [name, reference] of differentiated) if (!reference.deref()) differentiated.delete(name);
}

/** @internal The variable that variableGrads last gave a gradient of by this name. */
export function variableOfGradient(name: string): Variable {
  const variable = differentiated.get(name)?.deref();
  if (variable === undefined) throw error("applyGradients", "names must be of variables that variableGrads was used on", describe(name));
  return variable;
}

/**
 * The value of a scalar function and its gradients by the trainable variables it uses.
 * @param variables those to differentiate by; by default all trainable ones that f uses
 * @returns { value, grads } with gradients by variable name; null for a named variable that is not trainable
 * @throws when f does not return a scalar, or depends on none of the variables
 * @example
 * ```ts
 * import { scalar, variable, variableGrads } from "engram";
 * const w = variable(scalar(3), true, "w");
 * const { value, grads } = variableGrads(() => w.square());
 * assert.equal(value.item(), 9);
 * assert.equal(grads.w.item(), 6);
 * ```
 */
export function variableGrads(f: () => Tensor, variables?: Variable[] | Variable): { value: Tensor; grads: Record<string, Tensor> } {
  checkFunction("variableGrads", f);
  const list = variables instanceof Variable ? [variables] : variables;
  if (list !== undefined && !(Array.isArray(list) && list.every((v) => v instanceof Variable)))
    throw error("variableGrads", "expected variables to differentiate by", describe(list));
  return step("variableGrads", () => {
    const { value, variables: used, gradients } = gradientsOf("variableGrads", f, list);
    const named: Record<string, Tensor> = {};
    for (const [i, variable] of used.entries()) {
      const gradient = gradients[i];
      if (gradient) {
        named[variable.name] = gradient;
        remember(variable);
      }
    }
    if (Object.keys(named).length === 0)
      throw error("variableGrads", "the function must depend on a trainable variable", `none of [${used.map((v) => v.name)}]`);
    // As TensorFlow.js has it.
    for (const { name, trainable } of list ?? []) if (!trainable) named[name] = null as unknown as Tensor;
    return { value, grads: named };
  });
}
