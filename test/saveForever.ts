/** @file A program that saves one model after another into a folder until it is killed; see io.test.ts. */
