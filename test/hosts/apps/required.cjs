/** @file A CommonJS module that requires the package. */
const { tensor } = require("engram");

console.log(tensor([1, 4, 9]).sqrt().sum().arraySync());
