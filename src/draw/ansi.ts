/** @file Colours in a terminal. */

/** Bits of colour: 24, 8 (256 colours), 4 (16 colours), or 0 for plain text. */
export type ColorDepth = number;

/** Codes of foreground colours that are readable on dark and light ground. */
export const ansi = { red: "31", green: "32", yellow: "33", blue: "34", magenta: "35", cyan: "36", bold: "1", dim: "2" } as const;

/** The text in a colour or style; as it is when there are no colours. */
export const paint = (text: string, style: keyof typeof ansi, depth: ColorDepth): string =>
  depth > 0 && text !== "" ? `\x1b[${ansi[style]}m${text}\x1b[0m` : text;

/** Colours of lines in their order. */
export const lineStyles = ["cyan", "yellow", "green", "magenta", "blue", "red"] as const;

/** The code of a grey from 0 to 1 as foreground or background. */
export function grey(value: number, ground: "fore" | "back", depth: ColorDepth): string {
  const layer = ground === "fore" ? 38 : 48;
  const share = Math.min(1, Math.max(0, value));
  if (depth >= 24) {
    const level = Math.round(share * 255);
    return `${layer};2;${level};${level};${level}`;
  }
  // 24 greys from 232 (nearly black) to 255 (nearly white); black and white themselves are 16 and 231.
  const index = share === 0 ? 16 : share === 1 ? 231 : 232 + Math.min(23, Math.floor(share * 24));
  return `${layer};5;${index}`;
}

/** Characters that a text takes in a terminal, without its colour codes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts a colour code
export const visibleLength = (text: string): number => [...text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, "")].length;

/** The text, colour codes kept, with its end cut off where it takes more than `columns` characters. */
export function cutVisible(text: string, columns: number): string {
  if (visibleLength(text) <= columns) return text;
  let room = columns - 1;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  const kept = text.match(/\x1b\[[0-9;]*[A-Za-z]|./gsu)?.map((part) => (part.startsWith("\x1b") || room-- > 0 ? part : "")) ?? [];
  return columns < 1 ? "" : `${kept.join("")}…`;
}
