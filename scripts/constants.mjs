/** @file Writes numbers where modules name them: bundlers leave the names of those that other modules use, at some four bytes each. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { runInThisContext } from "node:vm";
import ts from "typescript";

/** Other names of numbers. */
const NUMBERS = new Map([
  ["Number.POSITIVE_INFINITY", "Infinity"],
  ["Number.NEGATIVE_INFINITY", "(-Infinity)"],
  ["Number.NaN", "NaN"],
]);

const isNumber = (node) =>
  ts.isNumericLiteral(node) ||
  (ts.isPrefixUnaryExpression(node) && isNumber(node.operand)) ||
  (ts.isBinaryExpression(node) && isNumber(node.left) && isNumber(node.right)) ||
  (ts.isParenthesizedExpression(node) && isNumber(node.expression));

/** `const SIZE = 1 << 4;` of a module. */
function constantsOf(source) {
  const lists = source.statements.filter(ts.isVariableStatement).map(({ declarationList }) => declarationList);
  const declarations = lists.filter(({ flags }) => flags & ts.NodeFlags.Const).flatMap((list) => list.declarations);
  const numbers = declarations.filter(({ initializer }) => initializer && isNumber(initializer));
  return numbers.map(({ name, initializer }) => ({
    name: name.text,
    initializer,
    value: ts.isNumericLiteral(initializer) ? initializer.text : `(${initializer.getText()})`,
    number: String(runInThisContext(initializer.getText())),
  }));
}

const parsed = new Map();
function moduleAt(path) {
  if (!parsed.has(path)) {
    const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
    parsed.set(path, { source, constants: constantsOf(source) });
  }
  return parsed.get(path);
}

/** The constants that a module's names mean, those that it imports included. */
function constantsIn(path) {
  const { source, constants } = moduleAt(path);
  const known = new Map(constants.map(({ name, value }) => [name, value]));
  for (const { importClause, moduleSpecifier } of source.statements.filter(ts.isImportDeclaration)) {
    const named = importClause?.namedBindings;
    if (!moduleSpecifier.text.startsWith(".") || !named || !ts.isNamedImports(named)) continue;
    const from = moduleAt(resolve(path, "..", moduleSpecifier.text.replace(/\.js$/, ".ts"))).constants;
    for (const { name, propertyName } of named.elements) {
      const constant = from.find((one) => one.name === (propertyName ?? name).text);
      if (constant) known.set(name.text, constant.value);
    }
  }
  return known;
}

/** Whether a name stands for its value, not for a property, a declaration or a type. */
function isValue(node) {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if ("initializer" in parent) return parent.initializer === node;
  return (ts.isExpression(parent) || ts.isStatement(parent) || ts.isTemplateSpan(parent) || ts.isCaseClause(parent)) && parent.name !== node;
}

/** Whether a name is declared in a function: it may hide the constant. */
function isInner({ parent }) {
  if (ts.isVariableDeclaration(parent)) return !ts.isSourceFile(parent.parent.parent.parent);
  return ts.isParameter(parent) || ts.isBindingElement(parent);
}

/** The text of a module with its constants written out. */
export function withConstants(path) {
  const { source, constants } = moduleAt(path);
  const known = constantsIn(path);
  // esbuild does not drop what computes, whether it is used or not.
  const edits = constants.map(({ initializer, number }) => [initializer, number]);
  const visit = (node) => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    if (ts.isPropertyAccessExpression(node) && NUMBERS.has(node.getText())) edits.push([node, NUMBERS.get(node.getText())]);
    if (ts.isIdentifier(node) && known.has(node.text)) {
      if (isValue(node)) edits.push([node, ts.isShorthandPropertyAssignment(node.parent) ? `${node.text}: ${known.get(node.text)}` : known.get(node.text)]);
      else if (isInner(node)) throw new Error(`constants: expected one '${node.text}' in ${path}. Got another in a function.`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  edits.sort(([a], [b]) => b.pos - a.pos);
  return edits.reduce((text, [node, replacement]) => text.slice(0, node.getStart()) + replacement + text.slice(node.end), source.text);
}

/** Does so in a build. */
export const constants = {
  name: "constants",
  setup: (build) => build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({ contents: withConstants(path), loader: "ts" })),
};
