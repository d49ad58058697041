/** @file Comma-separated text as rows of fields (RFC 4180): quotes, doubled quotes, line breaks within quotes. */
import { describe, error } from "../tensor/errors.js";

/** One row, and the line of the text that it begins on. */
export interface CsvRow {
  fields: string[];
  line: number;
}

/**
 * The rows of a text; empty lines are left out.
 * @param delimiter one character
 * @param where the file, for error messages
 * @throws when a quote is not closed, or a field goes on after its closing quote
 */
export function* csvRows(text: string, delimiter: string, where: string): Generator<CsvRow> {
  if (delimiter.length !== 1) throw error("csv", "delimiter must be one character", describe(delimiter));
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  const fail = (column: number, expected: string, received: string): Error => error("csv", `${where}, line ${line}, column ${column}: ${expected}`, received);
  while (at < text.length) {
    const row: CsvRow = { fields: [], line };
    const start = at;
    for (;;) {
      if (text[at] === '"') {
        const opened = line;
        const column = row.fields.length + 1;
        let value = "";
        for (at++; ; at++) {
          if (at >= text.length) {
            line = opened;
            throw fail(column, "expected a closing quote", "the end of the text");
          }
          if (text[at] === '"') {
            if (text[at + 1] !== '"') break;
            at++;
          } else if (text[at] === "\n") line++;
          value += text[at];
        }
        at++;
        const next = text[at];
        if (next !== undefined && next !== delimiter && next !== "\n" && next !== "\r")
          throw fail(column, "expected nothing after the closing quote", `'${next}'`);
        row.fields.push(value);
      } else {
        let end = at;
        while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end++;
        row.fields.push(text.slice(at, end));
        at = end;
      }
      if (text[at] !== delimiter) break;
      at++;
    }
    const isEmpty = at === start;
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    if (!isEmpty) yield row;
    line++;
  }
}
