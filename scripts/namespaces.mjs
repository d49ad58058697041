/**
 * @file Namespaces (`import * as math`) in dist. Of one that is used as a value bundlers make an object of getters, before what they
 * return; here it is an object of the values, or part of the one that it is spread into.
 */
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { build } from "esbuild";
import ts from "typescript";

const sourceOf = (text) => ts.createSourceFile("module.ts", text, ts.ScriptTarget.ES2022, true);

/** Each `...math` where math is a namespace: the node and its module. */
function spreadsIn(text) {
  const source = sourceOf(text);
  const modules = new Map();
  for (const node of source.statements.filter(ts.isImportDeclaration)) {
    const named = node.importClause?.namedBindings;
    if (named && ts.isNamespaceImport(named)) modules.set(named.name.text, node.moduleSpecifier.text);
  }
  const found = [];
  const visit = (node) => {
    if (ts.isSpreadAssignment(node) && modules.has(node.expression.getText())) found.push([node, modules.get(node.expression.getText())]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Writes `abs: math.abs, ...` in place of `...math` in a module: bundlers need no object then. */
export const withoutSpreads = (root, options, path) => ({
  name: "without spreads",
  setup: ({ onLoad }) =>
    onLoad({ filter: new RegExp(`/${path}$`) }, async ({ path }) => {
      const text = readFileSync(path, "utf8");
      const moduleOf = (specifier) => relative(root, resolve(path, "..", specifier.replace(/\.js$/, ".ts")));
      const spreads = spreadsIn(text);
      const entryPoints = spreads.map(([, specifier]) => moduleOf(specifier));
      const { metafile } = await build({ ...options, entryPoints, metafile: true });
      const namesOf = new Map(Object.values(metafile.outputs).map(({ entryPoint, exports }) => [entryPoint, exports]));
      const contents = spreads.reduceRight((whole, [node, specifier]) => {
        const values = namesOf.get(moduleOf(specifier)).map((name) => `${name}: ${node.expression.getText()}.${name}`);
        return whole.slice(0, node.getStart()) + values.join(", ") + whole.slice(node.end);
      }, text);
      return { contents, loader: "ts" };
    }),
});

/** Namespaces as objects, at the end of their file: esbuild makes them of getters, since it makes them before what they hold. */
export function withPlainNamespaces(text) {
  const objects = new Map();
  const rest = text
    .replace(/^var __defProp = .*?^\};\n|^ {2}__export,\n/gms, "")
    .replace(/^var (\w+) = \{\};\n__export\(\1, (.*?)\);\n/gms, (_, name, getters) => {
      objects.set(name, getters.replaceAll("() => ", ""));
      return "";
    });
  const [code, exports = ""] = rest.split(/^(?=export \{)/m);
  for (const name of objects.keys()) if (new RegExp(`\\b${name}\\b`).test(code)) throw new Error(`bundle: expected '${name}' to be used by other files only.`);
  return code + [...objects].map(([name, object]) => `var ${name} = ${object};\n`).join("") + exports;
}
