/**
 * @file Links modules that are imported on first use to what is loaded at once. Bundlers make a chunk of its own of what both import, which is loaded
 * at once, with a list of names on either side. So each file of such modules becomes a function whose arguments are what it
 * takes of the modules that are loaded at once, and who imports it calls that. Why, and what it costs: docs/decisions/0008.
 */
import { basename, posix, relative, resolve } from "node:path";
import { build } from "esbuild";
import ts from "typescript";
import { constants, withConstants } from "./constants.mjs";

const parse = (text) => ts.createSourceFile("module.ts", text, ts.ScriptTarget.ES2022, true);

/** Each `import("./path.js")`, wherever it is: begin, end, path. */
function dynamicImportsIn(text) {
  const found = [];
  const visit = (node) => {
    const [argument] = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments : [];
    if (argument && ts.isStringLiteral(argument) && argument.text.startsWith(".")) found.push([node.getStart(), node.getEnd(), argument.text]);
    else ts.forEachChild(node, visit);
  };
  if (text.includes("import(")) visit(parse(text));
  return found;
}

/** Replaces each by the text that `replacement` gives for the path. */
export const withImportsReplaced = (text, replacement) =>
  dynamicImportsIn(text).reduceRight((whole, [begin, end, path]) => whole.slice(0, begin) + replacement(path) + whole.slice(end), text);

/** What is imported, by way of other modules too, when these are. */
function reachedFrom(roots, inputs) {
  const reached = new Set(roots);
  for (const path of reached)
    for (const { kind, path: imported } of inputs[path].imports) if (kind === "import-statement" && imported in inputs) reached.add(imported);
  return reached;
}

/** Modules that are loaded at once, and the names that those have which code imports on first use. */
async function modulesOf(options, entries, others, twice) {
  const { metafile } = await build({ ...options, entryPoints: [...entries, ...others], metafile: true });
  const { inputs } = metafile;
  const atOnce = reachedFrom(entries, inputs);
  for (const path of twice) atOnce.delete(path);
  const imports = Object.values(inputs).flatMap((input) => input.imports);
  const targets = imports.filter(({ kind, path }) => kind === "dynamic-import" && path in inputs && !atOnce.has(path)).map(({ path }) => path);
  const later = reachedFrom(targets, inputs);
  const ofOthers = [...reachedFrom(others, inputs)].filter((path) => later.has(path) && !atOnce.has(path));
  check(atOnce, /^export let /m, "no module that is loaded at once to export what changes: it is taken once");
  check([...twice, ...ofOthers], /^(export )?(let |const [^=]+ = (\/\* @__PURE__ \*\/ )?new )/m, "modules that exist twice to have no state");
  const exportsOf = new Map(Object.values(metafile.outputs).map(({ entryPoint, exports }) => [entryPoint, exports]));
  return { atOnce, targets: new Map(targets.map((path) => [path, exportsOf.get(path)])) };
}

function check(modules, forbidden, expectation) {
  for (const path of modules) {
    const [found] = ts.sys.readFile(path).match(forbidden) ?? [];
    if (found) throw new Error(`link lazily: expected ${expectation}. Got '${found}' in ${path}.`);
  }
}

const KIT = "kit:";

/** Leaves out what is loaded at once: `import { error } from "kit:src/tensor/errors.ts"`. */
const withoutAtOnce = (root, atOnce) => ({
  name: "without what is loaded at once",
  setup: (build) =>
    build.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
      const module = relative(root, resolve(resolveDir, path.replace(/\.js$/, ".ts")));
      return kind === "import-statement" && atOnce.has(module) ? { path: KIT + module, external: true } : undefined;
    }),
});

const TOGETHER = "together:";

/** The entry that a module is a part of: itself, or the file that it is in with others. */
function entriesOf(together) {
  const names = new Map(Object.entries(together).flatMap(([name, modules]) => modules.map((module) => [module, TOGETHER + name])));
  return (module) => names.get(module) ?? module;
}

/** Modules that are one file, for who imports any of them. */
const inOneFile = (root, together, entryOf) => ({
  name: "in one file",
  setup: (build) => {
    const namespace = TOGETHER.slice(0, -1);
    build.onResolve({ filter: /^together:/ }, ({ path }) => ({ path: path.slice(TOGETHER.length), namespace }));
    build.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
      const module = relative(root, resolve(resolveDir, path.replace(/\.js$/, ".ts")));
      return kind === "dynamic-import" && entryOf(module) !== module ? { path: entryOf(module).slice(TOGETHER.length), namespace } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: together[path].map((module) => `export * from "./${module}";\n`).join(""),
      resolveDir: root,
    }));
  },
});

/** Gives files that esbuild names by a hash the name of the largest module in them, in a text that names files. */
export function withNames({ outputs }) {
  const names = new Map();
  for (const [path, { inputs, entryPoint }] of Object.entries(outputs)) {
    const [[largest]] = Object.entries(inputs)
      .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
      .concat([[""]]);
    if (!entryPoint) names.set(basename(path, ".js"), basename(largest, ".ts"));
  }
  return (text) => text.replace(/\bchunk-[A-Z0-9]{8}(?=\.js\b)/g, (chunk) => names.get(chunk) ?? chunk);
}

/** A file in parts: what it takes of modules that are loaded at once, and of other files, as [name there, name here]; what it gives; the rest. */
function partsOf(text) {
  const parts = { text, taken: [], files: new Map(), given: [], body: "" };
  for (const node of parse(text).statements) {
    const named = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : ts.isExportDeclaration(node) ? node.exportClause : undefined;
    const names = named?.elements?.map(({ name, propertyName }) => [(propertyName ?? name).text, name.text]);
    const from = node.moduleSpecifier?.text;
    if (names === undefined) {
      if (from !== undefined || node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
        throw new Error(`link lazily: cannot link ${node.getText()}`);
      parts.body += node.getFullText();
    } else if (from === undefined) parts.given.push(...names);
    else if (from.startsWith(KIT)) parts.taken.push(...names.map(([name, here]) => [`${name} ${from.slice(KIT.length)}`, here]));
    else parts.files.set(from, names);
  }
  return parts;
}

/** Leaves out files that merely hand on what another has, as esbuild makes them of a module that others share: they would be a turn of loading each. */
function withoutFacades(files) {
  const facades = new Map();
  for (const [file, { files: imported, given, body }] of files) {
    const [[other, names] = []] = imported;
    if (imported.size === 1 && body.trim() === "" && [...names, ...given].every(([there, here]) => there === here)) facades.set(file, other);
  }
  const realOf = (file) => facades.get(file) ?? file;
  const replaced = (text) => withImportsReplaced(text, (file) => `import("${realOf(file)}")`);
  const real = [...files]
    .filter(([file]) => !facades.has(file))
    .map(([file, parts]) => [file, { ...parts, body: replaced(parts.body), text: replaced(parts.text) }]);
  return Object.assign(new Map(real), { realOf });
}

const listOf = (names, as) => names.map(([there, here]) => (there === here ? here : there + as + here)).join(", ");

/** A file as a function. It runs once, whoever calls it first. */
function asFunction({ taken, files, given, body, kit }, kitOf) {
  const first = new Map([...taken].reverse());
  const names = kit.map((key, i) => first.get(key) ?? `kit$${i}`);
  const nameOf = new Map(kit.map((key, i) => [key, names[i]]));
  const call = (file) =>
    `(${kitOf(file)
      .map((key) => nameOf.get(key))
      .join(", ")})`;
  const rest = withImportsReplaced(body, (file) => loading(file, kitOf(file), call(file)));
  const imports = [...files].map(([file, imported], i) =>
    kitOf(file).length === 0
      ? { above: `import { ${listOf(imported, " as ")} } from "${file}";` }
      : { above: `import make$${i} from "${file}";`, within: `const { ${listOf(imported, ": ")} } = make$${i}${call(file)};` },
  );
  return [
    ...imports.map(({ above }) => above),
    "let made$;",
    `export default (${names.join(", ")}) => {`,
    "if (made$) return made$;",
    ...taken.filter(([key, here]) => here !== nameOf.get(key)).map(([key, here]) => `const ${here} = ${nameOf.get(key)};`),
    ...imports.flatMap(({ within }) => within ?? []),
    rest,
    `return made$ = { ${listOf(
      given.map(([here, there]) => [there, here]),
      ": ",
    )} };`,
    "};\n",
  ].join("\n");
}

/** Imports a file and calls its function; one that takes nothing is a module as any other. */
const loading = (file, kit, call) => (kit.length === 0 ? `import("${file}")` : `import("${file}").then((file) => file.default${call})`);

/** What each file takes, and all that it imports. */
function fillKits(files) {
  const importsOf = ({ files, body }) => [...files.keys(), ...dynamicImportsIn(body).map(([, , path]) => path)];
  for (const parts of files.values()) parts.kit = [...new Set(parts.taken.map(([key]) => key))];
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (const parts of files.values()) {
      const kit = new Set([...parts.kit, ...importsOf(parts).flatMap((file) => files.get(file).kit)]);
      isSettled &&= kit.size === parts.kit.length;
      parts.kit = [...kit];
    }
  }
  // What most take goes first: lists that begin alike are short when compressed.
  const takers = (key) => [...files.values()].filter(({ kit }) => kit.includes(key)).length;
  for (const parts of files.values()) parts.kit.sort((a, b) => takers(b) - takers(a) || (a < b ? -1 : 1));
}

/**
 * Writes what is imported on first use.
 * @param options of esbuild
 * @param entries modules that programs load at once
 * @param others those that are loaded at once only by who imports them: they have what they import of modules that are not loaded at once to themselves
 * @param twice modules that are loaded at once and once more with what is imported on first use: they have no state
 * @param together modules that are one file, by its name: a file more is a function more in what is loaded at once
 * @param finish last changes to the text of a file
 * @returns the files, and a plugin for the build of what is loaded at once
 */
export async function linkLazily(root, options, { entries, others, twice, together }, finish) {
  const { atOnce, targets } = await modulesOf(options, entries, others, twice);
  const entryOf = entriesOf(together);
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: [...new Set([...targets.keys()].map(entryOf))].map((entry) => ({ in: entry, out: basename(entry, ".ts").replace(TOGETHER, "") })),
    chunkNames: "[name]-[hash]",
    metafile: true,
    plugins: [inOneFile(root, together, entryOf), withoutAtOnce(root, atOnce), constants],
  });
  const files = withoutFacades(new Map(outputFiles.map(({ path, text }) => [`./${basename(path)}`, partsOf(finish(text))])));
  fillKits(files);
  const kitOf = (file) => files.get(file).kit;
  const outputs = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint);
  const fileOf = new Map(outputs.map(([path, { entryPoint }]) => [entryPoint, files.realOf(`./${basename(path)}`)]));
  const exportsOf = new Map(outputs.map(([, { entryPoint, exports }]) => [entryPoint, exports]));
  for (const [module, names] of targets)
    for (const name of names)
      if (!exportsOf.get(entryOf(module)).includes(name))
        throw new Error(`link lazily: expected one '${name}' in ${entryOf(module)}. Got several, one in ${module}.`);
  const named = withNames(metafile);
  const texts = [...files].map(([file, parts]) => [named(file), named(parts.kit.length === 0 ? parts.text : asFunction(parts, kitOf))]);
  return {
    texts,
    plugin: loaders(
      root,
      entryOf,
      (entry) => named(fileOf.get(entry)),
      (entry) => kitOf(fileOf.get(entry)),
    ),
  };
}

const CHUNK = "chunk:";
const loaderOf = (entry) => `load$${basename(entry, ".ts").replace(/\W/g, "$")}`;

/** In what is loaded at once, `import("./fit.js")` becomes the call of a function that imports the file and gives it what it takes. */
const loaders = (root, entryOf, fileOf, kitOf) => ({
  name: "loaders",
  setup: (build) => {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const loaded = [];
      const contents = withImportsReplaced(withConstants(path), (imported) => {
        const entry = entryOf(relative(root, resolve(path, "..", imported.replace(/\.js$/, ".ts"))));
        if (!loaded.includes(entry)) loaded.push(entry);
        return `load$${loaded.indexOf(entry)}()`;
      });
      return { contents: contents + loaded.map((entry, i) => `import { ${loaderOf(entry)} as load$${i} } from "load:${entry}";\n`).join(""), loader: "ts" };
    });
    build.onResolve({ filter: /^load:/ }, ({ path }) => ({ path: path.slice("load:".length), namespace: "load" }));
    build.onResolve({ filter: /^chunk:/ }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: "load" }, ({ path }) => {
      const kit = kitOf(path);
      const imports = kit.map((key, i) => `import { ${key.split(" ")[0]} as kit${i} } from "${resolve(root, key.split(" ")[1])}";\n`);
      const call = `(${kit.map((_, i) => `kit${i}`).join(", ")})`;
      return { contents: `${imports.join("")}export const ${loaderOf(path)} = () => ${loading(CHUNK + fileOf(path), kit, call)};\n`, resolveDir: root };
    });
  },
});

/** The addresses of files that are imported on first use, as they are from a file beside the folder `chunks` or in another. @param folder that of the text, from there */
export const withAddresses = (text, folder) =>
  text.replace(/"chunk:\.\/([^"]+)"/g, (_, file) => {
    const path = posix.relative(folder, `chunks/${file}`);
    return JSON.stringify(path.startsWith(".") ? path : `./${path}`);
  });
