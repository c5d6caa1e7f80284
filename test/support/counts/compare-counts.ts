import type { Counts } from "./count-case.ts";

type Counted = keyof Counts;

/**
 * How much more than the recorded number is allowed. What a program does is counted exactly, so one request or one
 * version more is too much. Small numbers of modules and calls belong to warm starts, where each counts, too. Large
 * ones may vary: threads that make the same folder take turns, and a new module of a large program is no regression.
 * Less is allowed than one file or one call more for each of 20 wheels.
 */
function slackOf(counted: Counted, recorded: number): number {
  if (counted === "kilobytes") return 2 + Math.ceil(recorded / 20);
  if (recorded < 100) return 0;
  if (counted === "modules") return Math.ceil(recorded / 50);
  if (counted === "opened") return Math.ceil(recorded / 40);
  return counted === "calls" ? Math.ceil(recorded / 80) : 0;
}

/** Returns a line for each number that is larger than allowed. What was not counted on this machine is left out. */
export function tooMany(counts: Partial<Counts>, recorded: Partial<Counts>): readonly string[] {
  return (Object.keys(counts) as Counted[]).flatMap((counted) => {
    const [now, before] = [counts[counted], recorded[counted]];
    if (now === undefined || before === undefined || now <= before + slackOf(counted, before)) return [];
    return [`${counted}: ${now}, but ${before} are recorded`];
  });
}
