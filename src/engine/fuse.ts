/**
 * @file Fusion: rewrites a trace before it is laid out, rule by rule. A rule takes a trace and gives the records that are left, which leave the same bits in
 * everything that outlives a run, unless it says otherwise. It may rely on lifetimes, and has them counted anew by `keepRecords`.
 */
import { dropUnread } from "./fuse/dead.js";
import { mergeResults, mergeUpdates } from "./fuse/merge.js";
import { keepRecords } from "./fuse/records.js";
import { simplify } from "./fuse/simplify.js";
import { stripChains } from "./fuse/strips.js";
import type { Trace } from "./trace.js";

export function fuse(trace: Trace): void {
  keepRecords(trace, trace.records);
  for (const rule of [simplify, dropUnread, mergeResults, mergeUpdates, stripChains]) keepRecords(trace, rule(trace));
}
