/** @file Small pieces of SVG: text, elements, pictures beside each other. */
import { describe, error } from "../tensor/errors.js";

/** Colours of lines: told apart by the colour-blind too (Okabe and Ito, 2008), dark enough on white. */
export const lineColors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7a6000", "#56b4e9"] as const;
export const ink = "#1f2933";
export const faint = "#6b7785";
export const gridColor = "#e4e7eb";
export const right = "#00805c";
export const wrong = "#c81e1e";

/** Text that cannot end an element or an attribute. Characters that XML forbids are dropped. */
export const escapeXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** About how wide a text is in pixels: it cannot be measured here, and the widest of the usual fonts must fit. */
export const textWidth = (text: string, size: number): number => 0.62 * size * [...text].length;

/** The text, its end cut off where it is longer than `most` characters. */
export function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

/** A coordinate with at most two decimals: a tenth of a pixel cannot be seen. */
export const px = (value: number): string => String(Math.round(value * 100) / 100);

interface TextStyle {
  size?: number;
  color?: string;
  anchor?: "start" | "middle" | "end";
  weight?: number;
}

export function svgText(x: number, y: number, text: string, { size = 12, color = ink, anchor = "start", weight = 400 }: TextStyle = {}): string {
  const place = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  const bold = weight === 400 ? "" : ` font-weight="${weight}"`;
  return `<text x="${px(x)}" y="${px(y)}" font-size="${size}" fill="${color}"${place}${bold}>${escapeXml(text)}</text>`;
}

export const svgLine = (x1: number, y1: number, x2: number, y2: number, color: string): string =>
  `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" stroke="${color}"/>`;

/** A whole picture. It has a white ground: a page may be dark. */
export function svgPicture(width: number, height: number, body: string, title?: string): string {
  const label = title === undefined ? "" : `<title>${escapeXml(title)}</title>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif">${label}<rect width="100%" height="100%" fill="#ffffff"/>${body}</svg>\n`;
}

export interface ArrangeOptions {
  title?: string;
  /** A line below the title. */
  subtitle?: string;
  /** Pictures in a row; all by default. */
  columns?: number;
  /** Pixels between pictures and around them. */
  gap?: number;
}

/** Size of a picture made by this module. */
function sizeOfSvg(svg: string): { width: number; height: number } {
  const found = /^<svg [^>]*?width="([\d.]+)" height="([\d.]+)"/.exec(svg);
  if (found === null) throw error("arrangeSvg", "expected pictures that start with <svg ... width height>", describe(svg.slice(0, 40)));
  return { width: Number(found[1]), height: Number(found[2]) };
}

/**
 * One picture of several, in rows.
 * @example
 * ```ts
 * import { arrangeSvg, lineChartSvg } from "engram/draw";
 * const loss = lineChartSvg([{ name: "loss", values: [0.9, 0.4, 0.3] }], { width: 300 });
 * const both = arrangeSvg([loss, loss], { title: "Twice", gap: 10 });
 * assert.match(both, /^<svg [^>]*width="630"/);
 * ```
 */
export function arrangeSvg(pictures: readonly string[], { title, subtitle, columns = Math.max(1, pictures.length), gap = 16 }: ArrangeOptions = {}): string {
  let y = gap;
  let width = 0;
  let body = "";
  if (title !== undefined) {
    y += 18;
    body += svgText(gap + 4, y, title, { size: 18, weight: 600 });
  }
  if (subtitle !== undefined) {
    y += 20;
    body += svgText(gap + 4, y, subtitle, { size: 13, color: faint });
  }
  if (title !== undefined || subtitle !== undefined) y += gap;
  for (let start = 0; start < pictures.length; start += columns) {
    let x = gap;
    let rowHeight = 0;
    for (const picture of pictures.slice(start, start + columns)) {
      const size = sizeOfSvg(picture);
      body += picture.trim().replace("<svg ", `<svg x="${px(x)}" y="${px(y)}" `);
      x += size.width + gap;
      rowHeight = Math.max(rowHeight, size.height);
    }
    width = Math.max(width, x);
    y += rowHeight + gap;
  }
  return svgPicture(width, y, body, title);
}
