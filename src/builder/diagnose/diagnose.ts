import type { Cause, FailedBuild } from "./cause.ts";
import { pythonCauses } from "./python-causes.ts";
import { systemCauses } from "./system-causes.ts";

/** In characters. No pattern needs more of a line, and long lines make the patterns slow. */
const maxLineLength = 1000;
/** In characters. The error that ended a build is near the end of its output. */
const searchedLength = 1_000_000;

export interface KnownCause {
  /** What to do about it. */
  readonly hint: string;
  /** The same build may succeed later (`Cause.transient`). */
  readonly transient: boolean;
}

/** Returns why a build failed, if its output shows a known cause. */
export function diagnose(output: string, build: FailedBuild): KnownCause | undefined {
  const text = output
    .slice(-searchedLength)
    .split("\n")
    .map((line) => line.slice(0, maxLineLength).trimEnd())
    .join("\n");
  for (const { pattern, hint, transient = false } of causes) {
    // The last match ended the build: many builds first try optional things that may fail.
    const match = [...text.matchAll(pattern)].at(-1);
    const advice = match && hint(match, build);
    if (advice) return { hint: advice, transient };
  }
  return undefined;
}

/** Causes that name one missing thing come before those with many possible reasons. */
const causes: readonly Cause[] = [...systemCauses, ...pythonCauses];
