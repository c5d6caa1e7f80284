import type { Phase } from "../../report/timings.ts";
import type { Span } from "./record-timings.ts";

/** All work of one phase that is a part of the same phases. */
export interface PhaseSummary {
  readonly phase: Phase;
  /** Milliseconds in which at least one piece of this work was running. */
  readonly time: number;
  readonly count: number;
  readonly parts: readonly PhaseSummary[];
}

/** Summarizes spans by their phases. `end` is the end of those that have not ended. */
export function summarizeTimings(spans: readonly Span[], end: number): readonly PhaseSummary[] {
  const byParent = new Map<Span | undefined, Span[]>();
  for (const span of spans) {
    const parts = byParent.get(span.parent);
    if (parts === undefined) byParent.set(span.parent, [span]);
    else parts.push(span);
  }
  const summarize = (some: readonly Span[]): readonly PhaseSummary[] => {
    const byPhase = new Map<Phase, Span[]>();
    for (const span of some) byPhase.set(span.phase, [...(byPhase.get(span.phase) ?? []), span]);
    return [...byPhase].map(([phase, ofPhase]) => ({
      phase,
      time: timeOf(ofPhase, end),
      count: ofPhase.length,
      parts: summarize(ofPhase.flatMap((span) => byParent.get(span) ?? [])),
    }));
  };
  return summarize(byParent.get(undefined) ?? []);
}

/** Returns the milliseconds in which at least one of the spans was running. */
export function timeOf(spans: readonly Span[], end: number): number {
  let time = 0;
  let covered = 0;
  for (const span of [...spans].sort((one, other) => one.start - other.start)) {
    const until = span.end ?? end;
    time += Math.max(0, until - Math.max(span.start, covered));
    covered = Math.max(covered, until);
  }
  return time;
}
