/** @file Files of the project, for tests that run in Node and on pages alike. */

/** True where the tests' server has the files, and there is no file system. */
export const isPage = typeof document === "object";

/** Bytes of a file, by its path from the project's root; in Node any path. */
export async function readBytes(path: string): Promise<ArrayBuffer> {
  if (!isPage) {
    const { readFile } = await import("node:fs/promises");
    // A copy of its own, so that offsets are aligned.
    return new Uint8Array(await readFile(path)).buffer;
  }
  const answer = await fetch(`/${path}`);
  if (!answer.ok) throw new Error(`${path}: expected a file of the project. Got status ${answer.status}.`);
  return answer.arrayBuffer();
}

export const readJson = async (path: string): Promise<unknown> => JSON.parse(new TextDecoder().decode(await readBytes(path)));
