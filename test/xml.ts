/** @file A check that text is well-formed XML, as far as pictures use it. */
import { expect } from "vitest";

/** Throws unless every element that is opened is closed in order, and no character stands where XML forbids it. */
export function checkXml(svg: string): void {
  const open: string[] = [];
  for (const [tag, slash, name, attributes, alone] of svg.matchAll(/<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi)) {
    if (slash) expect(open.pop(), tag).toBe(name);
    else if (!alone) open.push(name as string);
    expect(attributes).not.toMatch(/NaN|Infinity|undefined/);
  }
  expect(open).toEqual([]);
  const text = svg.replace(/<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi, "");
  expect(text).not.toMatch(/[<>]|&(?!#\d+;)/);
}
