/** @file Optimizers beyond the reference cases: arguments, configurations, schedules, accumulation, averages, state, the kernel's ranges. */
import { describe, expect, test } from "vitest";
import {
  AdamOptimizer,
  compile,
  getOptimizer,
  layers,
  MomentumOptimizer,
  mean,
  type Optimizer,
  RMSPropOptimizer,
  randomNormal,
  scalar,
  schedules,
  sequential,
  square,
  type Tensor,
  tensor,
  train,
  type Variable,
  variable,
} from "../src/index.js";
import { constraints } from "../src/nn/constraints.js";
import { optimize } from "../src/ops/update.js";

const everyOptimizer: Record<string, () => Optimizer> = {
  sgd: () => train.sgd(0.1),
  momentum: () => train.momentum(0.02, 0.9, true),
  rmsprop: () => train.rmsprop({ learningRate: 0.02, momentum: 0.5, centered: true }),
  adam: () => train.adam(0.1),
  amsgrad: () => train.adam({ learningRate: 0.1, amsgrad: true }),
  adamW: () => train.adamW({ learningRate: 0.1, weightDecay: 1e-4 }),
  adadelta: () => train.adadelta(20),
  adagrad: () => train.adagrad(0.5),
  adamax: () => train.adamax(0.1),
  nadam: () => train.nadam(0.1),
  radam: () => train.radam(0.1),
  lion: () => train.lion(schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 60, decayRate: 0.5 })),
  ftrl: () => train.ftrl(0.5),
};

/** One step on the mean of (w - target)^2. */
const stepOf = (optimizer: Optimizer, w: Variable, target: Tensor): Tensor => optimizer.minimize(() => mean(square(w.sub(target))), true) as Tensor;

describe.each(Object.entries(everyOptimizer))("%s", (_, make) => {
  const target = tensor([1, -2, 0.5, 3, -1, 0.25, 2]);

  test("learns", () => {
    const [w, optimizer] = [variable(tensor([0, 0, 0, 0, 0, 0, 0])), make()];
    for (let i = 0; i < 600; i++) stepOf(optimizer, w, target);
    for (const [i, value] of target.dataSync().entries()) expect(Math.abs((w.dataSync()[i] as number) - value)).toBeLessThan(0.05);
  });

  test("goes on with the same bits from saved state, in another engine too", async () => {
    const [w, optimizer] = [variable(randomNormal([7], 0, 1, "float32", 1)), make()];
    for (let i = 0; i < 5; i++) stepOf(optimizer, w, target);
    const [copy, resumed] = [variable(w), make()];
    await resumed.setWeights(await optimizer.getWeights());
    expect(resumed.iterations).toBe(5);
    const compiled = compile((t: Tensor) => stepOf(resumed, copy, t));
    for (let i = 0; i < 7; i++) {
      stepOf(optimizer, w, target);
      compiled(target);
    }
    expect([...copy.dataSync()]).toEqual([...w.dataSync()]);
    // Into one that has run, too.
    await optimizer.setWeights(await resumed.getWeights());
    expect(optimizer.iterations).toBe(12);
  });

  test("comes back from its configuration", () => {
    const optimizer = make();
    const config = optimizer.getConfig();
    const again = getOptimizer({ className: optimizer.getClassName(), config });
    expect(again.getConfig()).toEqual(config);
    expect(again).toBeInstanceOf(optimizer.constructor);
  });
});

describe("arguments", () => {
  test("are TensorFlow.js's, or an object", () => {
    expect(train.adam(0.1, 0.8, null, 1e-3).getConfig()).toEqual({ learningRate: 0.1, beta1: 0.8, beta2: 0.999, epsilon: 1e-3, amsgrad: false });
    expect(train.rmsprop(0.1, 0.5, 0.3, 1e-5, true).getConfig()).toEqual({ learningRate: 0.1, decay: 0.5, momentum: 0.3, epsilon: 1e-5, centered: true });
    expect(new MomentumOptimizer(0.1, 0.5, true).getConfig()).toEqual({ learningRate: 0.1, momentum: 0.5, useNesterov: true, dampening: 0 });
    expect(train.adagrad(0.1, 0.5).getConfig()).toEqual({ learningRate: 0.1, initialAccumulatorValue: 0.5, epsilon: 1e-7 });
    expect(train.adamax().learningRate).toBe(0.002);
    expect(AdamOptimizer.fromConfig(AdamOptimizer, { learningRate: 0.25 }).learningRate).toBe(0.25);
  });

  test("may be Keras's", () => {
    const keras = {
      name: "RMSprop",
      learning_rate: 0.01,
      rho: 0.8,
      weight_decay: null,
      clipnorm: 1,
      use_ema: false,
      ema_overwrite_frequency: null,
      jit_compile: true,
    };
    const optimizer = getOptimizer({ class_name: "RMSprop", config: keras });
    expect(optimizer).toBeInstanceOf(RMSPropOptimizer);
    expect(optimizer.getConfig()).toEqual({ learningRate: 0.01, decay: 0.8, momentum: 0, epsilon: 1e-7, centered: false, clipNorm: 1 });
    const rate = {
      module: "keras.optimizers.schedules",
      class_name: "ExponentialDecay",
      config: { initial_learning_rate: 1, decay_steps: 2, decay_rate: 0.25 },
    };
    expect(getOptimizer({ class_name: "SGD", config: { learning_rate: rate } }).learningRate).toBe(1);
  });

  test("that are wrong are refused", () => {
    expect(() => train.adam({ beta3: 1 } as object)).toThrow("Adam: options must be among learningRate,beta1");
    expect(() => train.adam(0.1, -1)).toThrow("Adam: beta1 must be >= 0. Got -1.");
    expect(() => train.sgd({ gradientAccumulationSteps: 0 })).toThrow("gradientAccumulationSteps must be >= 1");
    expect(() => train.sgd(Number.NaN)).toThrow("SGD: learningRate must be >= 0. Got NaN.");
    expect(() => train.sgd({ convention: "jax" as "keras" })).toThrow("convention must be keras or torch");
    expect(() => schedules.exponentialDecay({ initialLearningRate: 1, decaySteps: 0, decayRate: 0.5 })).toThrow(
      "ExponentialDecay: options must give finite rates",
    );
    expect(() => schedules.piecewiseConstantDecay({ boundaries: [1], values: [1] })).toThrow("must give finite rates");
    expect(() => getOptimizer("sdg")).toThrow("optimizer must be one of sgd, momentum");
  });
});

describe("gradients by name", () => {
  test("as a map and as a list; null leaves a variable", () => {
    const [a, b] = [variable(scalar(1), true, "named-a"), variable(scalar(2), true, "named-b")];
    const optimizer = train.sgd(0.5);
    const { grads } = optimizer.computeGradients(() => a.mul(b) as Tensor);
    optimizer.applyGradients(grads);
    expect([a.item(), b.item()]).toEqual([0, 1.5]);
    optimizer.applyGradients([
      { name: "named-a", tensor: scalar(2) },
      { name: "named-b", tensor: null },
    ]);
    expect([a.item(), b.item(), optimizer.iterations]).toEqual([-1, 1.5, 2]);
    expect(() => optimizer.applyGradients({ "named-c": scalar(1) })).toThrow("names must be of variables");
    expect(() => optimizer.applyGradients({ "named-a": tensor([1]) })).toThrow("the gradient of 'named-a' must be float32 of its shape []");
  });
});

describe("inside compiled steps", () => {
  const run = (options: object, compiled: boolean, steps: number, use?: (optimizer: Optimizer) => void): number[] => {
    const [w, optimizer] = [variable(tensor([0, 1, 2])), train.sgd(options)];
    use?.(optimizer);
    const step = (g: Tensor): void => optimizer.applyPairs([[w, g]]);
    const wrapped = compiled ? compile(step) : step;
    const seen: number[] = [];
    for (let i = 0; i < steps; i++) {
      wrapped(tensor([i + 1, 0, -1]));
      seen.push(...w.dataSync());
    }
    return seen;
  };
  const cases: Record<string, object> = {
    schedule: { learningRate: schedules.inverseTimeDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 1 }) },
    accumulation: { learningRate: 0.5, gradientAccumulationSteps: 3 },
    average: { learningRate: 0.5, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 2 },
    "accumulation, decay and clipping": { learningRate: 0.5, gradientAccumulationSteps: 2, weightDecay: 0.1, globalClipNorm: 1 },
    coupled: { learningRate: 0.5, weightDecay: 0.1, decoupledWeightDecay: false, clipValue: 2 },
  };
  test.each(Object.entries(cases))("%s: as eagerly", (_, options) => {
    expect(run(options, true, 8)).toEqual(run(options, false, 8));
  });

  test("what they are", () => {
    expect(run(cases.schedule as object, true, 3).filter((_, i) => i % 3 === 0)).toEqual([-1, -2, -3]);
    // Nothing, nothing, the mean of 1, 2 and 3; nothing, nothing, that of 4, 5 and 6.
    expect(run(cases.accumulation as object, true, 6).filter((_, i) => i % 3 === 0)).toEqual([0, 0, -1, -1, -1, -3.5]);
    // Averages -0.5 and (-0.5 - 1.5) / 2 = -1, which the weight becomes.
    expect(run(cases.average as object, true, 2).filter((_, i) => i % 3 === 0)).toEqual([-0.5, -1]);
  });

  test("a learning rate that is set counts from the next step", () => {
    const [w, optimizer] = [variable(scalar(0)), train.sgd(1)];
    const step = compile((g: Tensor) => optimizer.applyPairs([[w, g]]));
    step(scalar(1));
    optimizer.setLearningRate(0.25);
    step(scalar(1));
    expect(w.item()).toBe(-1.25);
  });
});

test("weight decay leaves out what is excluded, and is decoupled", () => {
  const make = (name: string): Variable => variable(scalar(1), true, name);
  const [kernel, bias, other] = [make("d/kernel"), make("d/bias"), make("d/other")];
  const optimizer = train.adamW({ learningRate: 0.5, weightDecay: 0.5, excludeFromWeightDecay: ["bias", other] });
  optimizer.applyPairs([kernel, bias, other].map((weight) => [weight, scalar(0)]));
  expect([kernel.item(), bias.item(), other.item()]).toEqual([0.75, 1, 1]);
});

test("weight decay may go through the gradient, as it does with the torch convention", () => {
  const after = (options: object): number[] => {
    const [w, optimizer] = [variable(scalar(1)), train.momentum({ learningRate: 1, momentum: 0.5, weightDecay: 0.1, ...options })];
    return [1, 2].map(() => {
      optimizer.applyPairs([[w, scalar(0)]]);
      return Number(w.item().toFixed(6));
    });
  };
  expect(after({})).toEqual([0.9, 0.81]);
  expect(after({ decoupledWeightDecay: false })).toEqual([0.9, 0.76]);
  expect(after({ convention: "torch" })).toEqual([0.9, 0.76]);
  expect(after({ convention: "torch", decoupledWeightDecay: true })).toEqual([0.9, 0.81]);
});

test("weights become their averages", () => {
  const [w, optimizer] = [variable(scalar(0)), train.sgd({ learningRate: 1, useEma: true, emaMomentum: 0.5 })];
  for (let i = 0; i < 2; i++) optimizer.applyPairs([[w, scalar(-1)]]);
  optimizer.finalizeVariableValues();
  expect(w.item()).toBe(1.5);
});

test("a loss is scaled for its gradients alone, which float32 would round to 0 otherwise", async () => {
  const tiny = 1e-30;
  const [w, x] = [variable(tensor([1])), variable(tensor([1]))];
  const loss = (v: Variable) => (): Tensor => v.mul(tiny).square().sum();
  expect(
    train
      .sgd({ learningRate: 1e38, lossScaleFactor: 2 ** 80 })
      .minimize(loss(w), true, [w])
      ?.item(),
  ).toBe(0);
  train.sgd(1e38).minimize(loss(x), false, [x]);
  expect([w.item() < 1, x.item()]).toEqual([false, 1]);
  const [a, b] = [variable(tensor([1, 2]), true, "a"), variable(tensor([1, 2]), true, "b")];
  const scaled = train.adam({ learningRate: 0.1, lossScaleFactor: 1024 });
  const plain = train.adam(0.1);
  const f = (v: Variable) => (): Tensor => v.square().mean();
  for (let i = 0; i < 3; i++) {
    const { value, grads } = scaled.computeGradients(f(a), [a]);
    expect(value.item()).toBe(f(a)().item());
    expect(grads.a?.arraySync()).toEqual(a.mul(1024).arraySync());
    scaled.applyGradients(grads);
    plain.minimize(f(b), false, [b]);
  }
  expect(a.arraySync()).toEqual(b.arraySync());
  expect(() => train.sgd({ lossScaleFactor: 0 })).toThrow("lossScaleFactor");
});

test("fit scales the loss for gradients that float32 rounds to 0 on their way, and tells it unscaled", async () => {
  const trained = async (lossScaleFactor: number): Promise<[loss: number | undefined, kernel: number]> => {
    const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1], kernelInitializer: "ones" })] });
    const loss = (_: Tensor, p: Tensor): Tensor => p.mul(1e30).mul(1e-25).mul(1e-25).mean();
    model.compile({ optimizer: train.sgd({ learningRate: 1e20, lossScaleFactor }), loss });
    const { history } = await model.fit(tensor([[1]]), tensor([[0]]), { verbose: 0 });
    return [history.loss?.[0], (model.getWeights()[0] as Tensor).item()];
  };
  const [[loss, kernel], [scaledLoss, scaledKernel]] = [await trained(1), await trained(2 ** 90)];
  expect([kernel, scaledKernel]).toEqual([1, expect.closeTo(0, 5)]);
  expect([loss, scaledLoss]).toEqual([expect.closeTo(1e-20, 25), expect.closeTo(1e-20, 25)]);
});

test("constraints hold after each update", () => {
  const w = variable(tensor([1, 1]));
  w.constraint = constraints.nonNeg();
  train.sgd(1).applyPairs([[w, tensor([3, -1])]]);
  expect(w.arraySync()).toEqual([0, 2]);
});

test("a gradient that is not a number shows, and sums of gradients forget it", () => {
  const [w, optimizer] = [variable(tensor([1, 1])), train.adam()];
  optimizer.applyPairs([[w, tensor([Number.NaN, 1])]]);
  expect(w.dataSync()[0]).toBeNaN();
  expect(w.dataSync()[1]).toBeCloseTo(0.999, 6);
});

test("any split gives the same bits, whatever the parts of an update", () => {
  const count = 37;
  const row = variable(tensor([0.1, 0.2, 0.9, 0.1, 0.3, 0.8, 0.2, 0.01, 1.5, 0.001, 0.7, 0.6]));
  for (const parts of [0, 1, 65, 2, 3, 7, 10, 19, 27, 35, 130]) {
    const results = [[count], [1, 4, 9, 20, 37], [3, 8, 36, 37]].map((ends) => {
      const values = Array.from({ length: 5 }, (_, i) => randomNormal([count], i === 2 || i === 3 ? 2 : 0, 0.3, "float32", i + 1));
      let begin = 0;
      const pieces = ends.map((end) => {
        const piece = values.map((value) => variable(value.slice([begin], [end - begin])));
        begin = end;
        optimize([row, ...piece], { parts, decay: 0.1 });
        return piece.map((slot) => [...slot.dataSync()]);
      });
      return values.map((_, i) => pieces.flatMap((piece) => piece[i] as number[]));
    });
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  }
});
