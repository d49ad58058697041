/** @file The rest of platform.ts: file system, fetch and inflating, which no file imports that is needed before files are. */

/** True in Node and in hosts that imitate it (Deno, Bun). */
export const isNode = (): boolean => (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined;

/** A name that bundlers for browsers do not follow. */
export const nodeModule = (name: string): string => `node:${name}`;

/**
 * Node's file system, loaded on first use so that bundlers for browsers need no stand-in.
 * @internal Its type is of @types/node, which users need not have.
 */
export async function fileSystem(): Promise<typeof import("node:fs/promises")> {
  if (!isNode()) throw new Error("file://: expected Node, Deno or Bun. Got a browser. HINT: use another save handler.");
  return import(/* @vite-ignore */ /* webpackIgnore: true */ nodeModule("fs/promises"));
}

/** The text at an address, or of a file ("file://...") where there is a file system. */
export async function readText(address: string): Promise<string> {
  if (address.startsWith("file://")) return (await fileSystem()).readFile(address.slice("file://".length), "utf8");
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: expected an answer of status 200. Got ${response.status} ${response.statusText}.`);
  return response.text();
}

/** The parts of gzip data, inflated one after another, so that a reader can stop early. Throws where the data is damaged. */
export async function* gunzip(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Writes text to a file, beginning at a byte and cutting off what followed; at the file's end where none is given.
 * @returns bytes of the file
 */
export async function writeText(path: string, text: string, from?: number): Promise<number> {
  const file = await (await fileSystem()).open(path, from === 0 ? "w" : "a");
  try {
    if (from) await file.truncate(from);
    await file.appendFile(text);
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** fetch, where there is one. */
export const request = (url: string, init?: RequestInit): Promise<Response> => fetch(url, init);

/** Whether there is a database that models may be in. */
export const hasDatabase = (): boolean => "indexedDB" in globalThis;

/**
 * A part of a page.
 * @throws where there is none
 */
export function partOfPage<Name extends "indexedDB" | "localStorage" | "document">(name: Name): Window[Name] {
  const part = (globalThis as unknown as Partial<Window>)[name];
  if (part === undefined) throw new Error(`${name}: expected a browser that has it. Got none. HINT: in Node, save to "file://folder".`);
  return part as Window[Name];
}

/**
 * The folder that belongs to a page's origin.
 * @throws where there is none
 */
export function originFolder(): Promise<FileSystemDirectoryHandle> {
  const storage = (globalThis as Partial<Pick<Window, "navigator">>).navigator?.storage;
  if (!storage?.getDirectory) throw new Error('opfs: expected a browser that has it. Got none. HINT: save to "indexeddb://name" or "file://folder".');
  return storage.getDirectory();
}
