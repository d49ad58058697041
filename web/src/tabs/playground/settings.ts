/** @file Everything the visitor chooses, and its form in an address. */
import { FEATURES, type Feature } from "./features.js";
import { type Label, type Point, REACH, SETS, type SetName } from "./points.js";

export const ACTIVATIONS = ["tanh", "relu", "sigmoid", "gelu", "silu", "elu", "softplus", "linear"] as const;
export type ActivationName = (typeof ACTIVATIONS)[number];

export const OPTIMIZERS = ["adam", "sgd", "momentum", "rmsprop"] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];

export const PENALTIES = ["none", "l1", "l2"] as const;
export type Penalty = (typeof PENALTIES)[number];

export const LEARNING_RATES = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3] as const;
export const PENALTY_RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1] as const;
export const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128] as const;
/** Epochs in a second; at the last, as many as fit. */
export const PACES = [1, 5, 20, 60, 200, 1000] as const;

export const MOST_LAYERS = 6;
export const MOST_UNITS = 8;
/** Ranges of numbers: least, most, step. */
export const RANGES = {
  count: [20, 400, 20],
  noise: [0, 0.5, 0.05],
  share: [0.2, 0.9, 0.1],
} as const;
/** Points that can be drawn, so that an address stays an address. */
export const MOST_DRAWN = 400;

export interface HiddenLayer {
  readonly units: number;
  readonly activation: ActivationName;
}

export interface Settings {
  readonly set: SetName;
  readonly count: number;
  readonly noise: number;
  readonly dataSeed: number;
  /** Share of the points that are for training. */
  readonly share: number;
  readonly drawn: readonly Point[];
  readonly features: readonly Feature[];
  readonly layers: readonly HiddenLayer[];
  readonly seed: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly penalty: Penalty;
  readonly penaltyRate: number;
  readonly pace: number;
}

export const DEFAULTS: Settings = {
  set: "xor",
  count: 200,
  noise: 0,
  dataSeed: 1,
  share: 0.7,
  drawn: [],
  features: ["x1", "x2"],
  layers: [
    { units: 4, activation: "tanh" },
    { units: 4, activation: "tanh" },
  ],
  seed: 1,
  optimizer: "adam",
  learningRate: 0.03,
  batchSize: 8,
  penalty: "none",
  penaltyRate: 0.001,
  pace: 20,
};

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Steps of a coordinate in an address. */
const STEPS = 1023;

/** Four characters a point: 10 bits for each coordinate, one for the class. */
export function encodePoints(points: readonly Point[]): string {
  const quantised = (value: number): number => Math.round(((value + REACH) / (2 * REACH)) * STEPS);
  return points
    .map(({ x, y, label }) => {
      const bits = (quantised(x) << 11) | (quantised(y) << 1) | label;
      return [18, 12, 6, 0].map((shift) => DIGITS[(bits >> shift) & 63]).join("");
    })
    .join("");
}

export function decodePoints(text: string): Point[] {
  const points: Point[] = [];
  for (const [group] of text.slice(0, 4 * MOST_DRAWN).matchAll(/[\w-]{4}/g)) {
    const bits = [...group].reduce((sum, digit) => sum * 64 + DIGITS.indexOf(digit), 0);
    const value = (steps: number): number => ((steps & STEPS) / STEPS) * 2 * REACH - REACH;
    points.push({ x: value(bits >> 11), y: value(bits >> 1), label: (bits & 1) as Label });
  }
  return points;
}

/** What differs from the defaults, as `set=spirals&layers=8tanh,4relu&...`; empty where nothing does. */
export function encode(settings: Settings): string {
  const words: string[] = [];
  const put = (key: keyof Settings, value: string | number, usual: string | number): void => {
    if (value !== usual) words.push(`${key}=${value}`);
  };
  const layersOf = ({ layers }: Settings): string => layers.map(({ units, activation }) => `${units}${activation}`).join(",");
  for (const key of ["set", "count", "noise", "dataSeed", "share"] as const) put(key, settings[key], DEFAULTS[key]);
  put("drawn", encodePoints(settings.drawn), "");
  put("features", settings.features.join(","), DEFAULTS.features.join(","));
  put("layers", layersOf(settings), layersOf(DEFAULTS));
  for (const key of ["seed", "optimizer", "learningRate", "batchSize", "penalty", "penaltyRate", "pace"] as const) put(key, settings[key], DEFAULTS[key]);
  return words.join("&");
}

/** Settings from an address; what is missing or makes no sense is as by default. */
export function decode(given: URLSearchParams): Settings {
  const oneOf = <T extends string | number>(key: keyof Settings, values: readonly T[]): T =>
    values.find((value) => String(value) === given.get(key)) ?? (DEFAULTS[key] as T);
  const within = (key: "count" | "noise" | "share"): number => {
    const [least, most, step] = RANGES[key];
    const value = Number.parseFloat(given.get(key) ?? "");
    // Twice rounded: to a step, and away what multiplying by it leaves.
    return Number.isFinite(value) ? Number(Math.min(most, Math.max(least, Math.round(value / step) * step)).toFixed(6)) : DEFAULTS[key];
  };
  const seed = (key: "seed" | "dataSeed"): number => {
    const value = Number.parseInt(given.get(key) ?? "", 10);
    return value >= 0 && value < 2 ** 31 ? value : DEFAULTS[key];
  };
  const drawn = decodePoints(given.get("drawn") ?? "");
  return {
    set: oneOf("set", [...SETS, "drawn"]),
    count: within("count"),
    noise: within("noise"),
    dataSeed: seed("dataSeed"),
    share: within("share"),
    drawn,
    features: featuresFrom(given.get("features")),
    layers: layersFrom(given.get("layers")),
    seed: seed("seed"),
    optimizer: oneOf("optimizer", OPTIMIZERS),
    learningRate: oneOf("learningRate", LEARNING_RATES),
    batchSize: oneOf("batchSize", BATCH_SIZES),
    penalty: oneOf("penalty", PENALTIES),
    penaltyRate: oneOf("penaltyRate", PENALTY_RATES),
    pace: oneOf("pace", PACES),
  };
}

function featuresFrom(text: string | null): readonly Feature[] {
  const names = text?.split(",") ?? [];
  const features = FEATURES.filter((feature) => names.includes(feature));
  return features.length > 0 ? features : DEFAULTS.features;
}

function layersFrom(text: string | null): readonly HiddenLayer[] {
  if (text === null) return DEFAULTS.layers;
  return text
    .split(",")
    .slice(0, MOST_LAYERS)
    .flatMap((word) => {
      const [, units, name] = /^([1-8])(\w+)$/.exec(word) ?? [];
      const activation = ACTIVATIONS.find((known) => known === name);
      return activation === undefined ? [] : [{ units: Number(units), activation }];
    });
}
