/** @file Light, dark, or as the system has it; and the colours of styles.css for what is drawn on canvases. */
import { computed, effect, signal } from "@preact/signals";

export type Theme = "light" | "dark" | "system";

const stored = "engram.theme";
const names: readonly string[] = ["light", "dark", "system"];

function initial(): Theme {
  let chosen = new URLSearchParams(location.search).get("theme");
  try {
    chosen ??= localStorage.getItem(stored);
  } catch {
    // A page may be forbidden to store.
  }
  return chosen !== null && names.includes(chosen) ? (chosen as Theme) : "system";
}

/** What the visitor has chosen. */
export const theme = signal<Theme>(initial());

const query = matchMedia("(prefers-color-scheme: dark)");
const isSystemDark = signal(query.matches);
query.addEventListener("change", ({ matches }) => {
  isSystemDark.value = matches;
});

/** Whether the page is dark now: what draws on a canvas reads it, so that it draws again when it changes. */
export const isDark = computed(() => (theme.value === "system" ? isSystemDark.value : theme.value === "dark"));

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  try {
    localStorage.setItem(stored, chosen);
  } catch {
    // Then the choice lasts as long as the page.
  }
}

const colors = new Map<string, string>();

effect(() => {
  document.documentElement.dataset.theme = isDark.value ? "dark" : "light";
  colors.clear();
});

/** The names of the colours in styles.css, without the dashes. */
export type ColorName =
  | "paper"
  | "panel"
  | "sunken"
  | "line"
  | "grid"
  | "ink"
  | "soft"
  | "accent"
  | "second"
  | "third"
  | "good"
  | "bad"
  | "negative"
  | "neutral"
  | "positive";

/** A colour of the theme as canvases take it: `rgb(...)`. */
export function color(name: ColorName): string {
  let known = colors.get(name);
  if (known === undefined) {
    const probe = document.body.appendChild(document.createElement("span"));
    probe.style.color = `var(--${name})`;
    known = getComputedStyle(probe).color;
    probe.remove();
    colors.set(name, known);
  }
  return known;
}

/** Red, green and blue of a colour of the theme, from 0 to 255. */
export function rgb(name: ColorName): [number, number, number] {
  const parts = color(name).match(/[\d.]+/g) ?? [];
  return [Number(parts[0]), Number(parts[1]), Number(parts[2])];
}

/** Whether things should stay where they are instead of gliding. */
export const isMotionReduced = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
