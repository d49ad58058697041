/** @file Reads two parts of a WebAssembly module that the JavaScript interface does not show: table entries and function names. */

/** Reads a module's bytes in order. */
class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  byte(): number {
    return this.bytes[this.at++] as number;
  }

  /** An unsigned integer in the format's variable-length code (LEB128). */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  text(): string {
    const length = this.unsigned();
    this.at += length;
    return Buffer.from(this.bytes.subarray(this.at - length, this.at)).toString("utf8");
  }
}

const ELEMENT_SECTION = 9;

/** The active element segment: first table index, and function indices in table order. AssemblyScript writes exactly one. */
export function tableEntries(wasm: Uint8Array<ArrayBuffer>): { offset: number; functions: number[] } {
  const reader = new Reader(wasm, 8);
  while (reader.at < wasm.length) {
    const id = reader.byte();
    const length = reader.unsigned();
    const next = reader.at + length;
    if (id === ELEMENT_SECTION) {
      const segments = reader.unsigned();
      const kind = reader.unsigned();
      const instruction = reader.byte();
      if (segments !== 1 || kind !== 0 || instruction !== 0x41)
        throw new Error(
          `element section: expected one active segment at a constant offset. Got ${segments} segments, kind ${kind}, instruction ${instruction}.`,
        );
      const offset = reader.unsigned();
      reader.byte();
      return { offset, functions: Array.from({ length: reader.unsigned() }, () => reader.unsigned()) };
    }
    reader.at = next;
  }
  throw new Error("module: expected an element section. Got none.");
}

/** Function names by index, from the debug build's name section. */
export function functionNames(wasm: Uint8Array<ArrayBuffer>): Map<number, string> {
  const section = WebAssembly.Module.customSections(new WebAssembly.Module(wasm), "name")[0];
  if (section === undefined) throw new Error("module: expected a name section. Got none.");
  const bytes = new Uint8Array(section);
  const reader = new Reader(bytes, 0);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const length = reader.unsigned();
    const next = reader.at + length;
    if (id === 1) return new Map(Array.from({ length: reader.unsigned() }, () => [reader.unsigned(), reader.text()] as const));
    reader.at = next;
  }
  throw new Error("name section: expected function names. Got none.");
}
