/** @file Colours of values: from orange over nothing to blue, as tables from which pixels are painted. */
import { type ColorName, isDark, rgb } from "../../theme.js";

/** Entries of a table. */
const ENTRIES = 256;

/** Colours from -1 to 1 as pixels of an ImageData, and how strong they are at the ends. */
function ramp(strength: number): Uint32Array {
  const [low, middle, high] = [rgb("negative"), rgb("neutral"), rgb("positive")];
  const bytes = new Uint8Array(4 * ENTRIES);
  for (let i = 0; i < ENTRIES; i++) {
    const value = (2 * i) / (ENTRIES - 1) - 1;
    const end = value < 0 ? low : high;
    const share = strength * Math.abs(value) ** 0.8;
    for (let channel = 0; channel < 3; channel++) {
      const from = middle[channel] as number;
      bytes[4 * i + channel] = Math.round(from + share * ((end[channel] as number) - from));
    }
    bytes[4 * i + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}

export interface Palette {
  /** Behind points, which must be seen on it. */
  readonly surface: Uint32Array;
  /** Of a neuron's map. */
  readonly map: Uint32Array;
}

let made: { isDark: boolean; palette: Palette } | null = null;

/** The tables of the theme. */
export function palette(): Palette {
  if (made?.isDark !== isDark.value) made = { isDark: isDark.value, palette: { surface: ramp(isDark.value ? 0.62 : 0.58), map: ramp(0.95) } };
  return made.palette;
}

/** Place in a table of a value from -1 to 1. */
export const entryOf = (value: number): number => {
  const index = Math.round(((value + 1) / 2) * (ENTRIES - 1));
  return index > 0 ? Math.min(index, ENTRIES - 1) : 0;
};

/** The colour of a class, or of a number's sign. */
export const colorOfSign = (value: number): ColorName => (value < 0 ? "negative" : "positive");
/** The same for gradients, which have colours of their own. */
export const colorOfGradient = (value: number): ColorName => (value < 0 ? "third" : "good");
