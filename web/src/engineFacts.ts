/** @file What this browser lets the engine do. */

/** (module (func (result v128) three times i32.const 0, i8x16.splat; f32x4.relaxed_madd)). */
const relaxedProbe = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11,
];

export const engineFacts = {
  isIsolated: globalThis.crossOriginIsolated === true,
  hasRelaxed: WebAssembly.validate(new Uint8Array(relaxedProbe)),
  /** Threads for a training beside which the page is to stay quick: half of the cores, where there may be several. */
  threads: globalThis.crossOriginIsolated === true ? Math.max(1, Math.min(4, navigator.hardwareConcurrency >> 1)) : 1,
};
