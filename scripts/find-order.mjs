/**
 * @file Finds the order of definitions (scripts/order.txt) in which all of engram, bundled and minified, is smallest in gzip: moves definitions to where
 * some like them are, and keeps what is no worse. `npm run order -- 300` goes on from the present order for so many seconds.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import ts from "typescript";
import { bundle } from "./bundle.mjs";
import { definitionOf, listed, precedentsOf, withPrecedents } from "./order.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = "build/order";

const parse = (text) => [...ts.createSourceFile("bundle.js", text, ts.ScriptTarget.ES2022, true).statements];

/** All of engram as a bundler ships it, what is imported on first use apart. */
async function program(minify) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: { contents: 'export * from "./dist/index.js";', resolveDir: folder },
    bundle: true,
    minify,
    format: "esm",
    target: "es2022",
    splitting: true,
    outdir: folder,
    external: ["node:*"],
    write: false,
  });
  return outputFiles.find(({ path }) => path.endsWith("stdin.js")).text;
}

/** Each definition by itself: minifiers put many into one statement. */
const definitionsIn = (text) =>
  parse(text).flatMap((node) => (ts.isVariableStatement(node) ? node.declarationList.declarations.map((d) => `var ${d.getText()};`) : [node.getText()]));

/** The file of dist that each statement of a bundle is from. */
function filesOf(statements) {
  let file = "";
  return statements.map((statement) => {
    for (const [, path] of statement.getFullText().matchAll(/^\/\/ build\/order\/dist\/(\S+)$/gm)) file = path;
    return file;
  });
}

/** A bundler gives another name to what several files define. */
function nameIn(file, name) {
  const isDefined = (name) => new RegExp(`^(var|class|(async )?function\\*?) ${name.replaceAll("$", "\\$")}\\b`, "m").test(file);
  return isDefined(name) ? name : name.replace(/\d+$/, "");
}

const LETTERS = 6;

/** For each text those that have most in common with it, by sequences of letters that few texts have. */
function likeEach(texts) {
  const sequences = texts.map((text) => new Set(Array.from({ length: text.length > 20000 ? 0 : text.length - LETTERS }, (_, i) => text.slice(i, i + LETTERS))));
  const holders = new Map();
  for (const [i, set] of sequences.entries()) for (const sequence of set) holders.set(sequence, [...(holders.get(sequence) ?? []), i]);
  return sequences.map((set, i) => {
    const common = new Map();
    for (const sequence of set) {
      const others = holders.get(sequence).filter((other) => other !== i);
      if (others.length < 30) for (const other of others) common.set(other, (common.get(other) ?? 0) + 1 / others.length);
    }
    return [...common]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 10)
      .map(([other]) => other);
  });
}

/** Numbers in [0, 1), the same in every run. */
function numbers(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Another order: a few definitions that follow each other are beside one that is like one of them, in the same file. Null if it cannot be. */
function moved(order, { precedents, like, files }, random) {
  const count = 1 + Math.floor(random() * random() * 14);
  const begin = Math.floor(random() * (order.length - count));
  const taken = order.slice(begin, begin + count);
  const choices = like[taken[Math.floor(random() * count)]];
  const target = choices[Math.floor(random() * choices.length)];
  if (target === undefined || taken.includes(target) || taken.some((i) => files[i] !== files[target])) return null;
  const rest = [...order.slice(0, begin), ...order.slice(begin + count)];
  const at = rest.indexOf(target) + (random() < 0.5 ? 1 : 0);
  const next = [...rest.slice(0, at), ...taken, ...rest.slice(at)];
  const place = new Int32Array(order.length);
  for (const [p, i] of next.entries()) place[i] = p;
  // Either what is moved, or what is passed, comes before its precedents then.
  const passed = next.slice(Math.min(at, begin), Math.max(at, begin) + count);
  return passed.every((i) => precedents[i].every((precedent) => place[precedent] < place[i])) ? next : null;
}

async function find(seconds) {
  rmSync(`${root}${folder}`, { recursive: true, force: true });
  await bundle(`${folder}/dist`);
  const [plain, minified] = [await program(false), await program(true)];
  const statements = parse(plain);
  const texts = definitionsIn(minified);
  if (texts.length !== statements.length) throw new Error(`order: expected as many definitions minified. Got ${statements.length} and ${texts.length}.`);
  const files = filesOf(statements);
  const parts = { precedents: precedentsOf(statements), like: likeEach(texts), files };
  const sizeOf = (order) =>
    gzipSync(
      order
        .map((i) => texts[i])
        .join("")
        .replaceAll(";var ", ","),
      { level: 9 },
    ).length;

  const random = numbers(1);
  let order = withPrecedents(statements.keys(), parts.precedents);
  let size = sizeOf(order);
  const end = Date.now() + seconds * 1000;
  for (let shown = 0; Date.now() < end; ) {
    const next = moved(order, parts, random);
    if (next === null) continue;
    const nextSize = sizeOf(next);
    if (nextSize <= size) [order, size] = [next, nextSize];
    if (Date.now() - shown > 10_000) {
      shown = Date.now();
      console.log(`${size} bytes, ${Math.round((end - shown) / 1000)} s left`);
    }
  }
  const textOf = new Map([...new Set(files)].filter(Boolean).map((file) => [file, readFileSync(`${root}${folder}/dist/${file}`, "utf8")]));
  const names = order.flatMap((i) => {
    const name = definitionOf(statements[i])?.name;
    return name === undefined || files[i] === "" ? [] : nameIn(textOf.get(files[i]), name);
  });
  writeFileSync(listed, `${[...new Set(names)].join("\n")}\n`);
  console.log(`${size} bytes`);
}

await find(Number(process.argv[2] ?? 300));
