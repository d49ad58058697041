/** @file Stands in for 'gl' (compiles native code on install) and 'webgpu' (60 MB of prebuilt libraries), which
 * gpu.js lists as dependencies. gpu.js asks whether `gl` is a function; it is not, so gpu.js takes its CPU mode, which
 * is the one brain.js's NeuralNetwork uses anyway. */
module.exports = null;
