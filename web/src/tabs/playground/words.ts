/** @file The playground's words, and how it writes numbers. */
import { number, wordsOf } from "../../i18n/index.js";
import { en } from "./en.js";
import { type Feature, FORMULAS } from "./features.js";
import type { Connection, Neuron } from "./pass.js";
import type { Label } from "./points.js";
import type { Settings } from "./settings.js";
import { zh } from "./zh.js";

export const words = wordsOf({ en, zh });

/** A number with a proper minus sign; a dash for none. */
export const digits = (value: number, count = 3): string => (Number.isFinite(value) ? number(value, count).replace("-", "−") : "–");

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A number with three digits after the point; one that these would make 0 as a multiple of a power of ten. */
export function quantity(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) >= 0.0005 || !Number.isFinite(value)) return digits(value);
  const [mantissa, exponent] = value.toExponential(1).split("e-") as [string, string];
  return `${mantissa.replace("-", "−")}×10⁻${[...exponent].map((digit) => SUPERSCRIPTS[Number(digit)]).join("")}`;
}

/** A share in percent. */
export const percent = (value: number): string => (Number.isFinite(value) ? `${number(100 * value, value === 1 ? 0 : 1)} %` : "–");

export const colorWord = (label: Label | number): string => (label === 1 ? words().blueName : words().orangeName);

export function neuronName({ layer, unit }: Neuron, { features, layers }: Settings): string {
  const w = words();
  if (layer === 0) return w.input(FORMULAS[features[unit] as Feature]);
  return layer > layers.length ? w.output : w.neuron(layer, unit + 1);
}

export const connectionName = ({ layer, from, to }: Connection, settings: Settings): string =>
  words().connection(neuronName({ layer: layer - 1, unit: from }, settings), neuronName({ layer, unit: to }, settings));

/** The network in one sentence. */
export function networkSummary({ features, layers }: Settings): string {
  const w = words();
  const sizes = [features.length, ...layers.map(({ units }) => units), 1];
  const weights = sizes.slice(1).reduce((sum, size, i) => sum + size * ((sizes[i] as number) + 1), 0);
  const parts = [w.inputsCount(features.length), ...layers.map(({ units, activation }) => w.hiddenCount(units, activation)), w.outputCount];
  return w.summary(parts.join(" → "), weights);
}
