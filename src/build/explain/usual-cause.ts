import type { Cause, FailedBuild } from "./cause.ts";
import { pythonCauses } from "./python-causes.ts";
import { systemCauses } from "./system-causes.ts";

/** Nothing that is looked for stands further right; longer lines would take the patterns long. */
const widest = 1000;
/** What ended a build stands near the end. Characters. */
const reach = 1_000_000;

/** What to do about a failed build, where its output shows one of the usual causes. */
export function usualCause(output: string, build: FailedBuild): string | undefined {
  const text = output
    .slice(-reach)
    .split("\n")
    .map((line) => line.slice(0, widest).trimEnd())
    .join("\n");
  for (const { pattern, hint } of causes) {
    // The last is what ended it: many builds try what they can do without first.
    const match = [...text.matchAll(pattern)].at(-1);
    const said = match && hint(match, build);
    if (said) return said;
  }
  return undefined;
}

/** What names one thing that is missing comes before what may follow from many. */
const causes: readonly Cause[] = [...systemCauses, ...pythonCauses];
