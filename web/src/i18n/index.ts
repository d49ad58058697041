/** @file The page's languages: which one is shown, and how a part of the page gets its words in it. */
import { effect, signal } from "@preact/signals";

export type Language = "en" | "zh";

/** The type of a translation: the keys of the English words, each a text, or a function with the same arguments. */
export type Translation<Words> = { [Key in keyof Words]: Words[Key] extends string ? string : Words[Key] };

const stored = "engram.language";
const asked = new URLSearchParams(location.search).get("lang") ?? read() ?? navigator.language;

/** The language shown. */
export const language = signal<Language>(asked.startsWith("zh") ? "zh" : "en");

function read(): string | null {
  try {
    return localStorage.getItem(stored);
  } catch {
    // A page may be forbidden to store.
    return null;
  }
}

export function speak(chosen: Language): void {
  language.value = chosen;
  try {
    localStorage.setItem(stored, chosen);
  } catch {
    // Then the choice lasts as long as the page.
  }
}

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

/** The words of a part of the page: `const words = wordsOf({ en, zh })`, then `words().start`. Components that call it follow the language. */
export const wordsOf =
  <Words>(dictionaries: { en: Words; zh: Translation<Words> }): (() => Translation<Words>) =>
  () =>
    dictionaries[language.value] as Translation<Words>;

const formats = new Map<string, Intl.NumberFormat>();

/** A number as the language writes it, with `digits` after the point. */
export function number(value: number, digits = 0): string {
  const key = `${language.value} ${digits}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(language.value === "zh" ? "zh-CN" : "en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
    formats.set(key, format);
  }
  return format.format(value);
}
