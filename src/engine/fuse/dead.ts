/** @file Drops records whose results nobody reads. */
import type { PlanBlock, Trace } from "../trace.js";
import { type Left, targets } from "./records.js";

/** What outlives a run is read: outputs, outside blocks, and named groups, which callers look at between the parts of a run. */
const isRead = ({ role, group }: PlanBlock): boolean => role === "output" || role === "external" || group !== null;

export function dropUnread(trace: Trace): Left {
  const { records } = trace;
  const read = new Set<PlanBlock>();
  const live = new Set<number>();
  // A turn of a loop may read what the one before wrote further down, so once more until nothing is found.
  for (let known = -1; known < live.size; ) {
    known = live.size;
    for (let at = records.length - 1; at >= 0; at--) {
      const record = records[at] as (typeof records)[0];
      if (live.has(at) || !targets(record, "wu").some((target) => isRead(target) || read.has(target))) continue;
      live.add(at);
      for (const target of targets(record, "pu")) read.add(target);
    }
  }
  return records.map((record, at) => (live.has(at) ? record : null));
}
