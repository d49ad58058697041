/**
 * @file Puts what a file of dist defines in the order of scripts/order.txt, in which like is near like: gzip writes what it has seen shortly before
 * in fewer bits, and nothing that is more than 32 kB away. scripts/find-order.mjs finds the order. Why: docs/decisions/0009.
 */
import { readFileSync } from "node:fs";
import ts from "typescript";

const isFunction = (node) => ts.isFunctionDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node);

/** What a statement defines, if it defines one thing: its name, and its value. */
export function definitionOf(node) {
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return { name: node.name.text, value: node };
  const [declaration, ...others] = ts.isVariableStatement(node) ? node.declarationList.declarations : [];
  return declaration && others.length === 0 && ts.isIdentifier(declaration.name)
    ? { name: declaration.name.text, value: declaration.initializer ?? declaration }
    : null;
}

/** Whether it names a property: `x.name`, `{ name: x }`, a member of a class, `{ name: x } = y`. */
function isProperty(node) {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  return ts.isBindingElement(parent)
    ? parent.propertyName === node
    : (ts.isPropertyAccessExpression(parent) || ts.isObjectLiteralElementLike(parent) || ts.isClassElement(parent)) && parent.name === node;
}

/** Names in a part of the program that are of these. Bundlers give no local variable the name of one of the file. */
function namesIn(node, known, names = new Set()) {
  if (ts.isIdentifier(node) && known.has(node.text) && !isProperty(node)) names.add(node.text);
  ts.forEachChild(node, (child) => void namesIn(child, known, names));
  return names;
}

/** The parts of a statement that run when it does: nothing of a function, of a class what it extends and its static members. */
function runningParts(node) {
  const value = definitionOf(node)?.value ?? node;
  if (isFunction(value)) return [];
  if (!ts.isClassLike(value)) return [value];
  const isStatic = (member) => ts.isClassStaticBlockDeclaration(member) || member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
  return [...(value.heritageClauses ?? []), ...value.members.filter((member) => ts.isPropertyDeclaration(member) || !member.name).filter(isStatic)];
}

/**
 * For each statement those that must come before it: functions that it may run, by way of others too, and of the rest what it may read and
 * follows in the text. A statement that defines nothing stays after all that it follows.
 */
export function precedentsOf(statements) {
  const definitions = statements.map(definitionOf);
  const indexOf = new Map(definitions.flatMap((definition, i) => (definition ? [[definition.name, i]] : [])));
  const namedBy = new Map(definitions.flatMap((definition, i) => (definition ? [[definition.name, namesIn(statements[i], indexOf)]] : [])));
  let nameless = null;
  return statements.map((statement, i) => {
    if (definitions[i] !== null && isFunction(definitions[i].value)) return [];
    const reached = new Set(runningParts(statement).flatMap((part) => [...namesIn(part, indexOf)]));
    for (const name of reached) for (const further of namedBy.get(name)) reached.add(further);
    const precedents = [...reached].map((name) => indexOf.get(name)).filter((j) => j < i || (j > i && isFunction(definitions[j].value)));
    if (nameless !== null) precedents.push(nameless);
    if (definitions[i] !== null) return precedents;
    nameless = i;
    return [...new Set([...precedents, ...statements.keys()].filter((j) => j < i || precedents.includes(j)))];
  });
}

/** The indices in their order, but each after its precedents. */
export function withPrecedents(order, precedents) {
  const placed = new Set();
  const place = (i) => {
    if (placed.has(i)) return;
    for (const precedent of precedents[i]) place(precedent);
    placed.add(i);
  };
  for (const i of order) place(i);
  return [...placed];
}

export const listed = new URL("order.txt", import.meta.url);

const names = readFileSync(listed, "utf8").split("\n");

/** The text with its definitions in the order of these names; what is not among them stays behind what it follows. */
export function ordered(text, order = names) {
  const ranks = new Map(order.map((name, i) => [name, i]));
  const { statements } = ts.createSourceFile("bundle.js", text, ts.ScriptTarget.ES2022, true);
  const isMoved = (statement) => !ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement);
  const moved = statements.filter(isMoved);
  let rank = -1;
  const rankOf = moved.map((statement) => (rank = ranks.get(definitionOf(statement)?.name) ?? rank));
  const places = withPrecedents(
    [...moved.keys()].sort((a, b) => rankOf[a] - rankOf[b] || a - b),
    precedentsOf(moved),
  );
  const textOf = (statement) => statement.getFullText();
  const [imports, exports] = [ts.isImportDeclaration, ts.isExportDeclaration].map((isKind) => statements.filter(isKind).map(textOf));
  return [...imports, ...places.map((i) => textOf(moved[i])), ...exports].join("");
}
