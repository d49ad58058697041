/** @file The page of web/ as it is built: what it weighs, and that it can lie in any folder. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { builtPage } from "./browser/webServer.js";

const folder = "build/web";
const kB = 1000;

beforeAll(builtPage);

test("all scripts and styles are under 250 kB gzipped", () => {
  const sizes = readdirSync(`${folder}/assets`).map((name) => gzipSync(readFileSync(`${folder}/assets/${name}`), { level: 9 }).length);
  const total = sizes.reduce((a, b) => a + b, 0);
  console.log(`the page: ${(total / kB).toFixed(1)} kB of 250 kB`);
  expect(total).toBeLessThan(250 * kB);
});

test("no address begins at the server's root", () => {
  const html = readFileSync(`${folder}/index.html`, "utf8");
  expect(html.match(/(?:src|href)="(?!data:)[^"]*"/g)).toEqual(expect.arrayContaining([expect.stringMatching(/^src="\.\/assets\//)]));
  expect(html).not.toMatch(/(?:src|href)="\//);
});
