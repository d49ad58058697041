/**
 * @file Makes one file of what programs load at once. esbuild makes a file for each set of entries that share modules; in one file like definitions
 * can stand together (scripts/order.mjs), and Node reads four files of engram instead of nine. Bundlers still drop what a program does not use.
 */
import { dirname, posix, relative, resolve } from "node:path";
import { build } from "esbuild";

const IMPORT = /^import \{([^}]*)\} from "(\.[^"]+)";$/gm;

const renamed = (name, as) => (name === as ? name : `${name} as ${as}`);

/** Files that others share, of those that these reach. */
function sharedBy(entries, outputs) {
  const reached = new Set(entries);
  for (const path of reached)
    for (const { path: imported, kind } of outputs[path].imports) if (kind === "import-statement" && imported in outputs) reached.add(imported);
  return [...reached].filter((path) => !outputs[path].entryPoint);
}

/** What each file exports, by a name that is one file's only: [file, its name] as text, and that name. */
function namesOf(files, outputs) {
  const takenBy = new Map();
  for (const file of files) for (const name of outputs[file].exports) takenBy.set(name, (takenBy.get(name) ?? 0) + 1);
  return new Map(files.flatMap((file, i) => outputs[file].exports.map((name) => [`${file} ${name}`, takenBy.get(name) === 1 ? name : `${name}$${i}`])));
}

/** Has esbuild read files of an earlier build: "memory:path", and what these import. */
const memory = (texts) => ({
  name: "memory",
  setup: (build) => {
    build.onResolve({ filter: /^memory:/ }, ({ path }) => ({ path: path.slice("memory:".length), namespace: "memory" }));
    build.onResolve({ filter: /^\./ }, ({ path, importer }) => ({ path: posix.join(dirname(importer), path), namespace: "memory" }));
    build.onLoad({ filter: /.*/, namespace: "memory" }, ({ path }) => ({ contents: texts.get(path) }));
  },
});

/** A file that imports from the one what it imported from those that the one is made of. `nameOf(file, name)` is its name there, undefined for other files. */
const linked = (file, text, one, nameOf) =>
  text.replace(IMPORT, (whole, list, from) => {
    const source = posix.join(dirname(file), from);
    const taken = [...list.matchAll(/([\w$]+)(?: as ([\w$]+))?/g)].map(([, name, as = name]) => [nameOf(source, name), as]);
    if (taken.some(([name]) => name === undefined)) return whole;
    const here = posix.relative(dirname(file), one);
    return `import { ${taken.map(([name, as]) => renamed(name, as)).join(", ")} } from "${here.startsWith(".") ? here : `./${here}`}";`;
  });

/**
 * @param options of esbuild that the files were made with
 * @param files what it made
 * @param entries those whose shared files become one
 * @param one path of that one
 * @returns the files: [path, text]
 */
export async function withOneFile(options, { outputFiles, metafile: { outputs } }, entries, one) {
  const root = options.absWorkingDir;
  const shared = sharedBy(entries, outputs);
  const names = namesOf(shared, outputs);
  const nameOf = (file, name) => names.get(`${file} ${name}`);
  const texts = new Map(outputFiles.map(({ path, text }) => [relative(root, path), text]));
  const contents = shared.map(
    (file) => `export { ${outputs[file].exports.map((name) => renamed(name, nameOf(file, name))).join(", ")} } from "memory:${file}";\n`,
  );
  const external = ["chunk:*", ...options.external];
  const {
    outputFiles: [{ text }],
  } = await build({ ...options, splitting: false, external, stdin: { contents: contents.join("") }, plugins: [memory(texts)] });
  const others = [...texts].filter(([file]) => !shared.includes(file));
  return [[one, text], ...others.map(([file, text]) => [file, linked(file, text, one, nameOf)])].map(([file, text]) => [resolve(root, file), text]);
}
