/** @file Leaves out of the page's build what the library would fetch for saving models and for drawing pictures as text: the page does neither. */
import type { Plugin } from "vite";

const nothing = "\0nothing";

export function leaveOut(): Plugin {
  return {
    name: "leave out",
    apply: "build",
    enforce: "pre",
    resolveId(source, importer, { kind }) {
      if (kind !== "dynamic-import" || importer === undefined) return null;
      return /\/src\/io\/[^/]*$/.test(importer) || source.startsWith("../draw/") ? nothing : null;
    },
    load: (id) => (id === nothing ? "" : null),
  };
}
