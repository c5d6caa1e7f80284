import type { Cause, FailedBuild } from "./cause.ts";
import { pythonCauses } from "./python-causes.ts";
import { systemCauses } from "./system-causes.ts";

/** Nothing that is looked for stands further right; longer lines would take the patterns long. */
const widest = 1000;
/** What ended a build stands near the end. Characters. */
const reach = 1_000_000;

export interface KnownCause {
  /** What to do about it. */
  readonly hint: string;
  /** The same build may succeed later (`Cause.passing`). */
  readonly passing: boolean;
}

/** Why a build failed, where its output shows one of the usual causes. */
export function diagnose(output: string, build: FailedBuild): KnownCause | undefined {
  const text = output
    .slice(-reach)
    .split("\n")
    .map((line) => line.slice(0, widest).trimEnd())
    .join("\n");
  for (const { pattern, hint, passing = false } of causes) {
    // The last is what ended it: many builds try what they can do without first.
    const match = [...text.matchAll(pattern)].at(-1);
    const said = match && hint(match, build);
    if (said) return { hint: said, passing };
  }
  return undefined;
}

/** What names one thing that is missing comes before what may follow from many. */
const causes: readonly Cause[] = [...systemCauses, ...pythonCauses];
