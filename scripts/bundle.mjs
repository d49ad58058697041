/**
 * @file Puts the modules of each entry point into few files: a program that imports engram reads a handful of files instead of two
 * hundred, which starts it 40 ms sooner in Node. What is imported when it is first used stays apart; bundlers still drop what a program does not use.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import ts from "typescript";
import { linkLazily, withAddresses, withImportsReplaced, withNames } from "./link-lazily.mjs";
import { withoutSpreads, withPlainNamespaces } from "./namespaces.mjs";
import { withOneFile } from "./one-file.mjs";
import { ordered } from "./order.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Whether something runs when a value is made that bundlers do not know to be droppable: a call without a mark, or a spread, which calls getters. */
function runs(node) {
  if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
  const isCall = ts.isCallExpression(node) || ts.isNewExpression(node);
  if (isCall && !node.getFullText().trimStart().startsWith("/* @__PURE__ */")) return true;
  return ts.isSpreadAssignment(node) || ts.isSpreadElement(node) || ts.forEachChild(node, runs);
}

/**
 * Bundlers drop a module that does nothing but define things as a whole, but of a file of many modules they keep each value that is made by
 * a call or a spread. Here these are made in a function that is marked as droppable, as all of them are (package.json, sideEffects).
 */
function droppable(text) {
  const source = ts.createSourceFile("bundle.js", text, ts.ScriptTarget.ES2022, true);
  const values = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations.map(({ initializer }) => initializer))
    .filter((value) => value !== undefined && runs(value));
  return values.reduceRight((whole, value) => {
    const [begin, end] = [value.getFullStart(), value.getEnd()];
    return `${whole.slice(0, begin)} /* @__PURE__ */ (() => (${whole.slice(begin, end)}))()${whole.slice(end)}`;
  }, text);
}

/** Declarations of fields that the constructor sets in any case, such as those of its parameters with an access modifier: they would be made twice. */
function repeatedFields(node) {
  const below = [];
  ts.forEachChild(node, (child) => void below.push(...repeatedFields(child)));
  if (!ts.isClassLike(node)) return below;
  const body = node.members.find(ts.isConstructorDeclaration)?.body?.statements ?? [];
  const set = new Set(body.map((statement) => /^this\.(\w+) = /.exec(statement.getText())?.[1]));
  return [
    ...below,
    ...node.members.filter((member) => ts.isPropertyDeclaration(member) && !member.initializer && !member.modifiers && set.has(member.name.getText())),
  ];
}

function withoutRepeatedFields(text) {
  const fields = repeatedFields(ts.createSourceFile("bundle.js", text, ts.ScriptTarget.ES2022, true)).sort((a, b) => b.pos - a.pos);
  return fields.reduce((whole, { pos, end }) => whole.slice(0, pos) + whole.slice(end), text);
}

/** Whether a function's own `this`, `arguments` or `new.target` is meant anywhere in it. */
function isBound(node) {
  if (node.kind === ts.SyntaxKind.ThisKeyword || ts.isMetaProperty(node) || (ts.isIdentifier(node) && node.text === "arguments")) return true;
  return !ts.isFunctionDeclaration(node) && !ts.isFunctionExpression(node) && !ts.isClassLike(node) && Boolean(ts.forEachChild(node, isBound));
}

/** Functions as arrows, which minifiers write shorter: `f = (x) => y` instead of `function f(x) { return y }`. They must come before what runs them. */
function withArrows(text) {
  const source = ts.createSourceFile("bundle.js", text, ts.ScriptTarget.ES2022, true);
  const canBeArrow = (node) => ts.isFunctionDeclaration(node) && !node.asteriskToken && !ts.forEachChild(node.body, isBound);
  const arrowOf = (node) => {
    const isAsync = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
    const parameters = text.slice(node.parameters.pos, node.parameters.end);
    return `\nvar ${node.name.text} = ${isAsync ? "async " : ""}(${parameters}) => ${node.body.getText()};`;
  };
  return source.statements.map((node) => (canBeArrow(node) ? arrowOf(node) : node.getFullText())).join("");
}

/**
 * Leaves `export * as layers` as it is, of an entry point: bundlers then ship the layers that a program names, not the object of all. And the
 * library that a trainer gives to modules of one's own: it is the other entry point.
 */
const namespaces = {
  name: "namespaces",
  setup: (build) =>
    build.onResolve({ filter: /^\.\/(nn\/layers\/)?index\.js$/ }, ({ path, importer }) =>
      /\/src\/(index|trainer)\.ts$/.test(importer) ? { path, external: true } : undefined,
    ),
};

/** Chunks do nothing when they are loaded: who takes nothing of one needs not import it. */
const withoutBareImports = (text) => text.replace(/^import "[^"]+";\n/gm, "");

/** What engram/worker is: the text that workers are otherwise made from. */
export async function workerText() {
  const { outputFiles } = await build({ absWorkingDir: root, entryPoints: ["src/wasm/workerSource.ts"], format: "esm", write: false });
  const { webSource } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  return webSource;
}

/** Leaves out of a trainer what its page gives it or does: the kernels, what is shown, what starts trainers. */
const ofThePage = {
  name: "of the page",
  setup: (build) => {
    build.onResolve({ filter: /\/(core\.(strict|relaxed)|remote|view|draw\/\w+)\.js$/ }, ({ path }) => ({ path, namespace: "page" }));
    build.onLoad({ filter: /.*/, namespace: "page" }, () => ({ contents: "export default null;" }));
  },
};

/** In one file nothing is imported on first use: its modules do nothing when they are loaded. */
const atOnce = {
  name: "at once",
  setup: (build) =>
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const modules = [];
      const text = withImportsReplaced(readFileSync(path, "utf8"), (module) => `Promise.resolve(module$${modules.push(module)})`);
      return { contents: text + modules.map((module, i) => `\nimport * as module$${i + 1} from "${module}";`).join(""), loader: "ts" };
    }),
};

/** What dist/trainer.worker.js is: `engram/trainer` in one file, which needs no other beside it. */
export async function trainerText() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["src/trainer.ts"],
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    external: ["node:*"],
    plugins: [ofThePage, atOnce],
    minify: true,
    write: false,
    logLevel: "error",
  });
  // What is imported here is found when it runs: minifying has dropped the marks that say so to bundlers.
  const text = outputFiles[0].text.replace(/\bimport\(/g, "import(/* @vite-ignore */ /* webpackIgnore: true */ ");
  // It exports nothing, but is a module.
  return `${text}export {};\n`;
}

/** Entries whose modules programs load at once only where they import these themselves. */
const APART = ["draw/index", "trainer"];

/** Modules without state that few programs use at once, but much of what is imported on first use: each side has its own. */
const TWICE = ["src/io/info.ts"];

/** Modules that are one file, as programs that need one of them mostly need another. */
const TOGETHER = {
  datasets: ["src/data/passes.ts", "src/data/table.ts", "src/train/datasetSource.ts", "src/train/evaluateDataset.ts"],
  files: ["src/io/artifacts.ts", "src/io/manage.ts", "src/io/openers.ts"],
  mnist: ["src/io/idxFile.ts", "src/io/mnistFiles.ts"],
  pictures: ["src/draw/history.ts", "src/draw/modelPicture.ts"],
};

/** The text of the WebAssembly is a file, which comes before all else: in the midst of a bundle it would part what is alike, further than gzip looks back. */
const STRICT = "core.strict";

const textApart = {
  name: "text apart",
  setup: (build) => build.onResolve({ filter: /\/core\.strict\.js$/ }, () => ({ path: `chunk:./${STRICT}.js`, external: true })),
};

function withTextFirst(text) {
  const [imported = ""] = /^import \w+ from "chunk:.*;\n/m.exec(text) ?? [];
  return imported + text.replace(imported, "");
}

/** Writes the package's files, those that package.json's exports name and what they share, to a folder. */
export async function bundle(outdir) {
  const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  /** "./dist/draw/index.js" is made of src/draw/index.ts. */
  const names = Object.values(exports).flatMap((entry) => entry.default?.replace(/^\.\/dist\/|\.js$/g, "") ?? []);
  const options = {
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    splitting: true,
    platform: "neutral",
    target: "es2022",
    external: ["node:*"],
    outdir,
    write: false,
    logLevel: "error",
  };
  const finish = (text) => ordered(withArrows(droppable(withoutRepeatedFields(withPlainNamespaces(withTextFirst(withoutBareImports(text)))))));
  const entries = names.map((name) => [name, `src/${name}.ts`]);
  const pathsOf = (isApart) => entries.flatMap(([name, path]) => (APART.includes(name) === isApart ? path : []));
  const lazy = await linkLazily(root, options, { entries: pathsOf(false), others: pathsOf(true), twice: TWICE, together: TOGETHER }, finish);
  const files = await build({
    ...options,
    metafile: true,
    entryPoints: Object.fromEntries(entries),
    chunkNames: "chunks/[name]-[hash]",
    plugins: [namespaces, textApart, withoutSpreads(root, options, "src/methods.ts"), lazy.plugin],
  });
  const folder = resolve(root, outdir);
  const written = new Set();
  const write = (path, text) => {
    if (written.has(path)) throw new Error(`bundle: expected files of different names. Got two '${path}'.`);
    written.add(path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const named = withNames(files.metafile);
  const whole = Object.keys(files.metafile.outputs).filter((path) => pathsOf(false).includes(files.metafile.outputs[path].entryPoint));
  for (const [path, text] of await withOneFile(options, files, whole, `${outdir}/chunks/engram.js`))
    write(named(path), withAddresses(named(finish(text)), relative(folder, dirname(path))));
  const [strict] = (await build({ ...options, entryPoints: [`src/wasm/embedded/${STRICT}.ts`] })).outputFiles;
  write(`${folder}/chunks/${STRICT}.js`, strict.text);
  for (const [name, text] of lazy.texts) write(resolve(folder, "chunks", name), text);
  writeFileSync(`${outdir}/worker.js`, await workerText());
  writeFileSync(`${outdir}/worker.d.ts`, "export {};\n");
  writeFileSync(`${outdir}/trainer.worker.js`, await trainerText());
  writeFileSync(`${outdir}/trainer.worker.d.ts`, "export {};\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle("dist");
