/** @file The shell's words. */
import { en } from "./i18n/en.js";
import { wordsOf } from "./i18n/index.js";
import { zh } from "./i18n/zh.js";

export const words = wordsOf({ en, zh });
