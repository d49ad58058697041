/** @file Writes functions and objects that one place of a file takes into that place: bundlers leave each a name. */
import ts from "typescript";
import { definitionOf, isProperty } from "./order.mjs";

/** Longer ones stand better where like is near like (scripts/order.mjs). */
const LONGEST = 300;

const isShort = (node) => (ts.isArrowFunction(node) || ts.isObjectLiteralExpression(node)) && node.getText().length <= LONGEST;

/** Whether code runs when it is called or when an object is made, not when the file is loaded. */
const isLater = (node) => ts.isFunctionLike(node) || (ts.isPropertyDeclaration(node) && !node.modifiers);

/** Where a file names these, as [node, whether it runs later]. */
function usesOf(names, source) {
  const uses = new Map([...names].map((name) => [name, []]));
  const visit = (node, later) => {
    if (ts.isIdentifier(node) && names.has(node.text) && !isProperty(node)) uses.get(node.text).push([node, later]);
    ts.forEachChild(node, (child) => visit(child, later || isLater(child)));
  };
  visit(source, false);
  return uses;
}

/** The text with such definitions where they are taken when it is loaded: what a function takes would be made with each call. */
export function inlined(text) {
  const source = ts.createSourceFile("bundle.js", text, ts.ScriptTarget.ES2022, true);
  const definitions = source.statements
    .filter(ts.isVariableStatement)
    .map((statement) => ({ statement, ...definitionOf(statement) }))
    .filter(({ value }) => value && isShort(value));
  const uses = usesOf(new Set(definitions.map(({ name }) => name)), source);
  const moved = definitions.flatMap(({ name, statement, value }) => {
    // The first is its definition.
    const [, [use, isLate] = [], ...others] = uses.get(name);
    return !use || isLate || others.length > 0 || use.pos < value.end || ts.isExportSpecifier(use.parent) ? [] : { statement, value, use };
  });
  if (moved.length === 0) return text;
  const edits = moved
    // One that another takes that is moved itself comes next time.
    .filter(({ use }) => !moved.some(({ statement: { pos, end } }) => pos <= use.pos && use.end <= end))
    .flatMap(({ statement, value, use }) => [
      { begin: statement.getStart(), end: statement.end, replacement: "" },
      { begin: use.getStart(), end: use.end, replacement: `${ts.isShorthandPropertyAssignment(use.parent) ? `${use.text}: ` : ""}(${value.getText()})` },
    ]);
  edits.sort((a, b) => b.begin - a.begin);
  return inlined(edits.reduce((whole, { begin, end, replacement }) => whole.slice(0, begin) + replacement + whole.slice(end), text));
}
